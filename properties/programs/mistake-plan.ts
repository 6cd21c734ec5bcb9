import type { Camera } from '../../impl/hw/camera/camera.ts';
import type { Codec } from '../../impl/hw/codec/codec.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';

/**
 * A mistake that hardware is to make once: nature without a choice. It counts as one of those that
 * nature may make, also where it may make none.
 */
interface Planned {
  /** The state in which it makes it. */
  readonly state: string;
  /** So many steps in that state are done as they should be. */
  skips: number;
  /** Which of the mistakes that there are. */
  readonly way: number;
}

/** What is to go wrong in a device. */
export class MistakePlan {
  private next: Planned | null = null;

  make(planned: Planned): void {
    this.next = { ...planned };
  }

  /** The mistake of a step in this state; 0: none. */
  take(state: string): number {
    const { next } = this;
    if (next === null || next.state !== state) return 0;
    next.skips -= 1;
    if (next.skips >= 0) return 0;
    this.next = null;
    return next.way;
  }
}

/** A camera that makes the mistakes of a plan. */
export function plannedCamera(Base: typeof Camera, plan: MistakePlan): typeof Camera {
  return class extends Base {
    override *step(outcome: number): KernelTask<void> {
      const way = plan.take(this.state);
      yield* super.step(way > 0 ? way : outcome);
    }
  };
}

/** A codec that does. */
export function plannedCodec(Base: typeof Codec, plan: MistakePlan): typeof Codec {
  return class extends Base {
    override *step(outcome: number): KernelTask<void> {
      const way = plan.take(this.state);
      yield* super.step(way > 0 ? way : outcome);
    }
  };
}
