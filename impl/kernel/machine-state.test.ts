import { expect, test } from 'vitest';
import { LockScene } from './lockdep-scene.ts';
import { visitMachine } from './machine-state.ts';
import { noteOf, type StateValue } from './object.ts';
import type { StateKey } from './state-key.ts';
import type { World } from './world.ts';

/** The parts of a key as text, sorted: their order says nothing. */
class Text implements StateKey {
  private readonly parts: string[] = [];

  part(): void {
    this.parts.push('');
  }

  add(value: StateValue): void {
    this.parts.push(`${this.parts.pop() ?? ''} ${noteOf(value)}`);
  }

  get sorted(): string {
    return this.parts.toSorted().join('\n');
  }
}

function keyOf(world: World): string {
  const key = new Text();
  visitMachine(world, key);
  return key.sorted;
}

/** Whether worlds in which this has happened are others, and stay so where nothing more happens. */
function tellsApart(act: (scene: LockScene) => unknown): boolean {
  const [scene, twin, untouched] = [new LockScene(), new LockScene(), new LockScene()];
  for (const one of [scene, twin, untouched]) prepare(one);
  act(scene);
  act(twin);
  expect(keyOf(scene.world)).toBe(keyOf(twin.world));
  return keyOf(scene.world) !== keyOf(untouched.world);
}

/** Both locks are known, and were taken one by one. */
function prepare(scene: LockScene): void {
  scene.as('A', () => {
    scene.take(scene.lock('outer'));
    scene.take(scene.lock('inner'));
  });
}

test.each<[string, (scene: LockScene) => unknown]>([
  ['what was complained of', ({ world }) => world.complain('warn', 'something is wrong')],
  ['that the run is over', ({ world }) => world.crash(new TypeError('wild'))],
  ['how many allocations may fail', ({ world }) => (world.failuresLeft += 1)],
  ['how many sleeps may be interrupted', ({ world }) => (world.interruptionsLeft += 1)],
  ['how many mistakes hardware may make', ({ world }) => (world.hardwareFaultsLeft += 1)],
  ['lanes of the machine', ({ world }) => world.addLane('lane', 20_000, 'softirq')],
  ['their processors', ({ world }) => (addLane(world).cpu.irqsEnabled = false)],
  ['that a lock was taken in an interrupt', takesInInterrupt],
])('%s is part of the state', (_what, act) => {
  expect(tellsApart(act)).toBe(true);
});

function addLane(world: World): World['boot'] {
  return world.addLane('lane', 20_000, 'softirq');
}

function takesInInterrupt(scene: LockScene): void {
  scene.as('irq', () => scene.take(scene.lock('inner')), 'hardirq');
}

test('an order of locks that was seen is part of the state, and one that was taught at boot is not', () => {
  const nests = (scene: LockScene): void => scene.take(scene.lock('outer'), scene.lock('inner'));
  const apart = (scene: LockScene): void => {
    scene.take(scene.lock('outer'));
    scene.take(scene.lock('inner'));
  };
  const seen = (isTaught: boolean, take: (scene: LockScene) => void): string => {
    const scene = new LockScene();
    const { lockdep } = scene.world;
    if (isTaught) lockdep.teach([scene.lock('outer'), scene.lock('inner')]);
    scene.as('A', () => take(scene));
    return keyOf(scene.world);
  };
  expect(seen(false, nests)).not.toBe(seen(false, apart));
  expect(seen(true, nests)).toBe(seen(true, apart));
});
