import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { Subject } from '../../../properties/explore/subject.ts';
import { BareExecution, type BareOptions } from '../bare-execution.ts';
import { Completion, ENABLED, SIGNALED } from './completion.ts';
import type { W2Size } from './size.ts';

/** Signal, add and wait, one run: the steps are those of the table in the readme. */
export class W2Execution extends BareExecution {
  private readonly completion: Completion;
  /** Which calls of `add` have returned "queued"; 0 is the waiter's, or nobody's. */
  private readonly queued: boolean[] = [];

  constructor(size: W2Size, options: BareOptions) {
    super(options);
    this.completion = new Completion(this.world, size.adders + 1);
    for (let id = 0; id <= size.adders; id += 1) this.queued.push(false);
    this.begin('signaler', this.signal());
    for (let id = 1; id <= size.adders; id += 1) {
      this.begin(`adder ${id}`, this.add(id, !size.isBroken));
    }
    if (size.hasWaiter) this.begin('waiter', this.wait());
  }

  private begin(name: string, body: KernelTask<void>): void {
    this.world.addTask(name).start(body);
  }

  private *signal(): KernelTask<void> {
    const { completion } = this;
    if (yield* completion.flags.testAndSet(SIGNALED)) return;
    yield* completion.lock.acquire();
    yield* completion.runAll();
    completion.lock.release();
  }

  private *add(id: number, looksAgain: boolean): KernelTask<void> {
    const { completion } = this;
    if (yield* completion.flags.test(SIGNALED)) return;
    yield* completion.lock.acquire();
    yield* completion.flags.set(ENABLED);
    if (looksAgain && (yield* completion.flags.test(SIGNALED))) {
      completion.lock.release();
      return;
    }
    yield* completion.append(id);
    completion.lock.release();
    this.queued[id] = true;
  }

  private *wait(): KernelTask<void> {
    yield* this.add(0, true);
    if (this.queued[0] === true) yield* this.completion.waitForFirst();
  }

  visitState(key: StateKey): void {
    key.part();
    for (const isQueued of this.queued) key.add(isQueued);
  }

  protected judge(): string | null {
    for (const [id, isQueued] of this.queued.entries()) {
      const ran = this.completion.ran[id];
      const wanted = isQueued ? 1 : 0;
      if (ran !== wanted) return `callback ${id} ran ${ran} times instead of ${wanted}`;
    }
    return null;
  }
}

export class W2Subject implements Subject<W2Execution> {
  private readonly size: W2Size;
  private readonly options: BareOptions;

  constructor(size: W2Size, options: BareOptions = {}) {
    this.size = size;
    this.options = options;
  }

  start(): W2Execution {
    return new W2Execution(this.size, this.options);
  }
}
