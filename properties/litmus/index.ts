import '../programs/operations/index.ts';
import type { Litmus } from './litmus.ts';
import { CALLBACK_LITMUS } from './windows/callback.ts';
import { POLL_LITMUS } from './windows/poll.ts';
import { SIGNAL_LITMUS } from './windows/signal.ts';

/** Every litmus program. */
export const LITMUS: readonly Litmus[] = [...SIGNAL_LITMUS, ...CALLBACK_LITMUS, ...POLL_LITMUS];
