import type { SyncTimeline } from '../../impl/dma-buf/sync-timeline.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Observer } from '../../impl/kernel/world.ts';
import type { Tracepoint } from '../../model/events.ts';

/** What a passed trace point of a timeline found. */
export interface TimelineSight {
  readonly value: number;
  readonly isLocked: boolean;
}

/** How far `value` lies ahead of `other`, by the wrapping 32-bit rule. */
function ahead(value: number, other: number): number {
  return (value - other) | 0;
}

/** Looks at one timeline after every step. */
export class TimelineWatch extends KernelObject implements Observer {
  readonly timeline: SyncTimeline;
  readonly sights: TimelineSight[] = [];
  /** What was wrong with the list when nobody held the lock. */
  readonly contradictions: string[] = [];
  /** Most points that waited at the same time while the list was in order. */
  longest = 0;

  constructor(timeline: SyncTimeline) {
    super(timeline.world, 'watch');
    this.isStatic = true;
    this.timeline = timeline;
  }

  tracepoint(name: Tracepoint, object: KernelObject): void {
    if (name !== 'sync_timeline' || object !== this.timeline) return;
    const { value, lock } = this.timeline;
    // The trace point passes on what its own processor sees, stores that are late included.
    const buffer = this.world.ownBuffer;
    const seen = buffer === null ? value.value : buffer.load(value, value.value);
    this.sights.push({ value: seen, isLocked: lock.isHeld });
  }

  stepped(): void {
    const { lock, value } = this.timeline;
    if (lock.holder !== null) return;
    const list = this.timeline.list.value;
    const tree = this.timeline.tree.value;
    const isOpen = this.timeline.isOpen.value;
    this.longest = Math.max(this.longest, list.length);
    const numbers = list.map((point) => Number(BigInt.asUintN(32, point.base.seqno)));
    for (const [index, number] of numbers.entries()) {
      const before = numbers[index - 1];
      if (before !== undefined && ahead(number, before) < 0) this.note(`${number} is out of order`);
      // A point without references is left to its release, which waits for the lock.
      const isAlive = (list[index]?.base.references.value ?? 0) > 0;
      const isDue = ahead(number, value.value) <= 0;
      if (isOpen && isAlive && isDue) this.note(`${number} is due and listed`);
    }
    const isInTree = tree.length === list.length && list.every((point) => tree.includes(point));
    if (!isInTree) this.note('list and tree hold different points');
  }

  private note(what: string): void {
    this.contradictions.push(`${what}, at step ${this.world.steps}`);
  }

  visitState(visit: StateVisitor): void {
    visit('sights', this.sights.length);
  }
}
