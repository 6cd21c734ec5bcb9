import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations, ProgramError } from '../operation.ts';
import { resvNamed } from './resv.ts';

/** What a job does to the storage. `explicit`: others see to it that nothing comes across. */
type JobKind = 'read' | 'write' | 'explicit' | 'move';

const KINDS: readonly JobKind[] = ['read', 'write', 'explicit', 'move'];

/** What its own fence is for. */
const USAGE_OF: Readonly<Record<JobKind, ResvUsage>> = {
  read: DMA_RESV_USAGE_READ,
  write: DMA_RESV_USAGE_WRITE,
  explicit: DMA_RESV_USAGE_BOOKKEEP,
  move: DMA_RESV_USAGE_KERNEL,
};

/** What must not overlap, whoever does it: kinds of jobs as bits. */
const BIT: Readonly<Record<JobKind, number>> = { read: 1, write: 2, explicit: 4, move: 8 };
const EXCLUDES: Readonly<Record<JobKind, number>> = {
  read: BIT.write + BIT.move,
  write: BIT.read + BIT.write + BIT.move,
  explicit: BIT.move,
  move: BIT.read + BIT.write + BIT.explicit + BIT.move,
};

/** The memory behind a buffer. It notes when devices come across each other. */
class Storage extends KernelObject {
  /** How many jobs of each kind are at it. */
  private readonly at: Readonly<Record<JobKind, Cell>>;
  private readonly conflicts: Cell;

  constructor(stack: Stack) {
    super(stack.world, 'storage');
    this.isStatic = true;
    this.at = {
      read: new Cell(this, 'readers', 0, 'full'),
      write: new Cell(this, 'writers', 0, 'full'),
      explicit: new Cell(this, 'others', 0, 'full'),
      move: new Cell(this, 'movers', 0, 'full'),
    };
    this.conflicts = new Cell(this, 'conflicts', 0, 'full');
  }

  get conflictsSeen(): number {
    return this.conflicts.value;
  }

  /** The device begins, is at it for a while, and is done. */
  *use(kind: JobKind): KernelTask<void> {
    yield* this.at[kind].fetchAdd(1);
    for (const other of KINDS) {
      if ((EXCLUDES[kind] & BIT[other]) === 0) continue;
      const count = yield* this.at[other].read();
      if (count > (other === kind ? 1 : 0)) yield* this.conflicts.fetchAdd(1);
    }
    yield* this.at[kind].fetchAdd(-1);
  }

  visitState(visit: StateVisitor): void {
    for (const kind of KINDS) visit(kind, this.at[kind].value);
    visit('conflicts', this.conflicts.value);
  }
}

function kindOf(text: string): JobKind {
  const kind = KINDS.find((candidate) => candidate === text);
  if (kind === undefined) throw new ProgramError(`${text} is none of ${KINDS.join(', ')}`);
  return kind;
}

/** The fences that a job has to wait for; a driver learns of them by the object's own rules. */
function waitsFor(resv: DmaResv, kind: JobKind): ResvUsage {
  if (kind === 'move') return DMA_RESV_USAGE_BOOKKEEP;
  return kind === 'explicit' ? DMA_RESV_USAGE_KERNEL : resv.usageRw(kind === 'write');
}

/** What it has to wait for, with its own fence added. */
function* submit(
  { resvQueries }: Stack,
  resv: DmaResv,
  kind: JobKind,
  fence: DmaFence,
): KernelTask<DmaFence[]> {
  yield* resv.acquire();
  yield* resv.reserveFences(1);
  const found = yield* resvQueries.getFences(resv, waitsFor(resv, kind));
  yield* resv.addFence(fence, USAGE_OF[kind]);
  yield* resv.release();
  return typeof found === 'number' ? [] : found;
}

/** Devices that use the storage of a buffer, as their drivers make them. */
defineOperations([
  {
    name: 'job.storage',
    parameters: [],
    *run(environment, _args, out) {
      environment.bind(out, new Storage(environment.stack));
      return null;
    },
  },
  {
    // Submits a job, and then is the device that waits for others, does it, and signals.
    name: 'job.run',
    parameters: ['resv', 'storage', 'kind', 'fence'],
    *run(environment, args) {
      const storage = environment.find(args.text('storage'), Storage);
      const fence = environment.fence(args.text('fence'));
      const kind = kindOf(args.text('kind'));
      const resv = resvNamed(environment, args);
      for (const other of yield* submit(environment.stack, resv, kind, fence)) {
        yield* other.wait(false);
        yield* other.put();
      }
      yield* storage.use(kind);
      yield* fence.signal();
      return null;
    },
  },
  {
    // Does a job that was submitted before, and signals.
    name: 'job.finish',
    parameters: ['storage', 'kind', 'fence'],
    *run(environment, args) {
      const storage = environment.find(args.text('storage'), Storage);
      yield* storage.use(kindOf(args.text('kind')));
      yield* environment.fence(args.text('fence')).signal();
      return null;
    },
  },
  {
    // How often devices came across each other.
    name: 'job.conflicts',
    parameters: ['storage'],
    *run(environment, args) {
      const storage = environment.find(args.text('storage'), Storage);
      looksAt(storage);
      return storage.conflictsSeen;
    },
  },
]);
