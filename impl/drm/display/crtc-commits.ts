import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { TASK_UNINTERRUPTIBLE } from '../../kernel/task-state.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { CrtcDriver } from './crtc-driver.ts';

/** What a client wants to see, and when. */
export interface CommitRequest {
  /** By plane, where the pixels are. */
  readonly addresses: readonly number[];
  /** What is drawn is not complete before it; the caller keeps its reference. */
  readonly inFence: DmaFence | null;
  /** Which frame of the client it is; null: it does not say. */
  readonly frame: number | null;
}

/** A commit that was accepted. */
interface Commit extends CommitRequest {
  readonly outFence: DmaFence;
  /** The commit before it is on the screen then. */
  readonly previous: DmaFence | null;
}

/** So many commits can wait at once without one keeping the other from trying. */
const QUEUES = 4;
/** Tries of a commit that meets another one. Unit: jiffies, one each. */
const TRIES_MAX = 1000;

/** Commits of a screen: each waits for what is drawn, then for the one before it, and is shown. */
export class CrtcCommits extends KernelObject {
  protected readonly driver: CrtcDriver;
  private readonly queues: readonly WorkQueue[];
  private count = 0;
  private last: DmaFence | null = null;

  constructor(driver: CrtcDriver) {
    super(driver.world, 'crtcCommits');
    this.isStatic = true;
    this.driver = driver;
    const numbers = Array.from({ length: QUEUES }, (_, number) => number);
    this.queues = numbers.map((number) => new WorkQueue(driver.world, `commit-${number}`));
  }

  /** The fence that tells when it is shown, on which the caller has a reference; or an error. */
  *accept(request: CommitRequest): KernelTask<DmaFence | number> {
    const { driver } = this;
    const outFence = yield* driver.newFence();
    if (outFence === null) return -ENOMEM;
    const { inFence, addresses, frame } = request;
    driver.tell({ outFence, inFence, addresses, frame });
    this.world.touch(this, 'last', 'write', 'once');
    const previous = this.last;
    for (const kept of [inFence, outFence, outFence]) if (kept !== null) yield* kept.get();
    this.last = outFence;
    const commit: Commit = { ...request, outFence, previous };
    const queue = this.queues[this.count % QUEUES];
    this.count += 1;
    queue?.queue({ label: `commit ${this.count}`, run: () => this.perform(commit) });
    return outFence;
  }

  private *perform(commit: Commit): KernelTask<void> {
    const { inFence, previous, outFence } = commit;
    if (inFence !== null) {
      yield* inFence.wait(false);
      yield* inFence.put();
    }
    if (previous !== null) {
      yield* this.awaitPrevious(previous);
      yield* previous.put();
    }
    yield* this.show(commit);
    yield* outFence.put();
  }

  /** Commits are shown in the order in which they came. @rule KMS-012 */
  protected *awaitPrevious(previous: DmaFence): KernelTask<void> {
    yield* previous.wait(false);
  }

  /** What came first may not be on the screen yet. */
  private *show({ addresses, outFence }: Commit): KernelTask<void> {
    const { sleeper } = this.world.current;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (yield* this.driver.show(addresses, outFence)) return;
      yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
      yield* sleeper.scheduleTimeout(1);
    }
  }

  /** Nothing is to be shown any more. */
  *remove(): KernelTask<void> {
    for (const queue of this.queues) yield* queue.drain();
    const { last } = this;
    this.last = null;
    if (last !== null) yield* last.put();
  }

  visitState(visit: StateVisitor): void {
    visit('commits', [this.count, this.last]);
  }
}
