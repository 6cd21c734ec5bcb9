import { EINVAL, ESRCH } from '../../../impl/kernel/errno.ts';
import { errnoName } from '../../../impl/kernel/errno.ts';
import { type Outcome, plain } from '../answer.ts';
import { integer, type Operation, operation, slot } from '../operation.ts';

/** The program gives a new thread this much time. Unit: milliseconds. */
const START_MS = 15;

const JOIN_MS = 50;

function resultOf(outcome: Outcome): Outcome {
  const { result, observed } = outcome;
  const base = result < 0 ? { ret: -1, errno: errnoName(result).slice(1) } : { ret: 0 };
  return { result: 0, observed: { result: { ...observed, ...base } } };
}

/** Threads that run one operation each, and time. */
export const THREAD_OPERATIONS: readonly Operation[] = [
  operation('async', { t: slot }, function* (user, { t }, sub) {
    if (sub === null) return plain(-EINVAL);
    const thread = user.spawn(t, sub);
    yield* user.sleep(START_MS);
    return { result: 0, observed: { done: thread.outcome === null ? 0 : 1 } };
  }),

  operation('join', { t: slot, timeout: integer(JOIN_MS) }, function* (user, { t, timeout }) {
    const thread = user.threads.get(t);
    if (thread === undefined) return plain(-ESRCH);
    yield* user.waitFor(thread, timeout);
    if (thread.outcome === null) return { result: 0, observed: { blocked: true } };
    user.threads.delete(t);
    return resultOf(thread.outcome);
  }),

  operation('sleep', { ms: integer() }, function* (user, { ms }) {
    yield* user.sleep(ms);
    return plain(0);
  }),
];
