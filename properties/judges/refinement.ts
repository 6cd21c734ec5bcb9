import type { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { AbstractState } from '../../model/events.ts';
import type { LazyTable } from '../../model/lazy-table.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';
import type { Returned } from '../../model/returns.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { tableOf } from './monitors.ts';
import { payloadOf } from './payload.ts';

/** One object beside its machine. */
interface Watched {
  readonly table: LazyTable;
  state: number;
}

/** What a transition that answers a call did, for the judge of results. */
export interface Committed {
  readonly object: KernelObject;
  readonly name: string;
  readonly result: number;
}

/**
 * Holds every object against its machine, after every event: the event must be allowed, its
 * result must be the machine's, and the object must show the state that the machine is in.
 */
export class RefinementJudge implements Judge {
  readonly name = 'refinement';
  private readonly watched = new Map<KernelObject, Watched>();
  private readonly findings: Finding[] = [];
  /** Objects that have parted from their machine: what follows says nothing new. */
  private readonly lost = new Set<KernelObject>();

  event(event: WorldEvent): void {
    const { object } = event;
    if (this.lost.has(object)) return;
    let watched = this.watched.get(object);
    if (watched === undefined) {
      const table = tableOf(object.kind);
      if (table === null) return;
      watched = { table, state: table.initial };
      this.watched.set(object, watched);
    }
    this.follow(watched, event);
  }

  private follow(watched: Watched, event: WorldEvent): void {
    const { table, state } = watched;
    const { object, result } = event;
    const taken = table.lifecycle.take(event) ?? payloadOf(event, (other) => this.stateOf(other));
    if (taken === null) return;
    const number = eventNumber(table, taken);
    const step = table.next(state, number);
    if (step === null) {
      const message = `${object.label}: ${table.eventName(number)} is forbidden here`;
      this.part(
        event,
        table.forbids(number),
        message,
        `no such event in ${table.stateName(state)}`,
      );
      return;
    }
    watched.state = step.state;
    if (result !== null && step.returns !== null && !agrees(step.returns, result)) {
      const message = `${object.label}: ${table.eventName(number)} returns ${result}`;
      this.part(event, step.rules, message, `${step.returns} from ${event.name}`);
      return;
    }
    const difference = differs(table.view(step.state), object.abstract());
    if (difference !== null) {
      const message = `${object.label} after ${table.eventName(number)}: ${difference.actual}`;
      this.part(event, step.rules, message, difference.expected);
    }
  }

  /** What the model says about another object: machines may refer to each other. */
  private stateOf(object: KernelObject): AbstractState | null {
    const watched = this.watched.get(object);
    return watched === undefined ? null : watched.table.view(watched.state);
  }

  private part(
    event: WorldEvent,
    rules: Finding['rules'],
    message: string,
    expected: string,
  ): void {
    this.lost.add(event.object);
    const step = event.object.world.steps;
    this.findings.push({ rules, judge: 'refinement', message, step, expected });
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** Events with more payload than a number have a key of their own. */
function eventNumber(table: LazyTable, event: ModelEvent): number {
  const isPlain =
    event.fence === undefined &&
    event.context === undefined &&
    event.seqno === undefined &&
    event.signaled === undefined;
  return isPlain ? table.event(event.type, event.detail) : table.eventOf(event);
}

function agrees(expected: Returned, result: number): boolean {
  if (expected === 'any') return true;
  return expected === 'positive' ? result > 0 : expected === result;
}

/** The first thing in which an object differs from what its machine shows. */
function differs(
  expected: AbstractState,
  actual: AbstractState | null,
): { expected: string; actual: string } | null {
  if (actual === null) return null;
  if (expected.state !== actual.state) {
    return { expected: `state ${expected.state}`, actual: `it is ${actual.state}` };
  }
  for (const field in expected.context) {
    const wanted = expected.context[field];
    const shown = actual.context[field];
    if (wanted !== shown) {
      return { expected: `${field} ${String(wanted)}`, actual: `${field} is ${String(shown)}` };
    }
  }
  return null;
}
