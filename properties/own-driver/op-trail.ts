import type { Access, KernelTask } from '../../impl/kernel/access.ts';
import type { World } from '../../impl/kernel/world.ts';

/** The parts of a driver that somebody else calls. */
export type OpName =
  | 'submit'
  | 'interrupt'
  | 'completion'
  | 'timer'
  | 'timedOut'
  | 'enableSignaling'
  | 'signaled'
  | 'release'
  | 'setDeadline'
  | 'wait';

/** Remembers at which steps which part of the driver ran. */
export class OpTrail {
  private readonly world: World;
  /** By step; the innermost part. */
  private readonly ops: OpName[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** The part that ran at this step; null when it was none. */
  at(step: number): OpName | null {
    return this.ops[step] ?? null;
  }

  /** Runs a part of the driver. `look`: told of every access before it is performed. */
  *follow<T>(op: OpName, body: KernelTask<T>, look?: (access: Access) => void): KernelTask<T> {
    for (;;) {
      const { steps } = this.world;
      // Steps are counted anew when the set-up is over.
      if (steps < this.ops.length - 1) this.ops.length = steps;
      this.ops[steps] = op;
      const next = body.next();
      if (next.done === true) return next.value;
      look?.(next.value);
      yield next.value;
    }
  }
}
