import { expect, test } from 'vitest';
import { checkSystem } from '../../model/systems/check-systems.ts';
import { resvTasks } from '../../model/systems/required/resv-tasks.ts';
import { systemsStage } from './stage-systems.ts';

const system = resvTasks({ tasks: 2 });
const { name } = system.network;

test('a system that is searched to the end is reported with all that is claimed of it', () => {
  const { systems, partial, findings } = systemsStage([], [checkSystem(system)]);
  expect(partial).toEqual([]);
  expect(findings).toEqual([]);
  const [report] = systems;
  expect(report).toMatchObject({ name, complete: true, limits: [], notes: [] });
  expect(report?.states).toBeGreaterThan(100);
  expect(report?.properties).toContainEqual({
    name: 'task 0 ends its wait',
    kind: 'eventually',
    whenever: 'it waits',
    fair: [
      { group: 'hardware', fairness: 'weak' },
      { group: 'done', fairness: 'weak' },
    ],
    status: 'holds',
  });
});

test('a property without room for its search is said to be left out', () => {
  const { partial, systems } = systemsStage([], [checkSystem(system, { graphStatesMax: 100 })]);
  expect(systems[0]).toMatchObject({ complete: true });
  expect(partial).toEqual([
    `system ${name}: no edges for eventually: more than 100 states; not decided: task 0 ends its wait, task 1 ends its wait`,
  ]);
});

test('a search that was cut off is said to be so', () => {
  const { partial } = systemsStage([], [checkSystem(system, { depthMax: 3 })]);
  expect(partial).toHaveLength(1);
  expect(partial[0]).toContain(`system ${name}: depth: 3; not decided: one task holds the lock`);
});

test('a violation is a finding with its counterexample, and no partial search', () => {
  const { network, properties } = system;
  const gone = ['stamp', 'test', 'interrupted'];
  const moves = network.moves.filter(({ family }) => !gone.includes(family));
  const broken = { properties, network: { ...network, moves } };
  const { findings, partial } = systemsStage([], [checkSystem(broken)]);
  expect(partial).toEqual([]);
  expect(findings.map(({ source }) => source)).toEqual([`system ${name}`]);
  expect(findings[0]?.finding.message).toContain('deadlock no dead end: {"moves":["open"');
});
