import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { HAS_DEADLINE } from '../../../impl/dma-buf/sync-point.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOENT } from '../../../impl/kernel/errno.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';
import { telling } from './requests.ts';

/** Mistakes about the deadlines that points keep. */
export const DEADLINE_FAULTS: readonly Fault[] = [
  fault({
    id: 'swsync-017-latest',
    mistake: 'a point keeps the deadline that came last',
    breaks: ['SWSYNC-017'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          const flags = yield* this.timeline.lock.acquireIrqsave();
          yield* this.base.flags.testAndSet(HAS_DEADLINE);
          this.deadlineNs.set(deadlineNs);
          this.timeline.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-017-zero-is-none',
    mistake: 'a deadline of 0 counts as none',
    breaks: ['SWSYNC-017'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          const flags = yield* this.timeline.lock.acquireIrqsave();
          yield* this.base.flags.testAndSet(HAS_DEADLINE);
          this.deadlineNs.change((earliest) =>
            earliest !== 0n && earliest <= deadlineNs ? earliest : deadlineNs,
          );
          this.timeline.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-017-enables-interrupts',
    mistake: 'whoever has set a deadline enables interrupts, whatever they were before',
    breaks: ['SWSYNC-017'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *setDeadline(base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          yield* super.setDeadline(base, deadlineNs);
          yield* this.timeline.lock.acquireIrq();
          this.timeline.lock.releaseIrq();
        }
      },
    }),
  }),
  fault({
    id: 'swsync-017-without-lock',
    mistake: 'deadlines are compared and stored without the lock',
    breaks: ['SWSYNC-017'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          const { flags } = this.base;
          const isEarlier =
            !(yield* flags.test(HAS_DEADLINE)) ||
            this.deadlineNs.ask((earliest) => deadlineNs < earliest);
          yield* flags.set(HAS_DEADLINE);
          if (isEarlier) this.deadlineNs.set(deadlineNs);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-017-forgets',
    mistake: 'a signaled point has no deadline any more',
    breaks: ['SWSYNC-017'],
    install: telling(function* (swSync, argument, right) {
      const fence = yield* swSync.stack.syncFiles.getFence(numberField(argument, 'fence_fd'));
      const isDone = fence !== null && (yield* fence.isSignaled());
      if (fence !== null) yield* fence.put();
      return isDone ? -ENOENT : yield* right();
    }),
  }),
  fault({
    id: 'swsync-017-asked-without-lock',
    mistake: 'whoever asks for the deadline does not take the lock that it changes under',
    breaks: ['SWSYNC-017'],
    install: telling(function* (swSync, argument, right) {
      const fence = yield* swSync.stack.syncFiles.getFence(numberField(argument, 'fence_fd'));
      const point = fence?.ops ?? null;
      if (fence === null || !(point instanceof swSync.stack.types.SyncPoint)) {
        if (fence !== null) yield* fence.put();
        return yield* right();
      }
      const isSet = yield* fence.flags.test(HAS_DEADLINE);
      const deadlineNs = point.deadlineNs.get();
      yield* fence.put();
      if (!isSet) return -ENOENT;
      argument.fields['deadline_ns'] = deadlineNs;
      return 0;
    }),
  }),
];
