import { boundedLifecycles } from '../../model/lifecycles.ts';
import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import { inAll, type MachineWalk, walkMachine } from '../paths/check-paths.ts';
import { walkOf } from '../paths/walk.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { StageResult } from './report.ts';

export interface PathsResult extends StageResult {
  readonly paths: { readonly transitions: number; readonly walked: number };
  /** The same for each machine. */
  readonly walks: readonly MachineWalk[];
}

/** Walks every transition of every machine on the implementation; every machine is a batch. */
export class PathsStage implements Batches<'paths'> {
  readonly kind = 'paths';
  readonly fault: Fault | null;
  private readonly progress: (text: string) => void;
  private readonly machines = boundedLifecycles();
  private readonly walks: MachineWalk[] = [];

  constructor({ fault, progress }: CheckOptions) {
    this.fault = fault;
    this.progress = progress;
  }

  job(number: number): number | null {
    const machine = this.machines[number];
    if (machine === undefined) return null;
    this.progress(`paths of the model: ${machine.kind}`);
    return number;
  }

  merge(walk: MachineWalk): boolean {
    this.walks.push(walk);
    return true;
  }

  result(): PathsResult {
    const { transitions, walked, runs, steps, findings } = inAll(this.walks);
    return {
      runs,
      steps,
      findings: findings.map((finding) => ({ finding, source: 'model paths', failure: null })),
      weak: [],
      partial: [],
      paths: { transitions, walked },
      walks: this.walks,
    };
  }
}

/** Walks one machine, by its number. */
export function tryPaths(number: number, fault: Fault | null): MachineWalk {
  const machine = boundedLifecycles()[number];
  if (machine === undefined) throw new Error(`there is no machine ${number}`);
  return walkMachine(walkOf(machine), typesWith(fault));
}
