import { describe, expect, test } from 'vitest';
import { RULES, WINDOWS } from '../../model/rules/catalogue.ts';
import { INTACT } from '../../impl/stack.ts';
import { withFault } from '../faults/fault.ts';
import { CALLBACK_FAULTS } from '../faults/fence/callbacks.ts';
import { LITMUS } from './index.ts';
import type { Litmus } from './litmus.ts';
import { judgesOf } from '../judges/standard.ts';
import { explore, type Schedules } from '../run/explore.ts';
import { judgeLitmus } from './judge-litmus.ts';
import { EVERY_STATE, isReproduced, runLitmus } from './run-litmus.ts';

/** Each of them is run, where there are no more. */
const SCHEDULES_MAX = 200;

/**
 * Where there are more, each eighth program stands for the others here: `yield-mutation.test.ts` searches the
 * states of all before it changes anything, and `check` does so where stores can be late.
 */
const LARGE_EVERY = 8;

/** How a program may end, what else can be said of that, and what should not be. */
function seenOf(tested: Litmus, schedules: Schedules) {
  const seen = new Set<string>();
  const outcomes = new Set<string>();
  const wrong = new Set<string>();
  const { isComplete } = explore(tested.program, schedules, {
    ...judgesOf(schedules),
    view: tested.observe,
    visit: (run, isSampled) => {
      for (const { judge, message } of judgeLitmus(tested, run)) wrong.add(`${judge}: ${message}`);
      // What random runs show, the search must show by itself.
      if (isSampled) return true;
      outcomes.add(tested.observe(run));
      seen.add(`${run.outcome} | ${tested.observe(run)}`);
      return true;
    },
  });
  return {
    isComplete,
    seen: [...seen].toSorted(),
    outcomes: [...outcomes].toSorted(),
    wrong: [...wrong],
  };
}

describe('every litmus program', () => {
  test.each(LITMUS.map((tested, index) => [tested.id, tested, index] as const))(
    '%s: meeting each state once, and running every schedule',
    (_id, tested, index) => {
      const all = seenOf(tested, { kind: 'all', runsMax: SCHEDULES_MAX });
      expect(all.wrong).toEqual([]);
      expect(tested.outcomes.map(({ text }) => text)).toEqual(expect.arrayContaining(all.outcomes));
      if (!all.isComplete && index % LARGE_EVERY !== 0) return;
      const states = seenOf(tested, EVERY_STATE);
      const expected = tested.outcomes.map(({ text }) => text).toSorted();
      expect(states).toEqual({
        isComplete: true,
        seen: states.seen,
        outcomes: expected,
        wrong: [],
      });
      if (!all.isComplete) return;
      expect(all).toEqual({ isComplete: true, seen: states.seen, outcomes: expected, wrong: [] });
    },
  );

  test('has an id of its own, outcomes that differ, and a reason for each', () => {
    expect(new Set(LITMUS.map(({ id }) => id)).size).toBe(LITMUS.length);
    for (const { outcomes } of LITMUS) {
      expect(new Set(outcomes.map(({ text }) => text)).size).toBe(outcomes.length);
      for (const { rules, why } of outcomes) {
        expect(rules.length).toBeGreaterThan(0);
        expect(why).not.toBe('');
      }
    }
  });

  test('names windows and rules of the catalogue', () => {
    const windows = new Set<string>(WINDOWS.map(({ id }) => id));
    const rules = new Set<string>(RULES.map(({ id }) => id));
    for (const { window, outcomes } of LITMUS) {
      expect(windows.has(window) || rules.has(window)).toBe(true);
      for (const { rules: cited } of outcomes) for (const id of cited) expect(rules).toContain(id);
    }
  });
});

describe('the comparison itself', () => {
  const tested = LITMUS.find(({ id }) => id === 'litmus/race-02-add-signal');
  if (tested === undefined) throw new Error('the litmus program that is tampered with is gone');

  function fails(tampered: Litmus): boolean {
    return !isReproduced(runLitmus(tampered));
  }

  test('accepts the set as it is', () => {
    expect(fails(tested)).toBe(false);
  });

  test('notices each outcome that is left out', () => {
    for (const left of tested.outcomes) {
      const outcomes = tested.outcomes.filter((kept) => kept !== left);
      const result = runLitmus({ ...tested, outcomes });
      expect(result.unexpected).toEqual([left.text]);
      expect(isReproduced(result)).toBe(false);
    }
  });

  test('notices an outcome that no schedule shows', () => {
    const never = { text: 'A 0; B 0, cb 0, f armed', rules: [], why: 'a lost callback' };
    const result = runLitmus({ ...tested, outcomes: [...tested.outcomes, never] });
    expect(result.missing).toEqual([never.text]);
    expect(isReproduced(result)).toBe(false);
  });

  test('notices a seeded fault', () => {
    const seeded = CALLBACK_FAULTS.find(({ id }) => id === 'fence-046-no-second-look');
    if (seeded === undefined) throw new Error('the seeded fault is gone');
    const result = runLitmus(tested, { types: withFault(INTACT, seeded) });
    expect(isReproduced(result)).toBe(false);
  });

  test('notices a search that was cut, and a judge that speaks', () => {
    expect(isReproduced(runLitmus(tested, { schedules: { kind: 'all', runsMax: 2 } }))).toBe(false);
    const misuse = LITMUS.find(({ allows }) => allows.includes('warn'));
    expect(misuse && fails({ ...misuse, allows: [] })).toBe(true);
  });
});
