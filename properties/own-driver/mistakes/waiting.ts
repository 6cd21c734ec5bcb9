import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import {
  TASK_INTERRUPTIBLE,
  TASK_UNINTERRUPTIBLE,
  type TaskState,
} from '../../../impl/kernel/task-state.ts';
import { RingDriver } from '../reference/ring-driver.ts';
import type { Mistake } from './mistake.ts';

/** A wait as it should be, in parts. */
export class OwnWait extends RingDriver {
  override *wait(fence: DmaFence, interruptible: boolean, timeout: number): KernelTask<number> {
    const { sleeper } = this.world.current;
    const callback = this.kernel.callback(() => sleeper.wakeUp());
    if ((yield* fence.addCallback(callback)) !== 0) {
      this.kernel.free(callback);
      return timeout === 0 ? 1 : timeout;
    }
    let left = timeout;
    while (left > 0) {
      const state = interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE;
      if (yield* this.isOver(fence, state)) break;
      left = yield* sleeper.scheduleTimeout(left);
      if (left > 0 && interruptible && (yield* sleeper.isSignalPending())) left = -ERESTARTSYS;
    }
    return yield* this.end(fence, callback, left);
  }

  protected *isOver(fence: DmaFence, state: TaskState): KernelTask<boolean> {
    yield* this.world.current.sleeper.setState(state);
    return yield* fence.flags.test(SIGNALED);
  }

  protected *end(fence: DmaFence, callback: FenceCallback, left: number): KernelTask<number> {
    this.world.current.sleeper.setRunning();
    yield* fence.removeCallback(callback);
    this.kernel.free(callback);
    return left;
  }
}

/** Mistakes of waits that replace the default one. */
export const WAITING: readonly Mistake[] = [
  {
    what: 'a wait of its own looks first, and then says that it sleeps',
    rule: 'CONTRACT-001',
    driver: class LooksThenSleeps extends OwnWait {
      protected override *isOver(fence: DmaFence, state: TaskState): KernelTask<boolean> {
        const isSignaled = yield* fence.flags.test(SIGNALED);
        yield* this.world.current.sleeper.setState(state);
        return isSignaled;
      }
    },
  },
  {
    what: 'a wait of its own goes on in the state of a sleeper',
    rule: 'FENCE-026',
    driver: class StaysASleeper extends OwnWait {
      protected override *end(
        fence: DmaFence,
        callback: FenceCallback,
        left: number,
      ): KernelTask<number> {
        yield* fence.removeCallback(callback);
        this.kernel.free(callback);
        return left;
      }
    },
  },
  {
    what: 'a wait of its own leaves its callback behind when time is over',
    rule: 'FENCE-071',
    driver: class LeavesCallback extends OwnWait {
      protected override *end(
        fence: DmaFence,
        callback: FenceCallback,
        left: number,
      ): KernelTask<number> {
        if (left > 0) return yield* super.end(fence, callback, left);
        this.world.current.sleeper.setRunning();
        this.kernel.free(callback);
        return left;
      }
    },
  },
  {
    what: 'wait returns before the fence has signaled',
    rule: 'FENCE-073',
    driver: class Impatient extends RingDriver {
      override *wait(
        fence: DmaFence,
        _interruptible: boolean,
        timeout: number,
      ): KernelTask<number> {
        return (yield* fence.isSignaled()) ? timeout : 1;
      }
    },
  },
];
