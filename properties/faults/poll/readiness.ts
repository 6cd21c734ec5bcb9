import { DmaBufPollSlot } from '../../../impl/dma-buf/dma-buf-poll.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import { DMA_FROM_DEVICE } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINTR } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { POLLIN, POLLOUT, POLLRDNORM, type PollTable } from '../../../impl/uapi/file.ts';
import { type Fault, fault } from '../fault.ts';

/** Arms on the fences that are wanted, and on no others. */
function* armOn(
  buffer: DmaBuf,
  slot: DmaBufPollSlot,
  usageMax: ResvUsage,
  wants: (usage: ResvUsage) => boolean,
): KernelTask<boolean> {
  const { resvWalk } = buffer.stack;
  const cursor = resvWalk.begin(buffer.resv, usageMax);
  let fence = resvWalk.firstLocked(cursor);
  while (fence !== null) {
    if (wants(cursor.fenceUsage)) {
      yield* fence.get();
      if ((yield* fence.addCallback(slot.callback)) === 0) return true;
      yield* fence.put();
    }
    fence = resvWalk.nextLocked(cursor);
  }
  return false;
}

/** Looks at the fences in another way. */
function arming(
  arm: (buffer: DmaBuf, slot: DmaBufPollSlot, isWrite: boolean) => KernelTask<boolean>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufPoll: class extends types.DmaBufPoll {
      protected override *arm(
        buffer: DmaBuf,
        slot: DmaBufPollSlot,
        isWrite: boolean,
      ): KernelTask<boolean> {
        return yield* arm(buffer, slot, isWrite);
      }
    },
  });
}

type Poll = (buffer: DmaBuf, table: PollTable | null) => KernelTask<number>;

/** Replaces `poll`; `intact` is what it was. */
function polling(
  poll: (intact: Poll, buffer: DmaBuf, table: PollTable | null) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    DmaBufPoll: class extends types.DmaBufPoll {
      override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
        const intact: Poll = (given, with_) => super.poll(given, with_);
        return yield* poll(intact, buffer, table);
      }
    },
  });
}

/** A table that asks for something else, and joins the same queues. */
function asking(table: PollTable, events: number): PollTable {
  return { events, wait: (file, queue) => table.wait(file, queue) };
}

