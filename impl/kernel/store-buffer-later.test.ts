import { describe, expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { Cell } from './cell.ts';
import { Flags } from './flags.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import { Pointer } from './pointer.ts';
import type { StateKey } from './state-key.ts';
import type { Task } from './task.ts';
import { World } from './world.ts';

/** Some memory. */
class Box extends KernelObject {
  readonly x: Cell = new Cell(this, 'x', 0);
  readonly y: Cell = new Cell(this, 'y', 0);
  readonly flags: Flags = new Flags(this, 'flags');
  readonly next: Pointer<Box> = new Pointer<Box>(this, 'next');

  constructor(world: World) {
    super(world, 'box');
    this.alias = 'box';
  }

  visitState(visit: StateVisitor): void {
    visit('x', this.x.value);
  }
}

/** A world whose stores wait in buffers, and one box in it. */
class Machine {
  readonly world: World = new World({ memory: 'tso' });
  readonly box: Box = new Box(this.world);
  readonly seen: unknown[] = [];

  start(name: string, code: (box: Box, world: World) => KernelTask<void>): Task {
    const task = this.world.addTask(name);
    task.start(code(this.box, this.world));
    return task;
  }

  /** Lets the tasks with these names make a step each. */
  steps(...names: readonly string[]): void {
    for (const name of names) {
      this.world.enumerate();
      this.world.perform(this.world.choiceTasks.findIndex((task) => task.name === name));
    }
  }

  toEnd(): void {
    while (this.world.enumerate() > 0) this.world.perform(0);
  }
}

describe('a grace period', () => {
  function* unpublish(box: Box, world: World): KernelTask<void> {
    const old = box.next.value;
    yield* box.next.write(null);
    if (old !== null) world.rcu.free(old);
  }

  function* follow(box: Box, world: World): KernelTask<void> {
    world.rcu.readLock();
    const next = yield* box.next.read();
    if (next !== null) yield* next.x.read();
    world.rcu.readUnlock();
  }

  test('begins when the store that unpublishes has landed: a reader may still find the object', () => {
    const machine = new Machine();
    const old = new Box(machine.world);
    machine.box.next.land(old);
    machine.start('A', unpublish);
    machine.start('B', follow);
    machine.steps('A', 'B');
    expect(old.freedBy).toBe(null);
    machine.steps('buffer/1');
    expect(old.freedBy).toBe(null);
    machine.toEnd();
    expect(old.freedBy).toContain('B');
    expect(machine.world.violations).toEqual([]);
  });

  test('waits for what its readers have stored', () => {
    const machine = new Machine();
    const old = new Box(machine.world);
    machine.box.next.land(old);
    machine.start('A', unpublish);
    machine.start('B', function* (box, world) {
      world.rcu.readLock();
      const next = yield* box.next.read();
      yield* next?.x.write(1) ?? box.x.write(1);
      world.rcu.readUnlock();
    });
    machine.steps('B', 'A', 'buffer/1', 'B');
    expect(old.freedBy).toBe(null);
    machine.toEnd();
    expect(old.freedBy).toContain('B');
    expect(machine.world.violations).toEqual([]);
  });
});

describe('what explorers hear', () => {
  /** The parts of a key as text, in any order. */
  class Text implements StateKey {
    readonly parts: string[] = [];

    part(): void {
      this.parts.push('');
    }

    add(value: unknown): void {
      const last = this.parts.length - 1;
      this.parts[last] += `${value instanceof KernelObject ? value.label : String(value)} `;
    }
  }

  function keyOf(task: Task): string[] {
    const key = new Text();
    task.cpu.visitState(key);
    return key.parts;
  }

  test('is what lies in the buffer, in order', () => {
    const machine = new Machine();
    const task = machine.start('A', function* (box, world) {
      yield* box.x.write(7);
      yield* box.next.write(box);
      world.current.cpu.buffer?.after('note', () => undefined);
    });
    machine.steps('A');
    expect(keyOf(task)[1]).toBe('buffer 1 1 0 box x 7 1 ');
    machine.steps('A');
    expect(keyOf(task)[1]).toBe('buffer 1 1 0 box x 7 1 box next box 1 note 1 0 true ');
    machine.toEnd();
    expect(keyOf(task)[1]).toBe('buffer 1 1 0 ');
  });

  test('is the cell when a store lands, the front when an access finds the buffer empty', () => {
    const machine = new Machine();
    const touched: string[] = [];
    machine.start('A', function* (box) {
      yield* box.x.write(1);
      yield* box.x.read();
      yield* box.flags.set(1);
    });
    machine.world.footprint = {
      touched: (place, field, kind, order) =>
        touched.push(`${kind} ${place.label}.${field} ${order}`),
    };
    machine.steps('A');
    expect(touched.splice(0)).toEqual(['write buffer/1.1 plain']);
    machine.steps('A');
    expect(touched.splice(0)).toEqual(['read box.x once']);
    machine.steps('buffer/1');
    const landing = ['write buffer/1.1 plain', 'write buffer/1.front plain', 'write box.x once'];
    expect(touched.splice(0)).toEqual(landing);
    machine.steps('A');
    expect(touched).toEqual(['read buffer/1.front plain', 'write box.flags full']);
  });

  test('is an event when the store that commits it lands, in the name of whoever stored', () => {
    const machine = new Machine();
    const { seen, world } = machine;
    class Told extends Box {
      *tell(): KernelTask<void> {
        yield* this.x.write(1);
        this.commit('setError', null, -5);
      }
    }
    const told = new Told(world);
    world.observe({
      event: ({ name, task, step }) => seen.push([name, task.name, task.call, step]),
    });
    const task = machine.start('A', function* (box) {
      world.current.beginCall();
      yield* told.tell();
      world.current.beginCall();
      yield* box.y.read();
    });
    machine.steps('A', 'A');
    expect(seen).toEqual([]);
    machine.steps('buffer/1');
    expect(seen).toEqual([['setError', 'A', 1, 3]]);
    expect(task.call).toBe(2);
  });

  test('is such an event with interrupts as they were when it was stored', () => {
    const machine = new Machine();
    const { seen, world } = machine;
    class Told extends Box {
      *tell(): KernelTask<void> {
        yield* this.x.write(1);
        this.commit('setError', null, -5);
      }
    }
    const told = new Told(world);
    world.observe({ event: ({ task }) => seen.push([task.cpu.irqsEnabled]) });
    const task = machine.start('A', function* () {
      world.current.cpu.irqsEnabled = false;
      yield* told.tell();
      world.current.cpu.irqsEnabled = true;
      yield* told.tell();
    });
    machine.steps('A', 'A');
    task.cpu.irqsEnabled = false;
    machine.steps('buffer/1', 'buffer/1');
    expect(seen).toEqual([[false], [true]]);
    expect(task.cpu.irqsEnabled).toBe(false);
  });
});
