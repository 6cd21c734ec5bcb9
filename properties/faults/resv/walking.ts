import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { ResvCursor, ResvWalk } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

type Install = (types: StackTypes) => Partial<StackTypes>;

/** What a growth does with the fences of the old list. */
interface Growth {
  /** The old list is freed while readers may be on it. */
  readonly freesAtOnce?: boolean;
  readonly keepsDone?: boolean;
  readonly putsFirst?: boolean;
  readonly reverses?: boolean;
}

export function growing(growth: Growth): Install {
  return (types) => ({
    DmaResv: class extends types.DmaResv {
      protected override *grow(old: ResvList | null, max: number, count: number): KernelTask<void> {
        const list = new this.stack.types.ResvList(this.stack, max);
        const finished: DmaFence[] = [];
        const indices = [...Array(old?.count.readStable() ?? 0).keys()];
        for (const index of growth.reverses === true ? indices.toReversed() : indices) {
          if (old === null) break;
          const { fence, usage } = old.slot(index);
          if (growth.keepsDone === true || !(yield* fence.isSignaled())) {
            list.initialize(fence, usage);
            continue;
          }
          this.world.emit(this, 'slotSignaled', null, index, fence);
          if (growth.putsFirst === true) yield* fence.put();
          else finished.push(fence);
        }
        yield* this.fences.write(list);
        this.world.emit(this, 'reserve', 0, count);
        for (const fence of finished) yield* fence.put();
        if (old === null) return;
        if (growth.freesAtOnce === true) this.world.memory.free(old);
        else this.world.rcu.free(old);
      }
    },
  });
}

/** Does something to every fence of an object before it ends. */
function ending(act: (fence: DmaFence) => KernelTask<unknown>): Install {
  return (types) => ({
    DmaResv: class extends types.DmaResv {
      override *fini(): KernelTask<void> {
        const list = this.fences.readStable();
        for (let index = 0; index < (list?.count.readStable() ?? 0); index += 1) {
          if (list !== null) yield* act(list.slot(index).fence);
        }
        yield* super.fini();
      }
    },
  });
}

/** How one step of a walk goes wrong. */
export interface StepMistake {
  readonly looksFirst?: boolean;
  readonly keepsDone?: boolean;
  readonly flagsOnly?: boolean;
  readonly skipsDead?: boolean;
  /** Kernel fences are nobody's business who asks for others, too. */
  readonly skipsKernel?: boolean;
  readonly liveCount?: boolean;
  /** What follows a fence that is done is passed over. */
  readonly skipsNext?: boolean;
  /** A reference is taken, whether or not somebody has one left. */
  readonly getsBlindly?: boolean;
}

/** One step of a walk, with a mistake. */
export function stepping(mistake: StepMistake): Install {
  return (types) => ({
    ResvWalk: class extends types.ResvWalk {
      protected override *walk(cursor: ResvCursor): KernelTask<void> {
        if (cursor.fence !== null) yield* cursor.fence.put();
        cursor.fence = null;
        while (cursor.list !== null && cursor.index < (yield* this.countFor(cursor))) {
          const { fence, usage } = yield* cursor.list.readSlot(cursor.index);
          cursor.index += 1;
          const isEarly = mistake.looksFirst === true && (yield* fence.isSignaled());
          if (mistake.getsBlindly === true) {
            yield* fence.get();
          } else if (!(yield* fence.getRcu())) {
            if (mistake.skipsDead !== true) yield* this.restart(cursor);
            continue;
          }
          const isSet = mistake.flagsOnly === true && (yield* fence.flags.test(SIGNALED));
          const isDone =
            isEarly || isSet || (mistake.flagsOnly !== true && (yield* fence.isSignaled()));
          if (isDone && mistake.skipsNext === true) cursor.index += 1;
          cursor.fenceUsage = usage;
          const isSkipped = mistake.skipsKernel === true && usage === 0 && cursor.usage > 0;
          if (!isDone && !isSkipped && cursor.usage >= usage) {
            cursor.fence = fence;
            return;
          }
          if (mistake.keepsDone !== true) yield* fence.put();
        }
      }

      private *countFor({ list, count }: ResvCursor): KernelTask<number> {
        return mistake.liveCount === true && list !== null ? yield* list.count.read() : count;
      }
    },
  });
}

/** Waits for one fence after another, each with the whole timeout; `each` finds the next one. */
function waiting(
  each: (walk: ResvWalk, cursor: ResvCursor) => KernelTask<DmaFence | null>,
): Install {
  return (types) => ({
    DmaResv: class extends types.DmaResv {
      override *waitTimeout(
        usage: ResvUsage,
        interruptible: boolean,
        timeoutJiffies: number,
      ): KernelTask<number> {
        const { resvWalk } = this.stack;
        const cursor = resvWalk.begin(this, usage);
        let left = Math.max(1, timeoutJiffies);
        let fence = yield* resvWalk.first(cursor);
        while (fence !== null && left > 0) {
          left = yield* fence.waitTimeout(interruptible, timeoutJiffies);
          if (left > 0) fence = yield* each(resvWalk, cursor);
        }
        yield* resvWalk.end(cursor);
        const event = left > 0 ? 'wait.done' : left === 0 ? 'wait.timedOut' : 'wait.interrupted';
        this.world.emit(this, event, left, usage);
        return left;
      }
    },
  });
}

function* onward(walk: ResvWalk, cursor: ResvCursor): KernelTask<DmaFence | null> {
  return yield* walk.next(cursor);
}

