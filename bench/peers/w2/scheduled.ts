import { type Body, settle, Sleepers, type Steps } from '../fast-check.ts';
import { ENABLED, SIGNALED } from './completion.ts';
import type { W2Size } from './size.ts';

/** The workload in promises, as one would write it for fast-check's scheduler. */
class Scheduled {
  private readonly steps: Steps;
  private readonly unlocked = new Sleepers();
  private readonly called = new Sleepers();
  private flags = 0;
  private isLocked = false;
  private list: number[] = [];
  readonly ran: number[];

  constructor(steps: Steps, callbacks: number) {
    this.steps = steps;
    this.ran = Array.from({ length: callbacks }, () => 0);
  }

  private async lock(): Promise<void> {
    await this.steps.next('lock');
    while (this.isLocked) {
      await this.unlocked.sleep();
      await this.steps.next('lock');
    }
    this.isLocked = true;
  }

  private unlock(): void {
    this.isLocked = false;
    this.unlocked.wakeAll();
  }

  async signal(): Promise<void> {
    await this.steps.next('set flag');
    const before = this.flags;
    this.flags |= SIGNALED;
    if ((before & SIGNALED) !== 0) return;
    await this.lock();
    await this.steps.next('run callbacks');
    for (const id of this.list) this.ran[id] = (this.ran[id] ?? 0) + 1;
    this.list = [];
    this.called.wakeAll();
    this.unlock();
  }

  async add(id: number, looksAgain: boolean): Promise<boolean> {
    await this.steps.next('look');
    if ((this.flags & SIGNALED) !== 0) return false;
    await this.lock();
    await this.steps.next('enable');
    this.flags |= ENABLED;
    if (looksAgain) {
      await this.steps.next('look again');
      if ((this.flags & SIGNALED) !== 0) {
        this.unlock();
        return false;
      }
    }
    await this.steps.next('append');
    this.list.push(id);
    this.unlock();
    return true;
  }

  async wait(): Promise<void> {
    if (!(await this.add(0, true))) return;
    while (this.ran[0] === 0) await this.called.sleep();
    await this.steps.next('woken');
  }
}

/** One run under fast-check's scheduler. */
export function scheduled({ adders, hasWaiter, isBroken }: W2Size): Body {
  return async (scheduler, steps) => {
    const state = new Scheduled(steps, adders + 1);
    const queued: boolean[] = [];
    const tasks = [state.signal()];
    for (let id = 1; id <= adders; id += 1) {
      tasks.push(
        state.add(id, !isBroken).then((isQueued) => {
          queued[id] = isQueued;
        }),
      );
    }
    if (hasWaiter) tasks.push(state.wait());
    await settle(scheduler, tasks);
    for (let id = 1; id <= adders; id += 1) {
      if (state.ran[id] !== (queued[id] === true ? 1 : 0)) throw new Error(`callback ${id}`);
    }
  };
}
