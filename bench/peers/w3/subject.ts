import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Subject } from '../../../properties/explore/subject.ts';
import { BareExecution, type BareOptions } from '../bare-execution.ts';
import { Section } from './section.ts';
import type { W3Size } from './size.ts';
import { TaggedLock } from './tagged-lock.ts';

/** Every task takes every lock, each in an order of its own. */
export class W3Execution extends BareExecution {
  private readonly locks: readonly TaggedLock[];
  private readonly section: Section;
  private readonly isBroken: boolean;

  constructor({ tasks, locks, isBroken }: W3Size, options: BareOptions) {
    super(options);
    const { world } = this;
    this.isBroken = isBroken;
    this.section = new Section(world);
    this.locks = Array.from({ length: locks }, (_, nth) => new TaggedLock(world, `l${nth}`, tasks));
    for (let nth = 0; nth < tasks; nth += 1) world.addTask(`task ${nth}`).start(this.run(nth));
  }

  private *run(nth: number): KernelTask<void> {
    const { locks, section } = this;
    const age = nth + 1;
    const held = locks.map(() => false);
    let contended = -1;
    for (let count = 0; count < locks.length;) {
      const wanted = contended >= 0 ? contended : nextInOrder(held, nth);
      const backsOff = count > 0 && !this.isBroken;
      if (yield* this.lock(wanted).take(age, backsOff)) {
        held[wanted] = true;
        contended = -1;
        count += 1;
        continue;
      }
      this.dropAll(held);
      contended = wanted;
      count = 0;
    }
    section.enter();
    yield* section.leave();
    for (const lock of locks) yield* lock.release();
  }

  private lock(nth: number): TaggedLock {
    const lock = this.locks[nth];
    if (lock === undefined) throw new RangeError(`there is no lock ${nth}`);
    return lock;
  }

  private dropAll(held: boolean[]): void {
    for (const [nth, isHeld] of held.entries()) if (isHeld) this.lock(nth).drop();
    held.fill(false);
  }

  /** Everything is in the locks, and in what tasks have seen of them. */
  visitState(): void {}

  /** Two tasks inside are a complaint of the world, and a deadlock is seen by everybody. */
  protected judge(): null {
    return null;
  }
}

/** Task i takes the locks in the order i, i + 1, ... and from the last to the first. */
function nextInOrder(held: readonly boolean[], nth: number): number {
  let wanted = nth % held.length;
  while (held[wanted] === true) wanted = (wanted + 1) % held.length;
  return wanted;
}

export class W3Subject implements Subject<W3Execution> {
  private readonly size: W3Size;
  private readonly options: BareOptions;

  constructor(size: W3Size, options: BareOptions = {}) {
    this.size = size;
    this.options = options;
  }

  start(): W3Execution {
    return new W3Execution(this.size, this.options);
  }
}