function* stop(walk: ResvWalk, cursor: ResvCursor): KernelTask<null> {
  yield* walk.end(cursor);
  return null;
}

/** Mistakes about walks without the lock, and about the end. */
export const WALKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-002-keeps-pending',
    mistake: 'the end forgets the references on pending fences',
    breaks: ['RESV-002'],
    install: ending(function* (fence) {
      if (!(yield* fence.flags.test(SIGNALED))) yield* fence.get();
    }),
  }),
  fault({
    id: 'resv-002-signals',
    mistake: 'the end signals what is pending',
    breaks: ['RESV-002'],
    install: ending((fence) => fence.signal()),
  }),
  fault({
    id: 'resv-018-puts-first',
    mistake: 'a growth gives back what is done before the larger list is published',
    breaks: ['RESV-018'],
    install: growing({ putsFirst: true }),
  }),
  fault({
    id: 'resv-018-keeps-all',
    mistake: 'a growth takes over what is done, too',
    breaks: ['RESV-018'],
    install: growing({ keepsDone: true }),
  }),
  fault({
    id: 'resv-018-reverses',
    mistake: 'a growth takes over the last fence first',
    breaks: ['RESV-018', 'RESV-072'],
    install: growing({ reverses: true }),
  }),
  fault({
    id: 'resv-018-reads-plainly',
    mistake: 'a reader without the lock takes the published list as the holder of the lock does',
    breaks: ['RESV-018'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        protected override *restart(cursor: ResvCursor): KernelTask<void> {
          cursor.index = 0;
          cursor.list = cursor.resv.fences.readStable();
          cursor.count = cursor.list === null ? 0 : yield* cursor.list.count.read();
        }
      },
    }),
  }),
  fault({
    id: 'BUG-RESV-06',
    mistake: 'an append raises the count before it fills the slot',
    breaks: ['RESV-030'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          const list = this.fences.readStable();
          const index = list?.count.readStable() ?? 0;
          const isFull = list === null || index >= list.max.get();
          if (isFull || (yield* this.replaceableSlot(list, fence, usage)) >= 0) {
            yield* super.addFence(fence, usage);
            return;
          }
          yield* fence.get();
          yield* list.count.write(index + 1);
          yield* list.writeSlot(index, fence, usage);
          this.world.emit(this, 'add', null, usage, fence);
        }
      },
    }),
  }),
  fault({
    id: 'resv-032-not-stored',
    mistake: 'a fence that is done is not stored',
    breaks: ['RESV-032'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          if (!(yield* fence.isSignaled())) yield* super.addFence(fence, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-038-looks-first',
    mistake: 'a walk polls a fence before it has a reference on it',
    breaks: ['RESV-038'],
    install: stepping({ looksFirst: true }),
  }),
  fault({
    id: 'resv-038-keeps-done',
    mistake: 'a walk keeps its references on fences that are done',
    breaks: ['RESV-038'],
    install: stepping({ keepsDone: true }),
  }),
  fault({
    id: 'resv-038-flags-only',
    mistake: 'a walk looks at flags and polls nothing',
    breaks: ['RESV-038', 'RESV-062'],
    install: stepping({ flagsOnly: true }),
  }),
  fault({
    id: 'BUG-RESV-07',
    mistake: 'a displaced fence is given back before its slot has the new one',
    breaks: ['RESV-039'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *addFence(fence: DmaFence, usage: ResvUsage): KernelTask<void> {
          const list = this.fences.readStable();
          const index = list === null ? -1 : yield* this.replaceableSlot(list, fence, usage);
          if (list === null || index < 0) {
            yield* super.addFence(fence, usage);
            return;
          }
          yield* fence.get();
          yield* list.slot(index).fence.put();
          yield* list.writeSlot(index, fence, usage);
          this.world.emit(this, 'add', null, usage, fence);
        }
      },
    }),
  }),
  fault({
    id: 'resv-039-skips-the-dead',
    mistake: 'a walk passes over a fence that has no references left',
    breaks: ['RESV-039'],
    install: stepping({ skipsDead: true }),
  }),
  fault({
    id: 'resv-057-budget-each',
    mistake: 'each fence gets the whole timeout',
    breaks: ['RESV-057'],
    install: waiting(onward),
  }),
  fault({
    id: 'resv-057-whole-timeout',
    mistake: 'a wait that succeeds gives back its timeout',
    breaks: ['RESV-057'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *waitTimeout(
          usage: ResvUsage,
          interruptible: boolean,
          timeoutJiffies: number,
        ): KernelTask<number> {
          const left = yield* super.waitTimeout(usage, interruptible, timeoutJiffies);
          return left > 0 ? Math.max(1, timeoutJiffies) : left;
        }
      },
    }),
  }),
  fault({
    id: 'resv-058-keeps-its-place',
    mistake: 'a walk that comes to another list goes on at the same index',
    breaks: ['RESV-058', 'RESV-039', 'RESV-059'],
    install: (types) => ({
      ResvWalk: class extends types.ResvWalk {
        protected override *restart(cursor: ResvCursor): KernelTask<void> {
          const { index } = cursor;
          yield* super.restart(cursor);
          cursor.index = index;
        }
      },
    }),
  }),
  fault({
    id: 'resv-058-first-only',
    mistake: 'a wait is over when the first fence is done',
    breaks: ['RESV-058'],
    install: waiting(stop),
  }),
];
