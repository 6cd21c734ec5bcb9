import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import { SYNC_IOC_FILE_INFO } from '../../../impl/dma-buf/sync-file-ioctls.ts';
import { type SwSync, TimelineFile } from '../../../impl/dma-buf/sw-sync.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF, EINVAL, ENOENT, ENOTTY } from '../../../impl/kernel/errno.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { File, type FileOps, O_RDWR, POLLIN } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Opens timelines with another kind of file. */
function openedAs(
  make: (swSync: SwSync, timeline: SyncTimeline) => FileOps,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SwSync: class extends types.SwSync {
      override *open(): KernelTask<File | null> {
        const { world, fences } = this.stack;
        if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
        const context = yield* fences.contextAlloc(1);
        const timeline = new this.stack.types.SyncTimeline(this.stack, world.current.comm, context);
        const flags = yield* this.listLock.acquireIrqsave();
        this.timelines.push(timeline);
        this.listLock.releaseIrqrestore(flags);
        return new File(this.stack, make(this, timeline), O_RDWR);
      }
    },
  });
}

/** Changes what GET_DEADLINE answers. */
export function telling(
  call: (
    swSync: SwSync,
    argument: UserPointer,
    right: () => KernelTask<number>,
  ) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SwSync: class extends types.SwSync {
      override *getDeadline(argument: UserPointer): KernelTask<number> {
        return yield* call(this, argument, () => super.getDeadline(argument));
      }
    },
  });
}

/** Changes the text of the listing. */
function listing(change: (text: string) => string): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SwSync: class extends types.SwSync {
      override *printTimeline(timeline: SyncTimeline, kept: SyncPoint[]): KernelTask<string> {
        return change(yield* super.printTimeline(timeline, kept));
      }
    },
  });
}

/** A timeline that can be asked whether its value is odd. */
class PolledTimeline extends TimelineFile {
  *poll(): KernelTask<number> {
    return (yield* this.timeline.value.read()) % 2 === 1 ? POLLIN : 0;
  }
}

class SoughtTimeline extends TimelineFile {
  *llseek(): KernelTask<number> {
    return 0;
  }
}

