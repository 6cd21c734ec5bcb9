import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { Cell } from './cell.ts';
import { Count } from './count.ts';
import { Flags } from './flags.ts';
import { Mutex } from './mutex.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import { PlainList, PlainWord } from './plain.ts';
import { Pointer } from './pointer.ts';
import { SpinLock } from './spinlock.ts';
import type { Task } from './task.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from './task-state.ts';
import { World, type WorldOptions } from './world.ts';

/** Some memory. */
class Box extends KernelObject {
  readonly x: Cell = new Cell(this, 'x', 0);
  readonly y: Cell = new Cell(this, 'y', 0);
  readonly flags: Flags = new Flags(this, 'flags');
  readonly count: Count = new Count(this, 'count');
  readonly lock: SpinLock = new SpinLock(this, 'lock', 'lock of the box');
  readonly mutex: Mutex = new Mutex(this, 'mutex', 'mutex of the box');
  readonly next: Pointer<Box> = new Pointer<Box>(this, 'next');
  readonly owned: PlainWord<number> = new PlainWord<number>(this, 'owned', 0);
  readonly list: PlainList<Box> = new PlainList<Box>(this, 'list');

  constructor(world: World) {
    super(world, 'box');
    this.alias = 'box';
  }

  visitState(visit: StateVisitor): void {
    visit('x', this.x.value);
  }
}

type Code = (box: Box, world: World) => KernelTask<void>;

/** A world, and the lanes that run in it by name. */
class Machine {
  readonly world: World;
  readonly box: Box;
  readonly seen: unknown[] = [];

  constructor(options: WorldOptions = { memory: 'tso' }) {
    this.world = new World(options);
    this.box = new Box(this.world);
  }

  /** Starts a task on a processor of its own, or on that of another. */
  start(name: string, code: Code, host: Task | null = null): Task {
    const { world, box } = this;
    const task = host === null ? world.addTask(name) : world.addTask(name, host.cpu);
    task.start(code(box, world));
    return task;
  }

  /** What could happen now, in the order in which it is offered. */
  get choices(): string[] {
    this.world.enumerate();
    return this.world.choiceTasks.map(({ name, pending }) => `${name}: ${pending?.label ?? ''}`);
  }

  /** Lets the tasks with these names make a step each. */
  steps(...names: readonly string[]): this {
    for (const name of names) {
      this.world.enumerate();
      const choice = this.world.choiceTasks.findIndex((task) => task.name === name);
      if (choice < 0) throw new Error(`${name} cannot run`);
      this.world.perform(choice);
    }
    return this;
  }

  toEnd(): this {
    while (this.world.enumerate() > 0) this.world.perform(0);
    return this;
  }
}

const storeXY: Code = function* (box) {
  yield* box.x.write(1);
  yield* box.y.write(1);
};

describe('without buffers', () => {
  test.each([[{}], [{ memory: 'sc' as const }]])('a store is seen at once: %j', (options) => {
    const machine = new Machine(options);
    machine.start('A', storeXY);
    machine.steps('A');
    expect(machine.box.x.value).toBe(1);
    expect(machine.choices).toEqual(['A: write box.y']);
  });
});

