import type { DmaBufPollSlot } from '../../../impl/dma-buf/dma-buf-poll.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { POLLIN, POLLOUT, type PollTable } from '../../../impl/uapi/file.ts';
import { type Fault, fault } from '../fault.ts';

/** What `signaled` does, and what is done to the queue under its lock. */
interface Callback {
  /** Default: wakes all, then the slot is free. */
  readonly locked?: (buffer: DmaBuf, slot: DmaBufPollSlot, isCallback: boolean) => KernelTask<void>;
  readonly keepsFile?: boolean;
  readonly keepsFence?: boolean;
}

function* wakeAndFree(buffer: DmaBuf, slot: DmaBufPollSlot): KernelTask<void> {
  yield* buffer.queue.wakeAllLocked(slot.active.get());
  slot.release();
}

/** Another function for the callback; `only` says for which of its two callers. */
function calling(
  { locked = wakeAndFree, keepsFile = false, keepsFence = false }: Callback,
  only: 'fence' | 'idle' | 'both',
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufPoll: class extends types.DmaBufPoll {
      override *signaled(
        buffer: DmaBuf,
        slot: DmaBufPollSlot,
        fence: DmaFence | null,
      ): KernelTask<void> {
        if (only !== 'both' && (only === 'fence') !== (fence !== null)) {
          yield* super.signaled(buffer, slot, fence);
          return;
        }
        const flags = yield* buffer.queue.lock.acquireIrqsave();
        buffer.world.emit(slot, fence === null ? 'idle' : 'signaled');
        yield* locked(buffer, slot, fence !== null);
        buffer.queue.lock.releaseIrqrestore(flags);
        if (fence !== null && !keepsFence) yield* fence.put();
        if (!keepsFile) yield* buffer.file.put();
      }
    },
  });
}

