import { type Body, settle, Sleepers, type Steps } from '../fast-check.ts';
import type { W3Size } from './size.ts';

const FREE = 0;

/** A lock in promises: who wants it and may not wait is told so. */
class ScheduledLock {
  private readonly steps: Steps;
  private readonly unlocked = new Sleepers();
  private owner = FREE;

  constructor(steps: Steps) {
    this.steps = steps;
  }

  /** False when somebody older has it and the task backs off. Ages count from 1. */
  async take(age: number, backsOff: boolean): Promise<boolean> {
    for (;;) {
      await this.steps.next('take');
      if (this.owner === FREE) {
        this.owner = age;
        return true;
      }
      if (backsOff && this.owner < age) return false;
      await this.unlocked.sleep();
    }
  }

  drop(): void {
    this.owner = FREE;
    this.unlocked.wakeAll();
  }

  async release(): Promise<void> {
    await this.steps.next('release');
    this.drop();
  }
}

/** One run under fast-check's scheduler. */
export function scheduled({ tasks, locks, isBroken }: W3Size): Body {
  return async (scheduler, steps) => {
    const all = Array.from({ length: locks }, () => new ScheduledLock(steps));
    let inside = 0;
    const task = async (nth: number): Promise<void> => {
      const order = [...all.slice(nth % locks), ...all.slice(0, nth % locks)];
      const held = new Set<ScheduledLock>();
      let contended: ScheduledLock | undefined;
      for (;;) {
        const wanted = contended ?? order.find((lock) => !held.has(lock));
        if (wanted === undefined) break;
        if (await wanted.take(nth + 1, held.size > 0 && !isBroken)) {
          held.add(wanted);
          contended = undefined;
          continue;
        }
        for (const lock of held) lock.drop();
        held.clear();
        contended = wanted;
      }
      inside += 1;
      if (inside > 1) throw new Error('two tasks are inside at once');
      await steps.next('leave');
      inside -= 1;
      for (const lock of all) await lock.release();
    };
    await settle(
      scheduler,
      Array.from({ length: tasks }, (_, nth) => task(nth)),
    );
  };
}
