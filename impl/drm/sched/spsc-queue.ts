import type { KernelTask } from '../../kernel/access.ts';
import { Cell } from '../../kernel/cell.ts';
import type { KernelObject, StateVisitor } from '../../kernel/object.ts';
import { Pointer } from '../../kernel/pointer.ts';
import type { DrmSchedJob } from './sched-job.ts';

/**
 * A queue with many producers, who have a lock among them, and one consumer, who has none. What the
 * kernel keeps as the address of the last link is here the node with that link; null is the head.
 * While a producer has its node counted and not linked, it cannot be preempted; so nobody spins here
 * for long, and waiting for the link is one access.
 *
 * @kernel struct spsc_queue
 */
export class SpscQueue {
  readonly head: Pointer<DrmSchedJob>;
  protected readonly tail: Pointer<DrmSchedJob>;
  protected readonly count: Cell;
  /** The entity whose jobs these are. */
  protected readonly place: KernelObject;

  constructor(place: KernelObject) {
    this.place = place;
    this.head = new Pointer<DrmSchedJob>(place, 'queue.head');
    this.tail = new Pointer<DrmSchedJob>(place, 'queue.tail');
    this.count = new Cell(place, 'queue.count', 0, 'full');
  }

  /**
   * True when the queue was empty. It is counted before it is linked: whoever sees it must not
   * find a count of zero. @kernel spsc_queue_push
   */
  *push(node: DrmSchedJob): KernelTask<boolean> {
    node.next.writeStable(null);
    yield* this.count.add(1);
    const last = yield* this.tail.exchange(node);
    this.tellPush(node);
    yield* this.link(last, node);
    return last === null;
  }

  /** From here on its place in the queue is decided. */
  protected tellPush(node: DrmSchedJob): void {
    this.place.commit('push', null, 0, node);
    node.commit('push', null, Number(node.fence.scheduled.seqno), this.place);
  }

  protected *link(last: DrmSchedJob | null, node: DrmSchedJob): KernelTask<void> {
    yield* (last === null ? this.head : last.next).write(node);
  }

  /** @kernel spsc_queue_peek */
  *peek(): KernelTask<DrmSchedJob | null> {
    return yield* this.head.read();
  }

  /** For the consumer, who alone takes nodes off. @kernel spsc_queue_pop */
  *pop(): KernelTask<DrmSchedJob | null> {
    const node = yield* this.head.read();
    if (node === null) return null;
    const next = yield* node.next.read();
    yield* this.head.write(next);
    if (next === null && !(yield* this.tail.compareExchange(node, null))) {
      // A producer is behind this node already, and about to link its own.
      yield* node.next.waitUntilSet();
      const late = node.next.readStable();
      yield* this.head.write(late);
    }
    yield* this.count.add(-1);
    return node;
  }

  /** @kernel spsc_queue_count */
  *isCountedEmpty(): KernelTask<boolean> {
    return yield* this.count.ask((count) => count === 0);
  }

  visitState(visit: StateVisitor): void {
    visit('queue.head', this.head.value);
    visit('queue.tail', this.tail.value);
    visit('queue.count', this.count.value);
  }
}
