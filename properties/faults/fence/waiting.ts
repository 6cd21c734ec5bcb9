import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EINVAL, ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the arguments and the first looks of a wait. */
export const WAITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-062-enables-first',
    mistake: 'a timed wait enables signalling before it looks at its timeout',
    breaks: ['FENCE-062'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          yield* this.enableSwSignaling();
          return yield* super.waitTimeout(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-062-negative-is-zero',
    mistake: 'a negative timeout counts as 0',
    breaks: ['FENCE-062'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          return yield* super.waitTimeout(interruptible, Math.max(0, timeoutJiffies));
        }
      },
    }),
  }),
  fault({
    id: 'fence-063-zero-does-not-enable',
    mistake: 'a wait with timeout 0 goes to the default wait without enabling',
    breaks: ['FENCE-063'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (timeoutJiffies === 0) return yield* this.defaultWait(interruptible, 0);
          return yield* super.waitTimeout(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-063-default-wait-enables',
    mistake: 'the default wait enables signalling itself',
    breaks: ['FENCE-063'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          yield* this.enableSwSignaling();
          return yield* super.defaultWait(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-063-no-annotation',
    mistake: 'a timed wait does not tell the lock validator',
    breaks: ['FENCE-063'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override mightWait(): void {}
      },
    }),
  }),
  fault({
    id: 'BUG-FENCE-01',
    mistake: 'a wait on a signaled fence gives its timeout back unchanged, so 0 for 0',
    breaks: ['FENCE-064'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (yield* this.flags.test(SIGNALED)) {
            const waiter = new this.stack.types.FenceWaiter(this.world, timeoutJiffies);
            return this.waited(waiter, timeoutJiffies);
          }
          return yield* super.defaultWait(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-064-interruption-first',
    mistake: 'a wait looks for an interruption before it looks at the fence',
    breaks: ['FENCE-064'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const { sleeper } = this.world.current;
          if (interruptible && (yield* sleeper.isSignalPending())) return -ERESTARTSYS;
          return yield* super.defaultWait(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-065-zero-first',
    mistake: 'a wait looks at timeout 0 before it looks for an interruption',
    breaks: ['FENCE-065'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          return yield* super.defaultWait(interruptible && timeoutJiffies > 0, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-065-sleeps-first',
    mistake: 'a wait misses an interruption that was pending before',
    breaks: ['FENCE-065'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const isBounded = timeoutJiffies < MAX_SCHEDULE_TIMEOUT;
          return yield* super.defaultWait(interruptible && !isBounded, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-066-zero-links',
    mistake: 'a wait with timeout 0 links its node before it finds that no time is left',
    breaks: ['FENCE-066'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (timeoutJiffies > 0) return yield* super.defaultWait(interruptible, timeoutJiffies);
          const isShort = Number.EPSILON; // Too short to sleep, and not 0.
          return Math.floor(yield* super.defaultWait(interruptible, isShort));
        }
      },
    }),
  }),
  fault({
    id: 'fence-067-wait-polls',
    mistake: 'the default wait asks the issuer before it sleeps',
    breaks: ['FENCE-067'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          yield* this.isSignaled();
          return yield* super.defaultWait(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-073-time-left',
    mistake: 'an unbounded wait gives the time that is left',
    breaks: ['FENCE-073'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *wait(interruptible: boolean): KernelTask<number> {
          return yield* this.waitTimeout(interruptible, MAX_SCHEDULE_TIMEOUT);
        }
      },
    }),
  }),
  fault({
    id: 'fence-073-always-interruptible',
    mistake: 'an unbounded wait can always be interrupted',
    breaks: ['FENCE-073'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *wait(_interruptible: boolean): KernelTask<number> {
          return yield* super.wait(true);
        }
      },
    }),
  }),
  fault({
    id: 'fence-074-no-sleep-check',
    mistake: 'a wait that need not sleep does not say that it might',
    breaks: ['FENCE-074'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (timeoutJiffies < 0) return yield* super.waitTimeout(interruptible, timeoutJiffies);
          yield* this.enableSwSignaling();
          return yield* this.defaultWait(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-074-check-before-argument',
    mistake: 'a wait says that it might sleep before it looks at its timeout',
    breaks: ['FENCE-074'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const { world } = this;
          world.memory.mightSleep('dma_fence_wait_timeout');
          if (world.warnOn(timeoutJiffies < 0, 'negative timeout', this)) return -EINVAL;
          return yield* super.waitTimeout(interruptible, timeoutJiffies);
        }
      },
    }),
  }),
];