describe('a store', () => {
  test('waits in the buffer, and drains in a step of the buffer, in order, as the last choice', () => {
    const machine = new Machine();
    machine.start('A', storeXY);
    machine.steps('A');
    expect(machine.box.x.value).toBe(0);
    expect(machine.choices).toEqual(['A: write box.y', 'buffer/1: drain box.x']);
    machine.steps('A');
    expect(machine.choices).toEqual(['buffer/1: drain box.x']);
    machine.steps('buffer/1');
    expect([machine.box.x.value, machine.box.y.value]).toEqual([1, 0]);
    expect(machine.choices).toEqual(['buffer/1: drain box.y']);
    machine.steps('buffer/1');
    expect([machine.box.x.value, machine.box.y.value]).toEqual([1, 1]);
    expect(machine.choices).toEqual([]);
  });

  test('does not end a run before it has landed', () => {
    const machine = new Machine();
    machine.start('A', storeXY);
    machine.start('B', storeXY);
    machine.toEnd();
    expect([machine.box.x.value, machine.box.y.value]).toEqual([1, 1]);
    expect(machine.world.violations).toEqual([]);
  });

  test('is seen by its own processor, the newest first, and by no other', () => {
    const machine = new Machine();
    const { seen } = machine;
    const look: Code = function* (box, world) {
      seen.push(world.current.name, yield* box.x.read(), box.x.readStable());
    };
    const task = machine.start('A', function* (box, world) {
      yield* box.x.write(1);
      yield* box.x.write(2);
      yield* look(box, world);
    });
    machine.start('B', look);
    machine.steps('A', 'A', 'A', 'B');
    expect(seen).toEqual(['A', 2, 2, 'B', 0, 0]);
    // Whoever comes to the processor next has passed the scheduler, which is a barrier.
    machine.start('C', look, task);
    expect(machine.box.x.value).toBe(2);
  });

  test('of an interrupt waits while the task goes on that comes to the processor first', () => {
    const machine = new Machine();
    const { world, box } = machine;
    const irq = world.addTask('irq', undefined, 'hardirq');
    world.raise(irq, box.x.write(1), false);
    machine.steps('irq', 'irq');
    machine.start('A', storeXY, irq);
    machine.steps('A');
    expect([machine.box.x.value, machine.box.y.value]).toEqual([0, 0]);
    expect(machine.choices).toContain('buffer/1: drain box.x');
    machine.toEnd();
    expect(machine.box.x.value).toBe(1);
  });

  test('of a pointer ends the wait of another processor once it has landed', () => {
    const machine = new Machine();
    machine.start('A', function* (box) {
      yield* box.next.write(box);
      yield* box.x.write(1);
    });
    machine.start('B', function* (box) {
      yield* box.next.waitUntilSet();
    });
    machine.steps('A');
    expect(machine.choices).toEqual(['A: write box.x', 'buffer/1: drain box.next']);
    machine.steps('buffer/1');
    expect(machine.choices).toEqual(['A: write box.x', 'B: wait for box.next']);
  });

  test('of a pointer, of bits that are owned, and of a state waits, too', () => {
    const machine = new Machine();
    const { seen } = machine;
    const sleeper = machine.start('A', function* (box, world) {
      yield* box.next.write(box);
      box.flags.setOwned(4);
      yield* world.current.sleeper.setStateUnordered(TASK_INTERRUPTIBLE);
      seen.push(yield* box.next.read(), box.next.readStable());
      seen.push(yield* box.flags.test(4), box.flags.testOwned(4));
      seen.push(yield* world.current.sleeper.readState());
    });
    machine.steps('A', 'A', 'A', 'A', 'A');
    const { box } = machine;
    expect(seen).toEqual([box, box, true, true, TASK_INTERRUPTIBLE]);
    expect([box.next.value, box.flags.bits, sleeper.state]).toEqual([null, 0, TASK_RUNNING]);
    machine.toEnd();
    expect([box.next.value, box.flags.bits, sleeper.state]).toEqual([box, 4, TASK_INTERRUPTIBLE]);
  });

  test('of bits that are owned stores the whole word: what others set meanwhile is lost', () => {
    const machine = new Machine();
    machine.start('A', function* (box) {
      yield* box.x.write(1);
      box.flags.setOwned(1);
    });
    machine.start('B', function* (box) {
      yield* box.flags.set(2);
    });
    machine.steps('A', 'B');
    expect(machine.box.flags.bits).toBe(2);
    machine.toEnd();
    expect(machine.box.flags.bits).toBe(1);
  });

  test('into memory that was freed meanwhile is a use after free of whoever stored', () => {
    const machine = new Machine();
    machine.start('A', storeXY);
    machine.start('B', function* (box, world) {
      yield* box.count.inc();
      world.memory.free(box);
    });
    machine.steps('A', 'B', 'buffer/1');
    expect(machine.world.violations).toMatchObject([
      { kind: 'use-after-free', message: expect.stringContaining('box.x is used by A after') },
    ]);
    expect(machine.world.crashed).toBe(true);
  });

  test('lands when its own processor frees the memory', () => {
    const machine = new Machine();
    machine.start('A', function* (box, world) {
      yield* box.x.write(1);
      world.memory.free(box);
    });
    machine.toEnd();
    expect(machine.world.violations).toEqual([]);
  });
});

describe('a registered field', () => {
  test('is stored at once where nothing is in front of it', () => {
    const machine = new Machine();
    machine.start('A', function* (box) {
      yield* box.x.read();
      box.owned.set(1);
      box.list.push(box);
    });
    machine.steps('A');
    expect(machine.box.owned.value).toBe(1);
    expect(machine.box.list.value).toEqual([machine.box]);
  });

  test('lands at once, with all that is in front of it, where it is a full barrier', () => {
    const machine = new Machine();
    const word = new PlainWord<number>(machine.box, 'word', 0, 'full');
    const list = new PlainList<Box>(machine.box, 'all', 'full');
    machine.start('A', function* (box) {
      yield* box.x.write(1);
      word.set(5);
      yield* box.y.write(2);
      list.push(box);
      yield* box.x.write(3);
    });
    machine.steps('A');
    expect([machine.box.x.value, word.value]).toEqual([1, 5]);
    machine.steps('A');
    expect([machine.box.y.value, list.value]).toEqual([2, [machine.box]]);
  });

  test('never passes a store in front of it, and is seen by its own processor', () => {
    const machine = new Machine();
    const { seen } = machine;
    machine.start('A', function* (box) {
      yield* box.x.write(1);
      box.owned.set(1);
      box.owned.change((word) => word + 1);
      box.list.push(box);
      box.list.push(box);
      seen.push(box.owned.get(), box.list.length);
    });
    machine.steps('A');
    expect(seen).toEqual([2, 2]);
    const { box } = machine;
    expect([box.owned.value, box.list.value.length]).toEqual([0, 0]);
    machine.steps('buffer/1', 'buffer/1', 'buffer/1', 'buffer/1');
    expect([box.x.value, box.owned.value, box.list.value.length]).toEqual([1, 2, 1]);
    machine.toEnd();
    expect(box.list.value.length).toBe(2);
  });
});

