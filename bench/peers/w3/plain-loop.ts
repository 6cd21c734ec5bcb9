import { type PlainRun, type PlainTask, printRate } from '../plain-loop.ts';
import { type W3Size, w3SizeOf } from './size.ts';

const FREE = 0;

/** The workload as bare generators. */
class PlainLocks implements PlainRun {
  readonly tasks: readonly PlainTask[];
  private readonly owners: number[];
  private inside = 0;
  private ended = 0;

  constructor({ tasks, locks, isBroken }: W3Size) {
    this.owners = Array.from({ length: locks }, () => FREE);
    this.tasks = Array.from({ length: tasks }, (_, nth) => this.run(nth, isBroken));
  }

  private *run(nth: number, isBroken: boolean): PlainTask {
    const { owners } = this;
    const age = nth + 1;
    let contended = -1;
    let held = 0;
    while (held < owners.length) {
      let wanted = contended >= 0 ? contended : nth % owners.length;
      while (owners[wanted] === age) wanted = (wanted + 1) % owners.length;
      const lock = wanted;
      const backsOff = held > 0 && !isBroken;
      yield () => owners[lock] === FREE || (backsOff && (owners[lock] ?? 0) < age);
      if (owners[lock] === FREE) {
        owners[lock] = age;
        held += 1;
        contended = -1;
        continue;
      }
      for (const [other, owner] of owners.entries()) if (owner === age) owners[other] = FREE;
      held = 0;
      contended = lock;
    }
    this.inside += 1;
    if (this.inside > 1) throw new Error('two tasks are inside at once');
    yield;
    this.inside -= 1;
    for (let lock = 0; lock < owners.length; lock += 1) {
      yield;
      owners[lock] = FREE;
    }
    this.ended += 1;
  }

  check(): void {
    if (this.ended < this.tasks.length) throw new Error('deadlock');
  }
}

const size = w3SizeOf(process.argv[2] ?? '');
await printRate(() => new PlainLocks(size));
