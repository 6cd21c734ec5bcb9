import { expect, test } from 'vitest';
import type { KernelTask } from './access.ts';
import { KernelObject } from './object.ts';
import { Pointer } from './pointer.ts';
import { World } from './world.ts';

class Box extends KernelObject {
  readonly next: Pointer<Box> = new Pointer<Box>(this, 'next');

  visitState(): void {}
}

type Reads = (slot: Pointer<Box>, world: World) => Box | null;

const READS: readonly (readonly [string, Reads])[] = [
  ['read', (slot, world) => world.runNow(slot.read())],
  ['readStable', (slot) => slot.readStable()],
  ['readOwned', (slot) => slot.readOwned()],
  ['exchange', (slot, world) => world.runNow(slot.exchange(slot.value))],
];

test.each(READS)('%s tells which object it is, and the task has seen that', (_name, reads) => {
  const world = new World({ tracksObservations: true });
  const boxes = [new Box(world, 'box'), new Box(world, 'box'), new Box(world, 'box')];
  const [first] = boxes;
  const { observations } = world.current;
  const noted = [null, ...boxes].map((target) => {
    observations.length = 0;
    first?.next.writeStable(target);
    expect(first === undefined ? undefined : reads(first.next, world)).toBe(target);
    expect(observations).toHaveLength(1);
    return observations[0];
  });
  // No object and each object leave notes that nothing else leaves.
  expect(new Set(noted).size).toBe(4);
});

test('whoever compares learns only whether it was that', () => {
  const world = new World({ tracksObservations: true });
  const [slot, other] = [new Box(world, 'box'), new Box(world, 'box')];
  const tries = function* (): KernelTask<readonly boolean[]> {
    return [
      yield* slot.next.compareExchange(other, slot),
      yield* slot.next.compareExchange(null, other),
      slot.next.isStable(other),
    ];
  };
  expect(world.runNow(tries())).toEqual([false, true, true]);
  expect(slot.next.value).toBe(other);
  expect(world.current.observations).toEqual([0, 1, 1]);
});
