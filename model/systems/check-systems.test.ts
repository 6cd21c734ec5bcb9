import { expect, test } from 'vitest';
import { checkSystem } from './check-systems.ts';
import { explore } from './explore.ts';
import { family, network } from './network.ts';
import { arrayLeaves } from './required/array-leaves.ts';
import { callbackRelay } from './required/callback-relay.ts';
import { fenceCallers } from './required/fence-callers.ts';
import { resvTasks } from './required/resv-tasks.ts';
import { syncFiles } from './required/sync-files.ts';
import { timelineCallers } from './required/timeline-callers.ts';

const APART = [
  { context: 1, seqno: 1, usage: 1 },
  { context: 2, seqno: 1, usage: 3 },
];

const small = [
  fenceCallers({ tasks: [['add', 'wait'], ['wait']], fences: 1 }),
  callbackRelay({ tasks: 2 }),
  syncFiles({ tasks: [[0], [0]], files: 1 }),
  timelineCallers({ tasks: 2, valueMax: 2 }),
  resvTasks({ tasks: APART, isWatched: false }),
  arrayLeaves({ mode: 'all', leaves: 2, isPolled: false }),
  arrayLeaves({ mode: 'any', leaves: 2, isPolled: false }),
];

for (const system of small) {
  test(`${system.network.name} is searched to the end, and all holds`, () => {
    const report = checkSystem(system);
    expect(report).toMatchObject({ name: system.network.name, complete: true, limits: [] });
    expect(report.properties.filter(({ status }) => status !== 'holds')).toEqual([]);
    const kinds = new Set(report.properties.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['always', 'deadlock', 'sometimes', 'eventually']));
  });
}

test('what a limit has cut off is partial, not held', () => {
  const report = checkSystem(resvTasks({ tasks: APART, isWatched: false }), { depthMax: 3 });
  expect(report).toMatchObject({ complete: false, limits: ['depth: 3'] });
  expect(new Set(report.properties.map(({ status }) => status))).toContain('partial');
  expect(report.properties.find(({ kind }) => kind === 'eventually')?.status).toBe('partial');
});

test('an issuer that leaves somebody on the list is found', () => {
  const { network: system, properties } = fenceCallers({ tasks: [['add']], fences: 1 });
  const part = (name: string) => {
    const found = system.components.find((component) => component.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const early = family('leaves early', {}, () => [
    [part('issuer 0'), 'release'],
    [part('lock 0'), 'release(1)'],
  ]);
  const broken = network('early', system.components, [...system.moves, ...early]);
  const { violation } = explore(broken, properties);
  expect(violation?.property).toContain('FENCE-031');
  expect(violation?.trace?.moves.at(-1)).toBe('leaves early');
});

test('a second call of one callback is found', () => {
  const { network: system, properties } = fenceCallers({ tasks: [['add']], fences: 1 });
  const twice = system.moves.map((move) =>
    move.family === 'issuer.run'
      ? { ...move, takes: move.takes.filter(([{ name }]) => name !== 'list 0') }
      : move,
  );
  // Without the list, the issuer calls whatever is linked; the callback's own node still says no.
  const result = explore(network('twice', system.components, twice), properties);
  expect(result.violation).not.toBeNull();
});

test('identical callers can be exchanged', () => {
  const { network: system, properties } = resvTasks({ tasks: APART, isWatched: false });
  const tasks = system.components.filter(({ name }) => name.startsWith('task'));
  const symmetry = [{ name: 'tasks', bundles: tasks.map((task) => [task]) }];
  // Each task has a fence of its own, so this is none.
  expect(() => explore(system, properties, { symmetry })).toThrow('is not symmetric');
});