/** Mistakes about what a poll reports. */
export const READINESS_FAULTS: readonly Fault[] = [
  fault({
    id: 'poll-001-writers-only',
    mistake: 'a poll for POLLIN looks at WRITE fences alone',
    breaks: ['POLL-001'],
    install: arming((buffer, slot, isWrite) =>
      isWrite
        ? armOn(buffer, slot, DMA_RESV_USAGE_READ, () => true)
        : armOn(buffer, slot, DMA_RESV_USAGE_WRITE, (usage) => usage === DMA_RESV_USAGE_WRITE),
    ),
  }),
  fault({
    id: 'poll-001-first-fence-only',
    mistake: 'a poll whose first fence has signaled looks at no other',
    breaks: ['POLL-001'],
    install: arming(function* (buffer, slot, isWrite) {
      const { resvWalk } = buffer.stack;
      const cursor = resvWalk.begin(buffer.resv, buffer.resv.usageRw(isWrite));
      const fence = resvWalk.firstLocked(cursor);
      if (fence === null) return false;
      yield* fence.get();
      if ((yield* fence.addCallback(slot.callback)) === 0) return true;
      yield* fence.put();
      return false;
    }),
  }),
  fault({
    id: 'poll-001-readers-too',
    mistake: 'a poll for POLLIN waits for readers as well',
    breaks: ['POLL-001'],
    install: arming((buffer, slot) => armOn(buffer, slot, DMA_RESV_USAGE_READ, () => true)),
  }),
  fault({
    id: 'BUG-BUF-07',
    mistake: 'with readers present a poll looks at them alone, and nobody keeps the fence',
    breaks: ['POLL-002'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        protected override *arm(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          isWrite: boolean,
        ): KernelTask<boolean> {
          const { resv, stack } = buffer;
          const { resvWalk } = stack;
          const cursor = resvWalk.begin(resv, resv.usageRw(isWrite));
          let first = resvWalk.firstLocked(cursor);
          let fence = first;
          while (fence !== null && cursor.fenceUsage !== DMA_RESV_USAGE_READ) {
            fence = resvWalk.nextLocked(cursor);
          }
          first = fence ?? first;
          return first !== null && (yield* first.addCallback(slot.callback)) === 0;
        }

        override *signaled(
          buffer: DmaBuf,
          slot: DmaBufPollSlot,
          fence: DmaFence | null,
        ): KernelTask<void> {
          const flags = yield* buffer.queue.lock.acquireIrqsave();
          buffer.world.emit(slot, fence === null ? 'idle' : 'signaled');
          yield* buffer.queue.wakeAllLocked(slot.active.get());
          slot.release();
          buffer.queue.lock.releaseIrqrestore(flags);
          yield* buffer.file.put();
        }
      },
    }),
  }),
  fault({
    id: 'poll-002-writers-only',
    mistake: 'a poll for POLLOUT does not wait for readers',
    breaks: ['POLL-002'],
    install: arming((buffer, slot) => armOn(buffer, slot, DMA_RESV_USAGE_WRITE, () => true)),
  }),
  fault({
    id: 'poll-002-counts-bookkeeping',
    mistake: 'a poll for POLLOUT waits for every fence',
    breaks: ['POLL-002'],
    install: arming((buffer, slot, isWrite) => {
      const usage = isWrite ? DMA_RESV_USAGE_BOOKKEEP : DMA_RESV_USAGE_WRITE;
      return armOn(buffer, slot, usage, () => true);
    }),
  }),
  fault({
    id: 'poll-003-locks-always',
    mistake: 'a poll for nothing takes the reservation lock',
    breaks: ['POLL-003'],
    install: polling(function* (intact, buffer, table) {
      if (table !== null && (table.events & (POLLIN | POLLOUT)) === 0) {
        yield* buffer.resv.acquire();
        yield* buffer.resv.release();
      }
      return yield* intact(buffer, table);
    }),
  }),
  fault({
    id: 'poll-003-looks-at-both',
    mistake: 'a poll looks at both directions, whatever was asked for',
    breaks: ['POLL-003'],
    install: polling(function* (intact, buffer, table) {
      if (table === null || (table.events & (POLLIN | POLLOUT)) === 0) {
        return yield* intact(buffer, table);
      }
      return (yield* intact(buffer, asking(table, POLLIN | POLLOUT))) & table.events;
    }),
  }),
  fault({
    id: 'poll-003-keeps-other-bits',
    mistake: 'a poll reports POLLRDNORM with POLLIN',
    breaks: ['POLL-003'],
    install: polling(function* (intact, buffer, table) {
      const events = yield* intact(buffer, table);
      return (events & POLLIN) === 0 ? events : events | POLLRDNORM;
    }),
  }),
  fault({
    id: 'poll-004-interruptible',
    mistake: 'a signal ends the wait for the reservation lock, and so the poll',
    breaks: ['POLL-004'],
    install: polling(function* (intact, buffer, table) {
      const error = yield* buffer.resv.acquireInterruptible();
      if (error < 0) return -EINTR;
      yield* buffer.resv.release();
      return yield* intact(buffer, table);
    }),
  }),
  fault({
    id: 'poll-004-tries',
    mistake: 'a poll that does not get the lock at once reports nothing',
    breaks: ['POLL-004'],
    install: polling(function* (intact, buffer, table) {
      if (!(yield* buffer.resv.tryAcquire())) return 0;
      yield* buffer.resv.release();
      return yield* intact(buffer, table);
    }),
  }),
  fault({
    id: 'poll-004-in-first',
    mistake: 'POLLIN is looked at before POLLOUT',
    breaks: ['POLL-004'],
    install: polling(function* (intact, buffer, table) {
      if (table === null) return yield* intact(buffer, table);
      const wanted = table.events & (POLLIN | POLLOUT);
      const read = yield* intact(buffer, asking(table, wanted & POLLIN));
      const write = yield* intact(buffer, asking(table, wanted & POLLOUT));
      return read | write;
    }),
  }),
  fault({
    id: 'poll-004-no-lock',
    mistake: 'a poll looks at the fences without the reservation lock',
    breaks: ['POLL-004'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
          if (table !== null) yield* table.wait(buffer.file, buffer.queue);
          let events = (table?.events ?? POLLIN | POLLOUT) & (POLLIN | POLLOUT);
          for (const event of [POLLOUT, POLLIN]) {
            if ((events & event) === 0) continue;
            const isWrite = event === POLLOUT;
            const usage = buffer.resv.usageRw(isWrite);
            if (!(yield* buffer.resv.testSignaled(usage))) events &= ~event;
          }
          return events;
        }
      },
    }),
  }),
  fault({
    id: 'poll-010-one-slot',
    mistake: 'both directions share one slot',
    breaks: ['POLL-010'],
    install: (types) => ({
      DmaBuf: class extends types.DmaBuf {
        constructor(...given: ConstructorParameters<StackTypes['DmaBuf']>) {
          super(...given);
          Object.defineProperty(this, 'pollOut', { value: this.pollIn });
        }

        override *release(): KernelTask<void> {
          // Their memory goes once for each.
          Object.defineProperty(this, 'pollOut', { value: new DmaBufPollSlot(this) });
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'poll-010-all-or-nothing',
    mistake: 'a poll is ready when everything that was asked for is',
    breaks: ['POLL-010'],
    install: polling(function* (intact, buffer, table) {
      const events = yield* intact(buffer, table);
      const wanted = (table?.events ?? POLLIN | POLLOUT) & (POLLIN | POLLOUT);
      return events === wanted ? events : 0;
    }),
  }),
  fault({
    id: 'poll-011-maintains-caches',
    mistake: 'a poll that is ready makes caches agree',
    breaks: ['POLL-011'],
    install: polling(function* (intact, buffer, table) {
      const events = yield* intact(buffer, table);
      if (events !== 0 && buffer.ops.beginCpuAccess !== undefined) {
        yield* buffer.ops.beginCpuAccess(buffer, DMA_FROM_DEVICE);
      }
      return events;
    }),
  }),
  fault({
    id: 'poll-011-ready-needs-no-bracket',
    mistake: 'a bracket on a buffer without pending fences does no cache maintenance',
    breaks: ['POLL-011'],
    install: (types) => ({
      DmaBufAccess: class extends types.DmaBufAccess {
        override *begin(
          ...[buffer, direction]: Parameters<InstanceType<StackTypes['DmaBufAccess']>['begin']>
        ): KernelTask<number> {
          if (buffer !== null && (yield* buffer.resv.testSignaled(DMA_RESV_USAGE_READ))) return 0;
          return yield* super.begin(buffer, direction);
        }
      },
    }),
  }),
];
