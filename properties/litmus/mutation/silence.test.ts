import { afterEach, describe, expect, test } from 'vitest';
import { Access, type Gate, type KernelTask } from '../../../impl/kernel/access.ts';
import { World } from '../../../impl/kernel/world.ts';
import { at, atAccess, silencing } from './silence.ts';

const PLACE = { label: 'p' };
const FIRST = new Access('read', 'once', PLACE, 'first', 'read');
const SECOND = new Access('read', 'once', PLACE, 'second', 'read');

function* both(): KernelTask<number> {
  yield FIRST;
  yield SECOND;
  return 7;
}

function* waiting(gate: Gate): KernelTask<void> {
  yield new Access('wait', 'acquire', PLACE, '', 'wait for', gate);
}

function yielded(task: KernelTask<unknown>): string[] {
  return Array.from(task, (access) => access.label);
}

afterEach(() => {
  silencing.point = -1;
});

describe('a silent point', () => {
  const owner = { world: new World() };

  test('lets its first access join the step before, and no other', () => {
    expect(yielded(at(3, owner, both()))).toEqual(['read p.first', 'read p.second']);
    silencing.point = 3;
    expect(yielded(at(3, owner, both()))).toEqual(['read p.second']);
    expect(yielded(at(4, owner, both()))).toEqual(['read p.first', 'read p.second']);
  });

  test('still gives the result', () => {
    silencing.point = 3;
    const task = at(3, owner, both());
    task.next();
    expect(task.next()).toEqual({ done: true, value: 7 });
  });

  test('finds the world through a stack, and works on bare accesses', () => {
    silencing.point = 3;
    expect(yielded(atAccess(3, { stack: owner }, FIRST))).toEqual([]);
    expect(yielded(atAccess(4, { stack: owner }, FIRST))).toEqual(['read p.first']);
  });

  test('does not go on where the task must wait', () => {
    silencing.point = 3;
    const closed = { ready: () => false, blockedBy: 'it is closed' };
    const open = { ready: () => true, blockedBy: '' };
    expect(yielded(at(3, owner, waiting(closed)))).toHaveLength(1);
    expect(yielded(at(3, owner, waiting(open)))).toHaveLength(0);
  });

  test('does not overtake an interrupt', () => {
    silencing.point = 3;
    const { cpu } = owner.world.current;
    cpu.urgentPending += 1;
    expect(yielded(at(3, owner, both()))).toHaveLength(2);
    cpu.urgentPending -= 1;
  });
});
