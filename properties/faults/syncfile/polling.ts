import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { USER_BITS } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StateValue, StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { type WaitEntry, WaitQueue } from '../../../impl/kernel/wait-queue.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import {
  type File,
  POLLERR,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  type PollTable,
} from '../../../impl/uapi/file.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** A flag of the fence, as old kernels had it: the first user bit belongs to deadlines today. */
const POLL_ENABLED_IN_FENCE: number = USER_BITS << 1;

/** Changes the events that a poll reports. */
function reporting(
  change: (events: number, fence: DmaFence) => number,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncFile: class extends types.SyncFile {
      protected override *readiness(): KernelTask<number> {
        return change(yield* super.readiness(), this.carried);
      }
    },
  });
}

/** A queue that says without its lock whether anybody ever joined it. @kernel waitqueue_active */
class CountedQueue extends WaitQueue {
  private readonly joined: Cell;

  constructor(file: SyncFile) {
    super(file, 'wq', '&sync_file->wq');
    this.joined = new Cell(file, 'joined', 0);
  }

  override *add(entry: WaitEntry): KernelTask<void> {
    yield* super.add(entry);
    yield* this.joined.write(1);
  }

  override *wakeAll(events = 0): KernelTask<void> {
    if ((yield* this.joined.read()) > 0) yield* super.wakeAll(events);
  }

  override get state(): readonly StateValue[] {
    return [this.joined.value, ...super.state];
  }
}

/** Mistakes about polling. */
export const POLLING_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-011-tells-of-errors',
    mistake: 'a poll reports POLLERR for a fence that failed',
    breaks: ['SYNCFILE-011'],
    install: reporting((events, fence) =>
      fence.error.readStable() < 0 ? events | POLLERR : events,
    ),
  }),
  fault({
    id: 'syncfile-011-writable',
    mistake: 'a file whose fence is done is writable, too',
    breaks: ['SYNCFILE-011'],
    install: reporting((events) => (events === 0 ? 0 : events | POLLOUT)),
  }),
  fault({
    id: 'syncfile-011-normal-data',
    mistake: 'a poll reports POLLRDNORM besides POLLIN',
    breaks: ['SYNCFILE-011'],
    install: reporting((events) => (events === 0 ? 0 : events | POLLRDNORM)),
  }),
  fault({
    id: 'syncfile-011-failed-is-not-ready',
    mistake: 'a failed fence polls as nothing',
    breaks: ['SYNCFILE-011'],
    install: reporting((events, fence) => (fence.error.readStable() < 0 ? 0 : events)),
  }),
  fault({
    id: 'syncfile-012-again-when-unlinked',
    mistake: 'every poll that finds the callback on no list tries again',
    breaks: ['SYNCFILE-012'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        protected override *claim(): KernelTask<boolean> {
          yield* super.claim();
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-012-only-for-sleepers',
    mistake: 'a poll that asks for nothing readable does not install the callback',
    breaks: ['SYNCFILE-012'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        private readonly wantsIn = new PlainWord<boolean>(this, 'wantsIn', true);

        override *poll(file: File, table: PollTable | null): KernelTask<number> {
          this.wantsIn.set(((table?.events ?? POLLIN) & POLLIN) !== 0);
          return yield* super.poll(file, table);
        }

        protected override *claim(): KernelTask<boolean> {
          return this.wantsIn.get() && (yield* super.claim());
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('wantsIn', this.wantsIn.value);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-012-information-enables',
    mistake: 'asking for information enables signalling',
    breaks: ['SYNCFILE-012'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          yield* syncFile.carried.enableSwSignaling();
          return yield* super.fileInfo(syncFile, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-013-wakes-nobody',
    mistake: 'a refused callback wakes nobody',
    breaks: ['SYNCFILE-013'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        protected override *install(): KernelTask<void> {
          this.world.emit(this, 'attempt');
          const isRefused = (yield* this.carried.addCallback(this.callback)) < 0;
          this.world.emit(this, isRefused ? 'refused' : 'watch');
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCFILE-03',
    mistake: 'the mark that the callback was tried lies in the fence, which files can share',
    breaks: ['SYNCFILE-014'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        protected override *claim(): KernelTask<boolean> {
          if (yield* this.carried.flags.testAndSet(POLL_ENABLED_IN_FENCE)) return false;
          // The file's own mark is what judges look at; nothing decides by it.
          yield* super.claim();
          return true;
        }

        protected override *isClaimed(): KernelTask<boolean> {
          return yield* this.carried.flags.test(POLL_ENABLED_IN_FENCE);
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-014-wakes-nobody',
    mistake: 'the callback of a file wakes nobody',
    breaks: ['SYNCFILE-014'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *fenceSignaled(): KernelTask<void> {
          this.world.emit(this, 'wake');
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-014-no-queue',
    mistake: 'a poller joins the queue after it has looked',
    breaks: ['SYNCFILE-014'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *poll(file: File, table: PollTable | null): KernelTask<number> {
          const events = yield* super.poll(file, null);
          if (table !== null) yield* table.wait(file, this.queue);
          return events;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-014-sleepers-without-barrier',
    mistake: 'a wake-up looks without a barrier whether anybody has joined the queue',
    breaks: ['SYNCFILE-014'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override readonly queue: WaitQueue = new CountedQueue(this);
      },
    }),
  }),
  fault({
    id: 'syncfile-029-wakes-readers',
    mistake: 'the wake-up says POLLIN, so that others sleep on',
    breaks: ['SYNCFILE-029'],
    install: (types) => ({
      SyncFile: class extends types.SyncFile {
        override *fenceSignaled(): KernelTask<void> {
          this.world.emit(this, 'wake');
          yield* this.queue.wakeAll(POLLIN);
        }
      },
    }),
  }),
];
