import { describe, expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import type { Lifecycle } from '../../model/lifecycle.ts';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import type { ModelPath, PathStep } from '../../model/paths.ts';
import { tabulate } from '../../model/tabulate.ts';
import { withFault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { inAll, walkMachine, walkPaths } from './check-paths.ts';
import { keptScripts } from './kept.ts';
import { Ground } from './referee.ts';
import { Score } from './score.ts';
import { UNREACHED } from './unreached.ts';
import { replay, search, walkOf } from './walk.ts';

const report = inAll(walkPaths(INTACT));

test('every transition of every machine is walked', () => {
  const edges = boundedLifecycles().map((lifecycle) => tabulate(lifecycle).edges);
  expect(report.machines.map(({ transitions }) => transitions)).toEqual(edges);
  expect(report.machines.map(({ unreached }) => unreached)).toEqual(edges.map(() => []));
  expect(report.machines.map(({ walked }) => walked)).toEqual(edges);
  expect(report.walked).toBe(report.transitions);
});

test('the intact stack never parts from a path', () => {
  expect(report.findings).toEqual([]);
});

test('what is listed as unreached is unreached', () => {
  const unreached = report.machines.flatMap((machine) => machine.unreached);
  for (const { transition } of UNREACHED) {
    expect(unreached.map((one) => one.transition)).toContain(transition);
  }
});

const FAULTS = [
  ['fence', 'fence-027-loser-returns-0', 'FENCE-027'],
  ['fence', 'fence-032-never', 'FENCE-048'],
  ['fence', 'fence-047-stays-linked', 'FENCE-047'],
  ['array', 'array-008-no-own-references', 'ARRAY-008'],
  ['syncFile', 'syncfile-015-leaves-callback', 'SYNCFILE-015'],
  ['pollSlot', 'poll-005-claims-always', 'POLL-009'],
  ['timeline', 'swsync-003-keeps-a-reference', 'SWSYNC-012'],
  ['resv', 'resv-023-every-slot', 'RESV-023'],
  ['dmaBuf', 'BUG-BUF-09', 'BUF-014'],
  ['wwMutex', 'ww-039-last-come', 'WW-039'],
  ['wwContext', 'ww-006-uncounted', 'WW-006'],
  ['attachment', 'attach-016-serves-all', 'ATTACH-016'],
  ['schedJob', 'sched-015-start-forgets', 'SCHED-015'],
  ['schedFence', 'sched-019-finished-first', 'SCHED-019'],
  ['schedEntity', 'BUG-SCHED-04', 'SCHED-002'],
  ['scheduler', 'sched-015-stop-keeps', 'SCHED-015'],
  ['page', 'hw-mem-005-pins-do-not-count', 'HW-MEM-005'],
  ['translation', 'hw-iommu-004-clear-invalidates', 'HW-IOMMU-004'],
  ['cacheLine', 'hw-cache-001-writes-through', 'HW-CACHE-001'],
  ['interruptLine', 'hw-irq-001-level-comes-once', 'HW-IRQ-001'],
  ['timer', 'hw-time-004-cancel-says-yes', 'HW-TIME-004'],
  ['camera', 'hw-cam-002-keeps-addresses', 'HW-CAM-002'],
  ['codec', 'hw-codec-001-needs-no-note', 'HW-CODEC-001'],
] as const;

describe.each(FAULTS)('%s with %s', (kind, id, rule) => {
  test(`fails its paths, and names ${rule}`, () => {
    const seeded = findFault(id);
    if (seeded === null) throw new Error(`there is no fault ${id}`);
    const { findings, walked, transitions } = walkMachine(
      walkOf(lifecycleOf(kind)),
      withFault(INTACT, seeded),
    );
    expect(walked).toBeLessThanOrEqual(transitions);
    expect(findings.flatMap(({ rules }) => rules)).toContain(rule);
  });
});

/** A path that expects something else of its last step. */
function mutated(paths: readonly ModelPath[], change: (step: PathStep) => PathStep): ModelPath[] {
  return paths.map((path, index) => {
    const last = path.steps.at(-1);
    const isChosen = index === paths.length >> 1 && last !== undefined;
    return isChosen ? { ...path, steps: path.steps.with(-1, change(last)) } : path;
  });
}

const CHANGES = {
  result: (step: PathStep): PathStep => ({ ...step, returns: 12_345 }),
  state: (step: PathStep): PathStep => ({ ...step, view: { ...step.view, state: 'elsewhere' } }),
  number: (step: PathStep): PathStep => ({
    ...step,
    view: { ...step.view, context: { ...step.view.context, references: 77 } },
  }),
};

test.each(Object.entries(CHANGES))('a path with another %s fails', (name, change) => {
  const walk = walkOf(lifecycleOf('fence'));
  const answering = walk.ground.paths.filter((path) => path.steps.at(-1)?.returns === 0);
  const paths = mutated(answering, change);
  const wrong = paths[answering.length >> 1]?.steps.at(-1);
  const all = [...walk.ground.paths.filter((path) => !answering.includes(path)), ...paths];
  const ground = new Ground(walk.ground.table, all);
  const { findings } = replay({ ...walk, ground }, keptScripts(walk.lifecycle), INTACT);
  expect(findings.size, name).toBeGreaterThan(0);
  for (const { rules } of findings.values()) expect(rules).toEqual(wrong?.rules);
});

test.each(['callback', 'waiter', 'syncFile', 'pollSlot', 'timeline'] as const)(
  'the runs of a %s are found again from nothing',
  (kind) => {
    const walk = walkOf(lifecycleOf(kind));
    const score = new Score(walk.ground, 20_000);
    search(walk, score, 100);
    expect(score.unwalked.map((cell) => walk.ground.cellName(cell))).toEqual([]);
    expect(score.findings.size).toBe(0);
  },
);

function lifecycleOf(kind: Lifecycle['kind']): Lifecycle {
  const found = boundedLifecycles().find((lifecycle) => lifecycle.kind === kind);
  if (found === undefined) throw new Error(`there is no machine ${kind}`);
  return found;
}
