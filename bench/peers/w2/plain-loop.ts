import { type PlainRun, type PlainTask, printRate } from '../plain-loop.ts';
import { ENABLED, SIGNALED } from './completion.ts';
import { type W2Size, w2SizeOf } from './size.ts';

/** The workload as bare generators. */
class PlainCompletion implements PlainRun {
  readonly tasks: readonly PlainTask[];
  private flags = 0;
  private isLocked = false;
  private readonly list: number[] = [];
  private readonly ran: number[] = [];
  private readonly queued: boolean[] = [];
  private readonly isFree = (): boolean => !this.isLocked;
  private readonly isFirstDone = (): boolean => this.ran[0] !== 0;

  constructor({ adders, hasWaiter, isBroken }: W2Size) {
    const tasks = [this.signal()];
    for (let id = 0; id <= adders; id += 1) {
      this.ran.push(0);
      this.queued.push(false);
      if (id > 0) tasks.push(this.add(id, !isBroken));
    }
    if (hasWaiter) tasks.push(this.wait());
    this.tasks = tasks;
  }

  private *signal(): PlainTask {
    yield;
    const before = this.flags;
    this.flags |= SIGNALED;
    if ((before & SIGNALED) !== 0) return;
    yield this.isFree;
    this.isLocked = true;
    yield;
    for (const id of this.list) this.ran[id] = (this.ran[id] ?? 0) + 1;
    this.list.length = 0;
    this.isLocked = false;
  }

  private *add(id: number, looksAgain: boolean): PlainTask {
    yield;
    if ((this.flags & SIGNALED) !== 0) return;
    yield this.isFree;
    this.isLocked = true;
    yield;
    this.flags |= ENABLED;
    if (looksAgain) {
      yield;
      if ((this.flags & SIGNALED) !== 0) {
        this.isLocked = false;
        return;
      }
    }
    yield;
    this.list.push(id);
    this.isLocked = false;
    this.queued[id] = true;
  }

  private *wait(): PlainTask {
    yield* this.add(0, true);
    if (this.queued[0] === true) yield this.isFirstDone;
  }

  check(): void {
    for (const [id, isQueued] of this.queued.entries()) {
      if (this.ran[id] !== (isQueued ? 1 : 0)) throw new Error(`callback ${id}`);
    }
  }
}

const size = w2SizeOf(process.argv[2] ?? '');
await printRate(() => new PlainCompletion(size));
