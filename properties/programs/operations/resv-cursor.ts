import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { ResvCursor, ResvWalk } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations, type Operation, type Result } from '../operation.ts';
import { nameOfUsage, resvNamed, usageOf } from './resv.ts';

/** A cursor that a program moves step by step. */
class CursorHandle {
  readonly cursor: ResvCursor;

  constructor(cursor: ResvCursor) {
    this.cursor = cursor;
  }

  visitState(visit: StateVisitor): void {
    const { resv, usage, list, count, index, fence, fenceUsage, isRestarted } = this.cursor;
    visit('resv', resv);
    visit('usage', usage);
    visit('list', list);
    visit('count', count);
    visit('index', index);
    visit('fence', fence);
    visit('fenceUsage', fenceUsage);
    visit('isRestarted', isRestarted);
  }
}

type Move = (walk: ResvWalk, cursor: ResvCursor) => KernelTask<DmaFence | null>;

/** `f/READ`, or `none`; with `anew` when what came before may come again. */
function told(fence: DmaFence | null, { fenceUsage, isRestarted }: ResvCursor): Result {
  const name = fence === null ? 'none' : `${fence.label}/${nameOfUsage(fenceUsage)}`;
  return isRestarted ? `${name} anew` : name;
}

function moving(name: string, move: Move): Operation {
  return {
    name,
    parameters: ['cursor'],
    *run(environment, args) {
      const { cursor } = environment.find(args.text('cursor'), CursorHandle);
      return told(yield* move(environment.stack.resvWalk, cursor), cursor);
    },
  };
}

function* firstLocked(walk: ResvWalk, cursor: ResvCursor): ReturnType<Move> {
  return walk.firstLocked(cursor);
}

function* nextLocked(walk: ResvWalk, cursor: ResvCursor): ReturnType<Move> {
  return walk.nextLocked(cursor);
}

/** Walks over reservation objects, step by step. A walk without the lock has to be ended. */
defineOperations([
  {
    name: 'resv.begin',
    parameters: ['resv', 'usage'],
    *run(environment, args, out) {
      const resv = resvNamed(environment, args);
      const cursor = environment.stack.resvWalk.begin(resv, usageOf(args));
      environment.bind(out, new CursorHandle(cursor));
      return null;
    },
  },
  moving('resv.first', (walk, cursor) => walk.first(cursor)),
  moving('resv.next', (walk, cursor) => walk.next(cursor)),
  moving('resv.firstLocked', firstLocked),
  moving('resv.nextLocked', nextLocked),
  {
    name: 'resv.end',
    parameters: ['cursor'],
    *run(environment, args) {
      const { cursor } = environment.find(args.text('cursor'), CursorHandle);
      yield* environment.stack.resvWalk.end(cursor);
      return null;
    },
  },
  {
    // Whether the cursor is on the list that the object has.
    name: 'resv.isOnList',
    parameters: ['cursor'],
    *run(environment, args) {
      const { cursor } = environment.find(args.text('cursor'), CursorHandle);
      looksAt(cursor.resv);
      return cursor.list === cursor.resv.fences.value;
    },
  },
]);
