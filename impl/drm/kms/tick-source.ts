import type { KernelTask } from '../../kernel/access.ts';
import type { Timer } from '../../kernel/clock.ts';
import type { KernelObject } from '../../kernel/object.ts';

/** What makes the vertical blanks of a display that has no hardware. */
export interface TickSource {
  /** `tick` runs once in each period, in jiffies, until `stop`. */
  start(periodJiffies: number, tick: () => KernelTask<void>): void;
  stop(): void;
}

/** A timer of the machine. @kernel vblank_hrtimer */
export class ClockTicks implements TickSource {
  private readonly place: KernelObject;
  /** Only whoever holds the lock of the vertical blank starts and stops. */
  private timer: Timer | null = null;

  constructor(place: KernelObject) {
    this.place = place;
  }

  /** @kernel vkms_enable_vblank */
  start(periodJiffies: number, tick: () => KernelTask<void>): void {
    const { clock } = this.place.world;
    const next = (): void => {
      const timer: Timer = {
        label: `vblank of ${this.place.label}`,
        expires: clock.now + periodJiffies,
        *run() {
          next();
          yield* tick();
        },
      };
      this.timer = timer;
      clock.arm(timer);
    };
    next();
  }

  /** @kernel vkms_disable_vblank */
  stop(): void {
    if (this.timer !== null) this.place.world.clock.cancel(this.timer);
    this.timer = null;
  }
}
