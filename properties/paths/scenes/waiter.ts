import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { EVENTS } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';
import { interrupt, wake } from './nature.ts';

const TIMEOUT_JIFFIES = 5;
const ENDS = ['end.done', 'end.timedOut', 'end.interrupted'] as const;

/** One wait on one fence. */
class WaiterScene extends Scene {
  readonly kind = 'waiter';
  private readonly fence: DmaFence;
  readonly operations: readonly Operation[];

  constructor(stack: Stack) {
    super(stack);
    this.fence = new Issuer(stack, 'absent', false).issue(1, 1);
    this.operations = [
      this.wait('look', false, 0, false),
      this.wait('lookInterrupted', true, 0, true),
      this.wait('wait', false, TIMEOUT_JIFFIES, false),
      this.wait('waitInterruptible', true, TIMEOUT_JIFFIES, false),
      this.wait('waitInterrupted', true, TIMEOUT_JIFFIES, true),
      { name: 'signal', emits: [], body: () => this.fence.signal() },
      interrupt(stack.world),
      wake(stack.world),
    ];
  }

  private wait(
    name: string,
    interruptible: boolean,
    timeoutJiffies: number,
    isInterrupted: boolean,
  ): Operation {
    const body = (): KernelTask<unknown> | null =>
      this.subject === null ? this.fence.defaultWait(interruptible, timeoutJiffies) : null;
    return { name, emits: EVENTS.waiter, body, isInterrupted, answers: ENDS };
  }
}

export const WAITER_SCENE: SceneKind = {
  kind: 'waiter',
  liveMax: 3,
  asleepMax: 1,
  isSurrounded: true,
  world: { time: 'free' },
  set: (stack) => new WaiterScene(stack),
};
