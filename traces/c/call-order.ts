import type { Trace, TraceCall } from '../trace.ts';

/** A call must not begin before another one of another task has come so far. */
export interface CallOrder {
  readonly later: TraceCall;
  readonly earlier: TraceCall;
  /** `begun`: the other one runs, or sleeps, when this one begins. */
  readonly when: 'begun' | 'ended';
}

/**
 * What user space can force of the order in a trace: calls that had returned when another one began
 * return before it, and calls that were under way are under way. What happens inside of calls that
 * overlap, it cannot decide. Only the last call of each other task is named: those before it are over.
 */
export function callOrders({ calls }: Trace): readonly CallOrder[] {
  const orders: CallOrder[] = [];
  for (const later of calls) {
    for (const task of new Set(calls.map((call) => call.task))) {
      if (task === later.task) continue;
      const earlier = calls.findLast((call) => call.task === task && isBefore(call, later));
      if (earlier === undefined) continue;
      const isOver = earlier.end !== null && earlier.end < later.begin;
      orders.push({ later, earlier, when: isOver ? 'ended' : 'begun' });
    }
  }
  return orders;
}

function isBefore(one: TraceCall, other: TraceCall): boolean {
  return one.begin < other.begin;
}

/** Calls of different tasks overlap: one run may go another way than the next. */
export function hasRace(trace: Trace): boolean {
  return callOrders(trace).some(({ when }) => when === 'begun');
}
