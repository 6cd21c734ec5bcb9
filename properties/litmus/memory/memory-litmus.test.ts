import { describe, expect, test } from 'vitest';
import type { Schedules } from '../../run/explore.ts';
import { EVERY_STATE, isReproduced, type LitmusResult, runLitmus } from '../run-litmus.ts';
import { MEMORY_LITMUS } from './index.ts';
import { inModel, MEMORY_MODELS } from './memory-litmus.ts';

/** More than any of these programs has; Peterson's algorithm without barriers has 74,844. */
const EVERY_SCHEDULE: Schedules = { kind: 'all', runsMax: 100_000 };

function wrong({ missing, unexpected, findings, complete }: LitmusResult): object {
  return { missing, unexpected, findings: findings.map(({ message }) => message), complete };
}

const NOTHING = { missing: [], unexpected: [], findings: [], complete: true };

describe.each(MEMORY_LITMUS.map((tested) => [tested.id, tested] as const))('%s', (_id, tested) => {
  test.each(MEMORY_MODELS)('ends in exactly the listed ways under %s', (memory) => {
    const asModelled = inModel(tested, memory);
    expect(wrong(runLitmus(asModelled, { schedules: EVERY_SCHEDULE }))).toEqual(NOTHING);
    expect(wrong(runLitmus(asModelled, { schedules: EVERY_STATE }))).toEqual(NOTHING);
  });
});

describe('the list', () => {
  test('has each program once, with outcomes that differ and a reason for each', () => {
    expect(new Set(MEMORY_LITMUS.map(({ id }) => id)).size).toBe(MEMORY_LITMUS.length);
    for (const { outcomes, notModelled } of MEMORY_LITMUS) {
      const all = [...outcomes.tso, ...notModelled];
      expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
      for (const { why } of all) expect(why).not.toBe('');
      expect(outcomes.tso).toEqual(expect.arrayContaining([...outcomes.sc]));
    }
  });

  test('has programs that show late stores, and programs that weaker machines end otherwise', () => {
    const late = MEMORY_LITMUS.filter(({ outcomes }) => outcomes.tso.length > outcomes.sc.length);
    expect(late.length).toBeGreaterThanOrEqual(10);
    const weaker = MEMORY_LITMUS.filter(({ notModelled }) => notModelled.length > 0);
    expect(weaker.length).toBeGreaterThanOrEqual(10);
  });

  test('tells the models apart: neither has the outcomes of the other', () => {
    const buffering = MEMORY_LITMUS.find(({ id }) => id === 'litmus/memory-sb');
    if (buffering === undefined) throw new Error('the first of all litmus programs is gone');
    const { outcomes } = buffering;
    const strict = inModel(
      { ...buffering, outcomes: { sc: outcomes.tso, tso: outcomes.sc } },
      'sc',
    );
    expect(isReproduced(runLitmus(strict))).toBe(false);
    const late = inModel({ ...buffering, outcomes: { sc: outcomes.tso, tso: outcomes.sc } }, 'tso');
    expect(runLitmus(late).unexpected).toEqual(['A 0; B 0']);
  });
});