const EMPTIES: readonly (readonly [string, Code])[] = [
  ['compare and exchange', (box) => dropped(box.y.compareExchange(5, 6))],
  ['an atomic addition', (box) => dropped(box.y.fetchAdd(1))],
  ['dropping a count', (box) => dropped(box.count.decAndTest())],
  ['raising a count', (box) => box.count.inc()],
  ['setting a bit', (box) => box.flags.set(1)],
  ['testing and setting a bit', (box) => dropped(box.flags.testAndSet(1))],
  ['exchanging a pointer', (box) => dropped(box.next.exchange(null))],
  ['a store with a barrier', (box) => box.y.writeFull(0)],
  ['taking a spinlock', (box) => box.lock.acquire()],
  ['taking a mutex', (box) => box.mutex.acquire()],
  ['set_current_state', (_box, world) => world.current.sleeper.setState(TASK_RUNNING)],
  ['waking somebody', (_box, world) => world.boot.sleeper.wakeUp()],
  ['schedule', (_box, world) => world.current.sleeper.schedule()],
];

/** Runs a task of which only the step counts. */
function* dropped(task: KernelTask<unknown>): KernelTask<void> {
  yield* task;
}

describe('the buffer is emptied by', () => {
  test.each(EMPTIES)('%s', (_name, code) => {
    const machine = new Machine();
    machine.start('A', function* (box, world) {
      yield* box.x.write(1);
      yield* code(box, world);
    });
    machine.steps('A');
    expect(machine.box.x.value).toBe(0);
    machine.steps('A');
    expect(machine.box.x.value).toBe(1);
    expect(machine.choices).toEqual([]);
  });

  test('a barrier: before the next access, so that it is no step of its own', () => {
    const machine = new Machine();
    machine.start('A', function* (box, world) {
      yield* box.x.write(1);
      world.current.cpu.buffer?.fence();
      yield* box.y.write(1);
      yield* box.y.read();
    });
    machine.steps('A');
    expect(machine.box.x.value).toBe(0);
    machine.steps('A', 'A');
    expect([machine.box.x.value, machine.box.y.value]).toEqual([1, 0]);
  });

  test('neither reads nor a release', () => {
    const machine = new Machine();
    machine.start('A', function* (box) {
      yield* box.lock.acquire();
      yield* box.x.write(1);
      box.lock.release();
      yield* box.y.read();
    });
    machine.steps('A', 'A', 'A');
    expect(machine.box.x.value).toBe(0);
  });
});

describe('a spinlock', () => {
  const critical: Code = function* (box) {
    yield* box.lock.acquire();
    yield* box.x.write(1);
    box.lock.release();
    yield* box.y.read();
    yield* box.lock.acquire();
    box.lock.release();
  };

  test('that is released looks taken to others until the stores before it have landed', () => {
    const machine = new Machine();
    machine.start('A', critical);
    machine.start('B', critical);
    machine.steps('A', 'A');
    expect(machine.choices).toEqual(['A: read box.y', 'buffer/1: drain box.x']);
    machine.steps('buffer/1');
    expect(machine.choices).toEqual(['A: read box.y', 'buffer/1: drain box.lock']);
    machine.steps('buffer/1');
    expect(machine.choices).toEqual(['A: read box.y', 'B: spin_lock box.lock']);
  });

  test('can be taken again at once by its own processor', () => {
    const machine = new Machine();
    const task = machine.start('A', critical);
    machine.steps('A', 'A', 'A');
    expect([machine.box.lock.holder, machine.box.lock.isHeld]).toEqual([task, false]);
    machine.steps('A');
    expect(machine.box.x.value).toBe(1);
    // Nothing was stored under it, so nothing is in front of its release.
    expect(machine.box.lock.holder).toBe(null);
  });

  test('is not released twice', () => {
    const machine = new Machine();
    machine.start('A', function* (box) {
      yield* box.lock.acquire();
      yield* box.x.write(1);
      box.lock.release();
      box.lock.release();
    });
    machine.steps('A', 'A');
    expect(machine.world.violations).toMatchObject([{ kind: 'lock-misuse' }]);
  });
});
