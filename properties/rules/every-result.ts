import type { Schedules } from '../run/explore.ts';

/**
 * For claims about results, ends and judges' findings alone: each state is met once, however many
 * schedules lead there. A claim about what happened in between needs the schedules themselves.
 */
export const EVERY_RESULT: readonly Schedules[] = [{ kind: 'stateful', statesMax: 20_000 }];
