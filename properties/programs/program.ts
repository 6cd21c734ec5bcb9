import type { MemoryModel } from '../../impl/kernel/store-buffer.ts';

/** A value that a call takes: a number, a word, or the name of something the program made. */
export type Argument = string | number | boolean | null | readonly (string | number | null)[];

/** One call of one task. */
export interface Call {
  readonly op: string;
  readonly args: Readonly<Record<string, Argument>>;
  /** The name under which later calls find what this one made. */
  readonly out?: string;
}

/** The calls of one lane. Interrupts run once, at a moment that the schedule picks. */
export interface TaskProgram {
  readonly name: string;
  readonly context: 'process' | 'hardirq';
  /** Lanes with the same number share a processor. */
  readonly cpu: number;
  readonly calls: readonly Call[];
  /** Whose thread it is; absent: of `main`, as the set-up is. */
  readonly process?: string;
}

/** What the machine is like while a program runs. */
export interface ProgramWorld {
  readonly time: 'discrete' | 'free';
  readonly failuresMax: number;
  readonly interruptionsMax: number;
  readonly lockProving: boolean;
  /** How many mistakes simulated hardware may make; absent: none. */
  readonly hardwareFaultsMax?: number;
  /** Whether stores may be seen late; absent: never. */
  readonly memory?: MemoryModel;
  /** Importers hear of moves instead of pinning with each map; absent: no, as Linux 6.12 is built. */
  readonly moveNotify?: boolean;
  /** Lock calls of contexts fail for nothing now and then; absent: never. */
  readonly wwInjection?: boolean;
  /** The GPU scheduler is as odd as that of Linux 6.12; absent: it is not. */
  readonly schedulerQuirks?: boolean;
  /** What a transaction has locked ahead counts by name only, as in Linux 6.12; absent: no. */
  readonly execClaimsByName?: boolean;
}

/** Calls per task. With an implementation and a schedule it gives a run. */
export interface Program {
  readonly name: string;
  readonly rule: string | null;
  readonly world: ProgramWorld;
  /** Runs alone, before the tasks. */
  readonly setup: readonly Call[];
  readonly tasks: readonly TaskProgram[];
  /** Runs alone, after all tasks have ended. */
  readonly teardown: readonly Call[];
  /** Tasks that may sleep for ever; when one does, nothing is said about leaks. */
  readonly mayBlock?: readonly string[];
}

/** The plain machine: jumping clock, no failures, lock proving on, no late stores. */
export const PLAIN_WORLD: ProgramWorld = {
  time: 'discrete',
  failuresMax: 0,
  interruptionsMax: 0,
  lockProving: true,
};

/** Nothing can be chosen, so that there is one run and no other. Hardware goes on beside the task. */
export function hasOneRun({ setup, tasks, world }: Program): boolean {
  const calls = [...setup, ...tasks.flatMap((task) => task.calls)];
  if (calls.some(({ op }) => op.startsWith('hw.'))) return false;
  if (tasks.length > 1 || world.time === 'free' || (world.memory ?? 'sc') !== 'sc') return false;
  if ((world.hardwareFaultsMax ?? 0) > 0) return false;
  return world.failuresMax === 0 && world.interruptionsMax === 0;
}