/** Mistakes about timelines as files, and about the listing. */
export const REQUEST_FAULTS: readonly Fault[] = [
  fault({
    id: 'swsync-001-one-context',
    mistake: 'all timelines share one context',
    breaks: ['SWSYNC-001'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        constructor(stack: Stack, name: string) {
          super(stack, name, 1);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-001-starts-later',
    mistake: 'a timeline starts with its context as value',
    breaks: ['SWSYNC-001'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        constructor(stack: Stack, name: string, context: number) {
          super(stack, name, context);
          this.value.initialize(context);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-001-named-anew',
    mistake: 'a timeline is called after whoever asks',
    breaks: ['SWSYNC-001'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override getTimelineName(): string {
          return this.world.current.comm;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-002-invalid',
    mistake: 'an unknown request gives -EINVAL',
    breaks: ['SWSYNC-002'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *dispatch(
          timeline: SyncTimeline,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.dispatch(timeline, command, argument);
          return result === -ENOTTY ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-018-zero-when-unset',
    mistake: 'a point without a deadline tells 0',
    breaks: ['SWSYNC-018'],
    install: telling(function* (_swSync, _argument, right) {
      const result = yield* right();
      return result === -ENOENT ? 0 : result;
    }),
  }),
  fault({
    id: 'swsync-018-own-timeline-only',
    mistake: 'only points of the timeline that is asked are known',
    breaks: ['SWSYNC-018'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *dispatch(
          timeline: SyncTimeline,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          const fd = argument.fields['fence_fd'];
          if (typeof fd !== 'number') return yield* super.dispatch(timeline, command, argument);
          const fence = yield* this.stack.syncFiles.getFence(fd);
          const isForeign = fence !== null && fence.context !== timeline.context;
          if (fence !== null) yield* fence.put();
          return isForeign ? -EINVAL : yield* super.dispatch(timeline, command, argument);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-018-ignores-pad',
    mistake: 'the padding of GET_DEADLINE is not looked at',
    breaks: ['SWSYNC-018'],
    install: telling(function* (_swSync, argument, right) {
      if (argument.isReadable) argument.fields['pad'] = 0;
      return yield* right();
    }),
  }),
  fault({
    id: 'swsync-018-bad-descriptor',
    mistake: 'what is no sync_file is called a bad descriptor',
    breaks: ['SWSYNC-018'],
    install: telling(function* (swSync, argument, right) {
      if (!argument.isReadable) return yield* right();
      const fence = yield* swSync.stack.syncFiles.getFence(numberField(argument, 'fence_fd'));
      if (fence === null) return -EBADF;
      yield* fence.put();
      return yield* right();
    }),
  }),
  fault({
    id: 'swsync-019-signed-points',
    mistake: 'the number of a point has a sign',
    breaks: ['SWSYNC-019'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        constructor(timeline: SyncTimeline, value: number) {
          super(timeline, value | 0);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-019-other-driver',
    mistake: 'points are called after the file that they come from',
    breaks: ['SWSYNC-019'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override getDriverName(): string {
          return 'sync_pt';
        }
      },
    }),
  }),
  fault({
    id: 'swsync-019-unsigned-timeline',
    mistake: 'the value of a timeline is printed without a sign',
    breaks: ['SWSYNC-019'],
    install: listing((text) => text.replaceAll(/-\d+/g, (value) => String(Number(value) >>> 0))),
  }),
  fault({
    id: 'BUG-SWSYNC-04',
    mistake: 'the inner lock of the listing turns interrupts on when it is released',
    breaks: ['SWSYNC-023'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *printTimeline(timeline: SyncTimeline, kept: SyncPoint[]): KernelTask<string> {
          yield* timeline.lock.acquireIrq();
          let text = `${timeline.name}: ${timeline.value.readStable() | 0}\n`;
          for (const point of timeline.list.copy()) {
            if (!(yield* point.base.getRcu())) continue;
            kept.push(point);
            text += yield* this.printPoint(point);
          }
          timeline.lock.releaseIrq();
          return `${text}\n`;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-023-lists-the-dying',
    mistake: 'the listing asks points that have no reference any more',
    breaks: ['SWSYNC-023'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *printTimeline(timeline: SyncTimeline): KernelTask<string> {
          yield* timeline.lock.acquire();
          let text = `${timeline.name}: ${timeline.value.readStable() | 0}\n`;
          for (const point of timeline.list.copy()) text += yield* this.printPoint(point);
          timeline.lock.release();
          return `${text}\n`;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-023-newest-first',
    mistake: 'points are listed from the last to the first',
    breaks: ['SWSYNC-023'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *printTimeline(timeline: SyncTimeline, kept: SyncPoint[]): KernelTask<string> {
          yield* timeline.lock.acquire();
          let text = `${timeline.name}: ${timeline.value.readStable() | 0}\n`;
          for (const point of timeline.list.copy().toReversed()) {
            if (!(yield* point.base.getRcu())) continue;
            kept.push(point);
            text += yield* this.printPoint(point);
          }
          timeline.lock.release();
          return `${text}\n`;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-023-no-time',
    mistake: 'the listing leaves out when a point was done',
    breaks: ['SWSYNC-023'],
    install: listing((text) => text.replaceAll(/@[\d.]+/g, '')),
  }),
  fault({
    id: 'swsync-023-only-open',
    mistake: 'a timeline whose file is closed is not listed',
    breaks: ['SWSYNC-023'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *printTimeline(timeline: SyncTimeline, kept: SyncPoint[]): KernelTask<string> {
          return timeline.isOpen.get() ? yield* super.printTimeline(timeline, kept) : '';
        }
      },
    }),
  }),
  fault({
    id: 'swsync-023-added-without-lock',
    mistake: 'a timeline is put on the list of all without the lock of that list',
    breaks: ['SWSYNC-023'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *open(): KernelTask<File | null> {
          const { world, fences } = this.stack;
          if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
          const context = yield* fences.contextAlloc(1);
          const { comm } = world.current;
          const timeline = new this.stack.types.SyncTimeline(this.stack, comm, context);
          this.timelines.push(timeline);
          return new File(this.stack, new TimelineFile(this, timeline), O_RDWR);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-025-polls',
    mistake: 'a timeline can be polled, and waits for an odd value',
    breaks: ['SWSYNC-025'],
    install: openedAs((swSync, timeline) => new PolledTimeline(swSync, timeline)),
  }),
  fault({
    id: 'swsync-025-seeks',
    mistake: 'a timeline can be sought in',
    breaks: ['SWSYNC-025'],
    install: openedAs((swSync, timeline) => new SoughtTimeline(swSync, timeline)),
  }),
  fault({
    id: 'swsync-025-answers-files',
    mistake: 'a timeline takes the requests of sync_files and does nothing',
    breaks: ['SWSYNC-025'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *dispatch(
          timeline: SyncTimeline,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          if (command === SYNC_IOC_FILE_INFO) return 0;
          return yield* super.dispatch(timeline, command, argument);
        }
      },
    }),
  }),
];
