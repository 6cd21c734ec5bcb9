import { describe, expect, test } from 'vitest';
import { EVENTS } from '../../events.ts';
import { SYSTEMS } from './scopes.ts';

const TASKS_MIN = 3;
/** What tasks share: fences, locks, buffers, or what is done to a display. */
const OBJECTS_MIN = 2;
/** Whoever calls or signals; not what works on its own. */
const TASK = /^(task|walker|poller|signaller)( |$)/;

const OBJECTS: ReadonlySet<string> = new Set([
  ...['fence', 'wwMutex', 'dmaBuf', 'syncobj', 'ttmObject', 'agedLock', 'vb2Buffer', 'schedFence'],
  ...['commit', 'writebackJob', 'page'],
]);

const systems = SYSTEMS.map((make) => make());

describe('a machine is in a system of three tasks and two of what they share', () => {
  for (const kind of Object.keys(EVENTS)) {
    test(kind, () => {
      const large = systems.filter(({ network: { components } }) => {
        const isIn = components.some(({ machine }) => machine.name === kind);
        const tasks = components.filter(({ name }) => TASK.test(name)).length;
        const objects = components.filter(({ machine }) => OBJECTS.has(machine.name)).length;
        return isIn && tasks >= TASKS_MIN && objects >= OBJECTS_MIN;
      });
      expect(large.length).toBeGreaterThan(0);
    });
  }
});

test('who has no `eventually` says where it is', () => {
  for (const { network, properties, notes = [] } of systems) {
    const isLive = (properties.eventually ?? []).length > 0;
    expect(isLive || notes.length > 0, network.name).toBe(true);
  }
});

test('moves and systems have names of their own', () => {
  expect(new Set(systems.map(({ network }) => network.name)).size).toBe(systems.length);
  for (const { network } of systems) {
    expect(new Set(network.moves.map(({ name }) => name)).size).toBe(network.moves.length);
  }
});
