import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { KernelTimer } from '../../../impl/kernel/kernel-timer.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** A timer whose function may take its time. */
class TimerScene extends Scene {
  readonly kind = 'timer';
  private readonly timer: KernelTimer;
  private isThere = true;

  readonly operations: readonly Operation[] = [
    { name: 'arm', emits: ['arm'], body: () => (this.isThere ? this.arm() : null) },
    {
      name: 'cancel',
      emits: ['cancel'],
      answers: ['cancel'],
      body: () => (this.isThere ? this.timer.cancel() : null),
    },
    {
      // A driver that goes waits for the function.
      name: 'free',
      emits: ['cancel', 'free'],
      begins: ['cancel'],
      body: () => (this.isThere ? this.free() : null),
      isEnd: () => true,
    },
  ];

  constructor(stack: Stack) {
    super(stack);
    const { KernelTimer: Timer } = stack.types.hardware;
    this.timer = new Timer(stack.world, () => this.fire());
    this.timer.isStatic = true;
  }

  private *arm(): KernelTask<void> {
    yield* this.timer.arm(this.stack.world.clock.now + 1);
  }

  private *free(): KernelTask<void> {
    this.isThere = false;
    yield* this.timer.cancelSync();
    this.timer.free();
  }

  private *fire(): KernelTask<void> {
    yield* this.pause();
  }
}

export const TIMER_SCENE: SceneKind = {
  kind: 'timer',
  liveMax: 2,
  asleepMax: 0,
  isSurrounded: true,
  world: { time: 'free' },
  set: (stack) => new TimerScene(stack),
};
