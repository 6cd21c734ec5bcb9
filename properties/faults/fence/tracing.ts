import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { AnyWaited } from '../../../impl/dma-buf/fence-wait-any.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import type { Tracepoint } from '../../../model/events.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about trace points and annotations. */
export const TRACING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-081-traces-waits',
    mistake: 'an any-wait passes the wait trace points of its first fence',
    breaks: ['FENCE-081'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *waitAnyTimeout(
          fences: readonly DmaFence[] | null,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<AnyWaited> {
          const { world } = this.stack;
          const first = fences?.[0];
          if (first !== undefined) world.trace('dma_fence_wait_start', first);
          const waited = yield* super.waitAnyTimeout(fences, interruptible, timeoutJiffies);
          if (first !== undefined) world.trace('dma_fence_wait_end', first);
          return waited;
        }
      },
    }),
  }),
  fault({
    id: 'fence-081-annotates',
    mistake: 'an any-wait tells the lock validator that it waits, even when it only polls',
    breaks: ['FENCE-081'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *waitAnyTimeout(
          fences: readonly DmaFence[] | null,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<AnyWaited> {
          this.stack.fences.mightWait();
          return yield* super.waitAnyTimeout(fences, interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-081-atomic-allocation',
    mistake: 'an any-wait allocates its nodes without reclaim, so nobody sees that it may sleep',
    breaks: ['FENCE-081'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *waitAnyTimeout(
          fences: readonly DmaFence[] | null,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<AnyWaited> {
          const { world } = this.stack;
          if (!(yield* world.memory.reserve('GFP_ATOMIC'))) return { left: -ENOMEM, index: -1 };
          const polled = yield* super.waitAnyTimeout(fences, interruptible, 0);
          if (polled.left > 0) return { ...polled, left: timeoutJiffies || 1 };
          return yield* super.waitAnyTimeout(fences, interruptible, timeoutJiffies);
        }
      },
    }),
  }),
  fault({
    id: 'fence-089-signaled-after-callbacks',
    mistake: 'the signaled trace point comes after the callbacks',
    breaks: ['FENCE-089'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *signalTimestampLocked(timestampNs: number): KernelTask<number> {
          const { world } = this;
          if (yield* this.flags.testAndSet(SIGNALED)) {
            world.emit(this, 'signal', -EINVAL);
            return -EINVAL;
          }
          const callbacks: FenceCallback[] = this.callbacks.takeAll();
          world.emit(this, 'signal', 0);
          yield* this.timestampNs.write(timestampNs);
          yield* this.flags.set(TIMESTAMP);
          world.emit(this, 'stamp');
          for (const node of callbacks) yield* this.runCallback(node);
          this.trace('dma_fence_signaled');
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-089-enable-without-op',
    mistake: 'arming passes its trace point although the issuer has no op',
    breaks: ['FENCE-089'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *enableSignalingLocked(): KernelTask<boolean> {
          const isArmed = yield* super.enableSignalingLocked();
          if (this.ops.enableSignaling === undefined) this.trace('dma_fence_enable_signal');
          return isArmed;
        }
      },
    }),
  }),
  fault({
    id: 'fence-089-wait-end-missing',
    mistake: 'a wait that times out leaves out its second trace point',
    breaks: ['FENCE-089'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        private readonly hasTimedOut = new PlainWord<boolean>(this, 'hasTimedOut', false);

        override *defaultWait(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          const left = yield* super.defaultWait(interruptible, timeoutJiffies);
          this.hasTimedOut.set(left === 0);
          return left;
        }

        override trace(name: Tracepoint): void {
          if (name !== 'dma_fence_wait_end' || !this.hasTimedOut.get()) super.trace(name);
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('hasTimedOut', this.hasTimedOut.value);
        }
      },
    }),
  }),
  fault({
    id: 'fence-089-wait-start-first',
    mistake: 'a wait passes its first trace point before it enables signalling',
    breaks: ['FENCE-089'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *waitTimeout(interruptible: boolean, timeoutJiffies: number): KernelTask<number> {
          if (timeoutJiffies < 0) return yield* super.waitTimeout(interruptible, timeoutJiffies);
          this.trace('dma_fence_wait_start');
          yield* this.enableSwSignaling();
          const left = yield* this.defaultWait(interruptible, timeoutJiffies);
          this.trace('dma_fence_wait_end');
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'fence-091-whole-numbers',
    mistake: 'a record keeps all 64 bits of context and number',
    breaks: ['FENCE-091'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override trace(name: Tracepoint): void {
          this.world.trace(name, this, {
            driver: this.ops.getDriverName(this),
            timeline: this.ops.getTimelineName(this),
            context: this.context,
            seqno: Number(this.seqno),
          });
        }
      },
    }),
  }),
  fault({
    id: 'fence-091-constant-names-when-signaled',
    mistake: 'a record of a signaled fence has constants instead of the names of the issuer',
    breaks: ['FENCE-091'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override trace(name: Tracepoint): void {
          if (!this.flags.testOwned(SIGNALED)) {
            super.trace(name);
            return;
          }
          this.world.trace(name, this, {
            driver: 'detached-driver',
            timeline: 'signaled-timeline',
            context: this.context,
            seqno: Number(this.seqno),
          });
        }
      },
    }),
  }),
];
