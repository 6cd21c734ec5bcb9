import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { POLLIN, POLLOUT, type PollTable } from '../../../impl/uapi/file.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about sleeping for buffers, by poll and by epoll. */
export const WAITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'poll-013-joins-late',
    mistake: 'a poller joins the queue behind its look at the fences',
    breaks: ['POLL-012', 'POLL-013'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
          if (table === null) return yield* super.poll(buffer, table);
          const look: PollTable = { events: table.events, *wait() {} };
          const events = yield* super.poll(buffer, look);
          yield* table.wait(buffer.file, buffer.queue);
          return events;
        }
      },
    }),
  }),
  fault({
    id: 'poll-014-arms-for-sleepers-only',
    mistake: 'a poll that joins no queue asks the reservation object, and arms nothing',
    breaks: ['POLL-014'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
          const before = buffer.queue.entries.value.length;
          if (table !== null) yield* table.wait(buffer.file, buffer.queue);
          const joins = buffer.queue.entries.value.length > before;
          const wanted = (table?.events ?? POLLIN | POLLOUT) & (POLLIN | POLLOUT);
          if (joins || wanted === 0) {
            return yield* super.poll(buffer, { events: wanted, *wait() {} });
          }
          let events = wanted;
          for (const event of [POLLOUT, POLLIN]) {
            const usage = buffer.resv.usageRw(event === POLLOUT);
            if (!(yield* buffer.resv.testSignaled(usage))) events &= ~event;
          }
          return events;
        }
      },
    }),
  }),
  fault({
    id: 'poll-016-silent-without-descriptor',
    mistake: 'a buffer of which nothing but a mapping or a device is left polls as nothing',
    breaks: ['POLL-016'],
    install: (types) => ({
      DmaBufPoll: class extends types.DmaBufPoll {
        override *poll(buffer: DmaBuf, table: PollTable | null): KernelTask<number> {
          const events = yield* super.poll(buffer, table);
          const { current } = buffer.world;
          const numbers = Array.from({ length: 32 }, (_, fd) => current.files?.at(fd) ?? null);
          return numbers.includes(buffer.file) ? events : 0;
        }
      },
    }),
  }),
];
