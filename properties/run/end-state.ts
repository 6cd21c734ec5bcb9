import { TASK_INTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import type { Run } from './run.ts';

/**
 * How a run has ended. `quiescent`: everybody is through, and only what comes again for ever is
 * left. `deadlock`: somebody waits and nothing will end that. `stuck`: the same, but everybody who
 * waits could be interrupted, so that a user could. `budget exceeded`: it was cut, and may be a
 * livelock. `crashed`: there is nothing to wait for.
 */
export type EndState = 'quiescent' | 'deadlock' | 'stuck' | 'budget exceeded' | 'crashed';

/**
 * Tells how a run has ended. That nothing will happen any more, with hardware that goes on for ever,
 * is what the clock says when it stops: see `Alarms`.
 *
 * @rule HW-TIME-006
 */
export function endStateOf(run: Run): EndState {
  const { world } = run;
  if (world.crashed) return 'crashed';
  if (run.isEndless) return 'budget exceeded';
  if (run.blocked.length === 0) return 'quiescent';
  const names = new Set(run.blocked.map(({ task }) => task));
  const waiting = [...world.tasks, ...world.lanes].filter(({ name }) => names.has(name));
  const canAll = waiting.every(({ state }) => state === TASK_INTERRUPTIBLE);
  return canAll ? 'stuck' : 'deadlock';
}
