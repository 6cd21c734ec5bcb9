import { expect, test } from 'vitest';
import { checkSystem } from '../../model/systems/check-systems.ts';
import { resvTasks } from '../../model/systems/required/resv-tasks.ts';
import { systemsStage } from './stage-systems.ts';

const tasks = [1, 2].map((context) => ({ context, seqno: 1, usage: 1 }));
const system = resvTasks({ tasks, isWatched: false });
const { name } = system.network;

test('a system that is searched to the end is reported with all that is claimed of it', () => {
  const { systems, partial, findings } = systemsStage([], [checkSystem(system)]);
  expect(partial).toEqual([]);
  expect(findings).toEqual([]);
  const [report] = systems;
  expect(report).toMatchObject({ name, complete: true, limits: [], notes: [] });
  expect(report?.states).toBeGreaterThan(100);
  expect(report?.properties).toContainEqual({
    name: 'RESV-024 fence 0 signals',
    kind: 'eventually',
    whenever: 'its job is queued',
    fair: [{ group: 'hardware', fairness: 'weak' }],
    status: 'holds',
  });
});

test('a property without room for its search is said to be left out', () => {
  const { partial, systems } = systemsStage([], [checkSystem(system, { graphStatesMax: 100 })]);
  expect(systems[0]).toMatchObject({ complete: true });
  expect(partial).toHaveLength(1);
  expect(partial[0]).toMatch(
    /: no edges for eventually: more than 100 states; not decided: RESV-0/,
  );
});

test('a search that was cut off is said to be so', () => {
  const { partial } = systemsStage([], [checkSystem(system, { depthMax: 3 })]);
  expect(partial).toHaveLength(1);
  expect(partial[0]).toContain(`system ${name}: depth: 3; not decided: WW-005`);
});

test('a violation is a finding with its counterexample, and no partial search', () => {
  const { network, properties } = system;
  const moves = network.moves.filter(({ family }) => family !== 'unlock');
  const broken = { properties, network: { ...network, moves } };
  const { findings, partial } = systemsStage([], [checkSystem(broken)]);
  expect(partial).toEqual([]);
  expect(findings.map(({ source }) => source)).toContain(`system ${name}`);
  expect(findings[0]?.finding.message).toMatch(/deadlock no dead end: open.*, .*; in .*task 0 /);
});
