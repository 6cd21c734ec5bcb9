import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** What belongs to a world, directly or through the stack. */
interface Inhabitant {
  readonly world?: World;
  readonly stack?: { readonly world: World };
}

/** The point that is silent now, and the points that were passed since somebody last asked. */
export interface Silencing {
  /** Number of the silent point; -1 when there is none. */
  point: number;
  readonly reached: Set<number>;
}

/** One process works on one point at a time; rewritten code looks here. */
export const silencing: Silencing = { point: -1, reached: new Set<number>() };

/** Runs one primitive of the kernel; at the silent point its first access joins the step before. */
export function* at<T>(point: number, owner: Inhabitant, body: KernelTask<T>): KernelTask<T> {
  silencing.reached.add(point);
  let next = body.next();
  if (next.done !== true && silencing.point === point && canGoOn(owner, next.value)) {
    next = body.next();
  }
  while (next.done !== true) {
    yield next.value;
    next = body.next();
  }
  return next.value;
}

/** The same for an access that is yielded without a primitive. */
export function* atAccess(point: number, owner: Inhabitant, access: Access): KernelTask<void> {
  silencing.reached.add(point);
  if (silencing.point !== point || !canGoOn(owner, access)) yield access;
}

/** A task that must wait cannot go on, and an interrupt that is pending still comes first. */
function canGoOn(owner: Inhabitant, access: Access): boolean {
  const world = owner.world ?? owner.stack?.world;
  if (world === undefined) throw new Error(`nobody knows the world of: ${access.label}`);
  if (access.alternatives > 1) return false;
  const task = world.current;
  const { cpu } = task;
  if (task.context === 'process' && cpu.urgentPending > 0 && cpu.irqsEnabled) return false;
  return access.gate === null || access.gate.ready(task);
}
