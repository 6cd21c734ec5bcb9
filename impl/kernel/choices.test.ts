import { describe, expect, test } from 'vitest';
import { Access, type KernelTask } from './access.ts';
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from './task-state.ts';
import { World, type WorldOptions } from './world.ts';

const PLACE = { label: 'word' };
/** Hardware does something so often. */
const TICK_NS = 250_000;
const LOOK = new Access('read', 'once', PLACE, '', 'read');

/** Nature decides what comes of it, while hardware may still make mistakes. */
class Asks extends Access {
  private readonly world: World;

  constructor(world: World) {
    super('choose', 'once', PLACE, '', 'ask');
    this.world = world;
  }

  override get alternatives(): number {
    return this.world.hardwareFaultsLeft > 0 ? 3 : 1;
  }
}

function* looks(count: number): KernelTask<void> {
  for (let look = 0; look < count; look += 1) yield LOOK;
}

/** Everything that can be on offer: steps, sleeps with and without a limit, times, nature, interrupts. */
function busyWorld(options: WorldOptions): World {
  const world = new World({ interruptionsMax: 1, hardwareFaultsMax: 1, ...options });
  const { clock } = world;
  const a = world.addTask('A');
  a.start(
    (function* (): KernelTask<void> {
      yield LOOK;
      yield* clock.waitUntil(clock.valueNs + 100);
      yield* a.sleeper.setState(TASK_INTERRUPTIBLE);
      yield* a.sleeper.scheduleTimeout(1);
      yield LOOK;
    })(),
  );
  const b = world.addTask('B', a.cpu);
  b.start(
    (function* (): KernelTask<void> {
      yield* clock.waitUntil(clock.valueNs + 100);
      yield LOOK;
      yield* b.sleeper.setState(TASK_UNINTERRUPTIBLE);
      yield* b.sleeper.scheduleTimeout(2);
    })(),
  );
  const lane = world.addLane('hardware', 20_000, 'process');
  lane.isNatures = true;
  lane.idleAt = lane.alarm.access;
  const asks = new Asks(world);
  lane.start(
    (function* (): KernelTask<void> {
      for (let dueNs = clock.valueNs + TICK_NS; ; dueNs += TICK_NS) {
        lane.forget();
        yield* clock.waitUntil(dueNs, TICK_NS);
        yield asks;
        if (world.alternative > 0) world.hardwareFaultsLeft -= 1;
        yield LOOK;
      }
    })(),
  );
  world.raise(world.addTask('soft', a.cpu, 'softirq'), looks(3), false);
  world.raise(world.addTask('irq', a.cpu, 'hardirq'), looks(2), true);
  return world;
}

/** What is on offer, in order; the same again where only the first of it is asked for. */
function offers(world: World): readonly string[] {
  world.enumerate();
  const all = world.choiceTasks.map(({ name }, at) => `${name} ${world.choiceAlternatives[at]}`);
  const hasNext = world.hasNext();
  expect(hasNext).toBe(all.length > 0);
  if (hasNext) expect(`${world.choiceTasks[0]?.name} ${world.choiceAlternatives[0]}`).toBe(all[0]);
  world.enumerate();
  return all;
}

const RUNS = 40;
const STEPS_MAX = 400;

/** Numbers that are the same in every run of the tests. */
function* numbers(seed: number): Generator<number, never, void> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const ALWAYS = ['A 0', 'B 0', 'clock 0', 'hardware 0', 'hardware 1', 'hardware 2'];

describe.each(['discrete', 'free'] as const)('in %s time', (time) => {
  test('nothing is offered twice, and the first choice is the same for who asks for no other', () => {
    const kinds = new Set<string>();
    for (let run = 1; run <= RUNS; run += 1) {
      const world = busyWorld({ time });
      const random = numbers(run);
      for (let step = 0; step < STEPS_MAX; step += 1) {
        const all = offers(world);
        expect(new Set(all).size).toBe(all.length);
        if (all.length === 0) break;
        for (const one of all) kinds.add(one);
        world.perform(random.next().value % all.length);
      }
    }
    expect([...kinds].toSorted()).toEqual([...ALWAYS, 'irq 0', 'signals 1', 'soft 0']);
  });
});

test('a hard interrupt comes on top of a soft one, and nothing on top of a hard one', () => {
  const world = new World();
  const { cpu } = world.addTask('A');
  world.raise(world.addTask('soft', cpu, 'softirq'), looks(3), false);
  const names = (): readonly string[] => offers(world).map((name) => name.replace(' 0', ''));
  expect(names()).toEqual(['soft']);
  world.perform(0);
  world.raise(world.addTask('irq', cpu, 'hardirq'), looks(2), false);
  world.raise(world.addTask('other', cpu, 'hardirq'), looks(1), false);
  expect(names()).toEqual(['soft', 'irq', 'other']);
  world.perform(1);
  expect(names()).toEqual(['irq']);
  for (let step = 0; step < 2; step += 1) world.perform(names().indexOf('irq'));
  expect(names()).toEqual(['soft', 'other']);
});

test('nature may leave a sleeper alone whom nobody else will wake', () => {
  const world = new World({ interruptionsMax: 1 });
  const task = world.addTask('A');
  task.start(
    (function* (): KernelTask<void> {
      yield* task.sleeper.setState(TASK_INTERRUPTIBLE);
      yield* task.sleeper.schedule();
    })(),
  );
  world.enumerate();
  world.perform(0);
  expect(offers(world)).toEqual(['signals 0', 'signals 1']);
  world.perform(0);
  expect(offers(world)).toEqual([]);
});
