import type { KernelTask } from '../../kernel/access.ts';
import type { Stack } from '../../stack.ts';
import { PAGE_SIZE } from '../../uapi/pages.ts';
import type { DrmExec } from './drm-exec.ts';

/** The list begins with a page of pointers, unless its user knows better. Unit: objects. */
const ROOM_DEFAULT: number = PAGE_SIZE / 8;

/**
 * Begins a transaction. Without memory for its list that is made when the first object comes.
 *
 * @kernel drm_exec_init
 */
export function* initExec(stack: Stack, flags: number, room = 0): KernelTask<DrmExec> {
  const wanted = room === 0 ? ROOM_DEFAULT : room;
  const isGranted = yield* stack.world.memory.reserve('GFP_KERNEL');
  return new stack.types.DrmExec(stack, flags, isGranted ? wanted : 0);
}
