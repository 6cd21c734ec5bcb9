import { describe, expect, test } from 'vitest';
import { CONFLICT, type Dependency, LOCK, READ, WRITE } from '../explore/steps/dependency.ts';
import { exploreClasses } from '../explore/dpor/search.ts';
import { FAULTS } from '../faults/registry.ts';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { LITMUS } from '../litmus/index.ts';
import { EVERY_STATE } from '../litmus/run-litmus.ts';
import { ProgramSubject } from '../run/program-subject.ts';
import { crossCheck, differences, see } from './cross-check.ts';

/** Programs with more schedules are compared with the search of states, which is quick. */
const RUNS_MAX = 200;
const DPOR_RUNS_MAX = 5000;

/** Transactions over two mutexes, merges beside them, timeouts and walks over a chain have more classes. */
const MANY_CLASSES = [
  'litmus/race-20-two-walks-two-nodes',
  'litmus/race-21-last-put-of-predecessor',
  'litmus/rw-12-crossing-with-retry',
  'litmus/rw-13-crossing-with-retry',
  'litmus/rw-16-unlock-signal-kill',
  'litmus/rw-10-export-import',
  'litmus/sched-023-complete-timeout',
];
/** The system test compares all of them. */
const EVERY_LITMUS = 6;
const SMALL = LITMUS.filter(
  ({ id }, index) => index % EVERY_LITMUS === 0 && !MANY_CLASSES.includes(id),
);

describe('one run of each class shows what running every schedule shows', () => {
  test.each(SMALL.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
    const { program, observe } = tested;
    const classes = see(program, { kind: 'dpor', runsMax: DPOR_RUNS_MAX }, { observe });
    const all = see(program, { kind: 'all', runsMax: RUNS_MAX }, { observe });
    const expected = all.explored.isComplete ? all : see(program, EVERY_STATE, { observe });
    expect(expected.explored.isComplete).toBe(true);
    expect(classes.explored.isExhaustive).toBe(true);
    expect(classes.explored.dpor?.surprises).toBe(0);
    expect(differences(expected, classes)).toEqual([]);
  });
});

const EVERY = 97;
const FAULTY_RUNS_MAX = 60;

describe('the same with seeded faults: one in ninety-seven, on the programs of its rules', () => {
  const sample = FAULTS.filter((_fault, index) => index % EVERY === 0);
  let compared = 0;

  test.each(sample)('$id', (fault) => {
    const result = crossCheck(fault, FAULTY_RUNS_MAX, { litmus: [] });
    expect(result.differences).toEqual([]);
    compared += result.compared;
  });

  test('which are some', () => {
    expect(compared).toBeGreaterThan(50);
  });
});

describe('the comparison notices', () => {
  const both = (first: number, second: number, kind: number): boolean =>
    first === kind && second === kind;
  const LEFT_OUT: readonly (readonly [string, string, Dependency])[] = [
    ['two writes', 'race-13-lookup-replace', (first, second) => both(first, second, WRITE)],
    ['two locks', 'race-03-remove-signal', (first, second) => both(first, second, LOCK)],
    ['reads', 'race-10-set-error-poll', (first, second) => first === READ || second === READ],
  ];

  test.each(LEFT_OUT)('a dependency that leaves out %s', (_what, name, leavesOut) => {
    const tested = LITMUS.find(({ id }) => id === `litmus/${name}`);
    if (tested === undefined) throw new Error(`${name} is gone`);
    const { program, observe } = tested;
    const all = see(program, { kind: 'all', runsMax: RUNS_MAX }, { observe });
    const missed = (dependency: Dependency): readonly string[] => {
      const outcomes = new Set<string>();
      exploreClasses(new ProgramSubject(program, { judges: STANDARD_JUDGES }), {
        runsMax: DPOR_RUNS_MAX,
        dependency,
        visit: (run) => {
          outcomes.add(`${observe(run)} | ${run.outcome}`);
          return true;
        },
      });
      return differences(all, { ...all, outcomes });
    };
    expect(missed(CONFLICT)).toEqual([]);
    const unsound = missed((first, second) => CONFLICT(first, second) && !leavesOut(first, second));
    expect(unsound.join()).toContain('outcome not seen');
  });

  test('a verdict that is missing, or out of nowhere', () => {
    const [one] = LITMUS;
    if (one === undefined) throw new Error('there are no litmus programs');
    const all = see(one.program, EVERY_STATE);
    const other = { ...all, verdicts: new Set(['leak ']) };
    expect(differences(all, other)).toEqual(['verdict out of nowhere: leak ']);
    expect(differences(other, all)).toEqual(['verdict not seen: leak ']);
  });
});
