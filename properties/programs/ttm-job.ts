import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { TtmLocation } from '../../impl/drm/ttm/ttm-memory.ts';
import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';

/** What a job does with memory when its time comes. */
export type TtmWork =
  | { readonly kind: 'copy'; readonly source: TtmLocation; readonly target: TtmLocation }
  | { readonly kind: 'write'; readonly target: TtmLocation; readonly stamp: number }
  | { readonly kind: 'read'; readonly source: TtmLocation }
  | { readonly kind: 'nothing' };

/** What a reader says that found pages of different content. */
export const MIXED_STAMP: number = -2;
/** Nobody has looked yet. */
const UNSEEN: number = -3;

/** Something that a device does by itself, at a moment of its own; a test's, so never freed. */
export class TtmJob extends KernelObject {
  readonly fence: DmaFence;
  /** With references of its own. */
  readonly dependencies: readonly DmaFence[];
  readonly work: TtmWork;
  /** What it has read. */
  readonly seen: PlainWord<number>;
  readonly isDone: PlainWord<boolean>;
  private readonly act: Access;

  constructor(fence: DmaFence, dependencies: readonly DmaFence[], work: TtmWork) {
    super(fence.world, 'ttmJob');
    this.isStatic = true;
    this.fence = fence;
    this.dependencies = dependencies;
    this.work = work;
    this.seen = new PlainWord<number>(this, 'seen', UNSEEN, 'full');
    this.isDone = new PlainWord<boolean>(this, 'isDone', false, 'full');
    this.act = new Access('update', 'full', this, 'work', 'do');
  }

  /** What it has to come after is over; for gates, which are asked again and again. */
  get mayRun(): boolean {
    return this.dependencies.every((fence) => (fence.flags.bits & SIGNALED) !== 0);
  }

  /** The same as a question of the device. */
  private get hears(): boolean {
    return this.dependencies.every((fence) => fence.flags.testOwned(SIGNALED));
  }

  /** Works and signals. `isForced`: the device goes away, and nothing is waited for. */
  *run(isForced: boolean = false): KernelTask<'done' | 'waits'> {
    yield this.act;
    if (this.isDone.get()) return 'done';
    if (!isForced && !this.hears) return 'waits';
    this.isDone.set(true);
    if (!isForced) this.perform();
    yield* this.fence.signal();
    for (const fence of this.dependencies) yield* fence.put();
    yield* this.fence.put();
    return 'done';
  }

  private perform(): void {
    const { work } = this;
    switch (work.kind) {
      case 'copy':
        for (let page = 0; page < work.target.pages; page += 1) {
          const stamp = work.source.memory.read(work.source.first + page);
          work.target.memory.write(work.target.first + page, stamp);
        }
        break;
      case 'write':
        fill(work.target, work.stamp);
        break;
      case 'read':
        this.seen.set(stampOf(work.source));
        break;
      case 'nothing':
        break;
    }
  }

  visitState(visit: StateVisitor): void {
    visit('seen', this.seen.value);
    visit('isDone', this.isDone.value);
  }
}

function fill({ memory, first, pages }: TtmLocation, stamp: number): void {
  for (let page = 0; page < pages; page += 1) memory.write(first + page, stamp);
}

/** The stamp that all pages show. */
function stampOf({ memory, first, pages }: TtmLocation): number {
  const stamp = memory.read(first);
  for (let page = 1; page < pages; page += 1) {
    if (memory.read(first + page) !== stamp) return MIXED_STAMP;
  }
  return stamp;
}
