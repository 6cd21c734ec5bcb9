import { describe, expect, test } from 'vitest';
import { Access, type Gate, type KernelTask } from './access.ts';
import { World } from './world.ts';

const PLACE = { label: 'word' };

/** A gate that opens when somebody says so. */
function gate(): Gate & { open(): void } {
  let isOpen = false;
  return {
    ready: () => isOpen,
    blockedBy: 'it is shut',
    open: () => {
      isOpen = true;
    },
  };
}

function* waitFor(shut: Gate): KernelTask<string> {
  yield new Access('wait', 'once', PLACE, '', 'wait for', shut);
  return 'through';
}

describe('set-up', () => {
  test('waits for workers and hardware, and for time to pass', () => {
    const world = new World();
    const door = gate();
    const lane = world.addLane('hardware', 20_000, 'process');
    lane.start(
      (function* (): KernelTask<void> {
        yield* world.clock.waitUntil(world.clock.valueNs + 100);
        door.open();
      })(),
    );
    expect(world.runNow(waitFor(door))).toBe('through');
    world.runNow(world.clock.waitUntil(world.clock.valueNs + 900));
    expect(world.clock.valueNs).toBe(1_000_001_000);
    expect(world.violations).toEqual([]);
  });

  test('that nobody ends is a deadlock, with what it waits for', () => {
    const world = new World();
    expect(() => world.runNow(waitFor(gate()))).toThrow(
      'nobody is left to end: wait for word (it is shut)',
    );
  });

  test('is not ended by what nature may do, or leave', () => {
    const world = new World();
    const door = gate();
    const lane = world.addLane('nature', 20_000, 'process');
    lane.isNatures = true;
    const whim = new Access('wait', 'full', PLACE, '', 'open', gate());
    lane.idleAt = whim;
    lane.start(
      (function* (): KernelTask<void> {
        yield whim;
        door.open();
      })(),
    );
    world.whims.push({ lane, canEnd: false, count: () => 1 });
    expect(() => world.runNow(waitFor(door))).toThrow('nobody is left to end');
  });

  test('that does not end by itself is a livelock', () => {
    const world = new World();
    const again = new Access('read', 'once', PLACE, '', 'read');
    const spin = function* (): KernelTask<void> {
      for (;;) yield again;
    };
    expect(() => world.runNow(spin())).toThrow('read word again and again');
    expect(world.violations.map(({ kind }) => kind)).toEqual(['livelock']);
  });
});