/** Mistakes about the callback that all pollers share. */
export const SLOT_FAULTS: readonly Fault[] = [
  fault({
    id: 'poll-005-claims-always',
    mistake: 'a poll that finds its direction armed arms it again',
    breaks: ['POLL-005'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *claim(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          event: number,
        ): KernelTask<boolean> {
          yield* super.claim(buffer, slot, event);
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'poll-005-reference-each',
    mistake: 'a poll takes a reference of the file before it knows whether the slot is free',
    breaks: ['POLL-005'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *claim(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          event: number,
        ): KernelTask<boolean> {
          const isFree = yield* super.claim(buffer, slot, event);
          if (!isFree) yield* buffer.file.get();
          return isFree;
        }
      },
    }),
  }),
  fault({
    id: 'poll-005-arms-on-the-last',
    mistake: 'a poll waits for the last pending fence',
    breaks: ['POLL-005'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *arm(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          isWrite: boolean,
        ): KernelTask<boolean> {
          const { resvWalk } = buffer.stack;
          const cursor = resvWalk.begin(buffer.resv, buffer.resv.usageRw(isWrite));
          const fences: DmaFence[] = [];
          for (let f = resvWalk.firstLocked(cursor); f !== null; f = resvWalk.nextLocked(cursor)) {
            fences.unshift(f);
          }
          for (const fence of fences) {
            yield* fence.get();
            if ((yield* fence.addCallback(slot.callback)) === 0) return true;
            yield* fence.put();
          }
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'poll-005-peeks',
    mistake: 'a poll asks the driver whether a fence is done before it arms',
    breaks: ['POLL-005'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *arm(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          isWrite: boolean,
        ): KernelTask<boolean> {
          const { resvWalk } = buffer.stack;
          const cursor = resvWalk.begin(buffer.resv, buffer.resv.usageRw(isWrite));
          for (let f = resvWalk.firstLocked(cursor); f !== null; f = resvWalk.nextLocked(cursor)) {
            yield* f.isSignaled();
          }
          return yield* super.arm(buffer, slot, isWrite);
        }
      },
    }),
  }),
  fault({
    id: 'poll-006-wakes-nobody',
    mistake: 'the callback frees its slot and wakes nobody',
    breaks: ['POLL-006', 'POLL-012'],
    install: calling(
      {
        *locked(_buffer, slot) {
          slot.release();
        },
      },
      'fence',
    ),
  }),
  fault({
    id: 'poll-006-wakes-everybody',
    mistake: 'the callback does not say which direction it is about',
    breaks: ['POLL-006'],
    install: calling(
      {
        *locked(buffer, slot) {
          yield* buffer.queue.wakeAllLocked(0);
          slot.release();
        },
      },
      'fence',
    ),
  }),
  fault({
    id: 'poll-006-wakes-one',
    mistake: 'the callback wakes the first sleeper only',
    breaks: ['POLL-006'],
    install: calling(
      {
        *locked(buffer, slot) {
          const event = slot.active.get();
          const [first] = buffer.queue.entries.copy();
          if (first !== undefined) yield* first.wake(event);
          slot.release();
        },
      },
      'fence',
    ),
  }),
  fault({
    id: 'poll-006-stays-active',
    mistake: 'the callback does not free its slot',
    breaks: ['POLL-006'],
    install: calling(
      {
        *locked(buffer, slot) {
          yield* buffer.queue.wakeAllLocked(slot.active.get());
        },
      },
      'fence',
    ),
  }),
  fault({
    id: 'poll-006-keeps-the-file',
    mistake: 'the callback does not drop its reference of the file',
    breaks: ['POLL-006'],
    install: calling({ keepsFile: true }, 'fence'),
  }),
  fault({
    id: 'poll-006-keeps-the-fence',
    mistake: 'the callback does not drop its reference of the fence',
    breaks: ['POLL-006'],
    install: calling({ keepsFence: true }, 'fence'),
  }),
  fault({
    id: 'poll-007-looks-again-while-armed',
    mistake: 'a poll whose direction is armed asks the reservation object itself',
    breaks: ['POLL-007'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *isIdle(buffer: DmaBuf, event: number): KernelTask<boolean> {
          if (yield* super.isIdle(buffer, event)) return true;
          return yield* buffer.resv.testSignaled(buffer.resv.usageRw(event === POLLOUT));
        }
      },
    }),
  }),
  fault({
    id: 'poll-007-ready-once-signaled',
    mistake: 'a direction whose fence has signaled is ready, whatever else came meanwhile',
    breaks: ['POLL-007'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
          const events = yield* super.poll(buffer, table);
          const wanted = (table?.events ?? POLLIN | POLLOUT) & (POLLIN | POLLOUT);
          const { calls } = buffer.pollIn.callback;
          return calls > 0 ? events | (wanted & POLLIN) : events;
        }
      },
    }),
  }),
  fault({
    id: 'poll-008-no-reference',
    mistake: 'an armed direction does not keep the file',
    breaks: ['POLL-008', 'POLL-016'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *isIdle(buffer: DmaBuf, event: number): KernelTask<boolean> {
          const slot = event === POLLOUT ? buffer.pollOut : buffer.pollIn;
          if (!(yield* this.claim(buffer, slot, event))) return false;
          if (yield* this.arm(buffer, slot, event === POLLOUT)) {
            buffer.world.emit(slot, 'arm');
            return false;
          }
          yield* this.signaled(buffer, slot, null);
          return true;
        }

        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          const flags = yield* buffer.queue.lock.acquireIrqsave();
          buffer.world.emit(slot, fence === null ? 'idle' : 'signaled');
          yield* wakeAndFree(buffer, slot);
          buffer.queue.lock.releaseIrqrestore(flags);
          if (fence !== null) yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'poll-008-taken-late',
    mistake: 'the reference for the callback is taken when it can have run already',
    breaks: ['POLL-008'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *isIdle(buffer: DmaBuf, event: number): KernelTask<boolean> {
          const slot = event === POLLOUT ? buffer.pollOut : buffer.pollIn;
          if (!(yield* this.claim(buffer, slot, event))) return false;
          const isArmed = yield* this.arm(buffer, slot, event === POLLOUT);
          yield* buffer.file.get();
          if (isArmed) buffer.world.emit(slot, 'arm');
          else yield* this.signaled(buffer, slot, null);
          return !isArmed;
        }
      },
    }),
  }),
  fault({
    id: 'poll-008-dropped-when-armed',
    mistake: 'the reference of the file is dropped when the poll returns, and not by the callback',
    breaks: ['POLL-008'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *isIdle(buffer: DmaBuf, event: number): KernelTask<boolean> {
          const isIdle = yield* super.isIdle(buffer, event);
          if (!isIdle) yield* buffer.file.put();
          return isIdle;
        }

        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          if (fence !== null) yield* buffer.file.get();
          yield* super.signaled(buffer, slot, fence);
        }
      },
    }),
  }),
  fault({
    id: 'poll-009-slot-not-freed',
    mistake: 'a poll that finds nothing pending leaves its slot active',
    breaks: ['POLL-009', 'POLL-012'],
    install: calling(
      {
        *locked(buffer, slot) {
          yield* buffer.queue.wakeAllLocked(slot.active.get());
        },
      },
      'idle',
    ),
  }),
  fault({
    id: 'poll-009-wakes-nobody',
    mistake: 'a poll that finds nothing pending wakes nobody',
    breaks: ['POLL-009', 'POLL-015'],
    install: calling(
      {
        *locked(_buffer, slot) {
          slot.release();
        },
      },
      'idle',
    ),
  }),
  fault({
    id: 'poll-009-keeps-the-file',
    mistake: 'a poll that finds nothing pending keeps its reference of the file',
    breaks: ['POLL-009'],
    install: calling({ keepsFile: true }, 'idle'),
  }),
  fault({
    id: 'poll-009-wakes-both-directions',
    mistake: 'a poll that finds nothing pending wakes everybody',
    breaks: ['POLL-009'],
    install: calling(
      {
        *locked(buffer, slot) {
          yield* buffer.queue.wakeAllLocked(0);
          slot.release();
        },
      },
      'idle',
    ),
  }),
  fault({
    id: 'poll-012-wakes-before-it-is-free',
    mistake: 'the callback wakes sleepers in a first section, and frees its slot in a second one',
    breaks: ['POLL-012'],
    install: calling(
      {
        *locked(buffer, slot) {
          yield* buffer.queue.wakeAllLocked(slot.active.get());
          buffer.queue.lock.release();
          yield* buffer.queue.lock.acquire();
          slot.release();
        },
      },
      'fence',
    ),
  }),
];
