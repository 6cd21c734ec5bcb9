import { expect, test } from 'vitest';
import { EMPTY_BASELINE as EMPTY } from '../empty-baseline.ts';
import { overlay } from './overlay.ts';

const RULE = { state: 'checked', properties: [], witnesses: {}, faults: [] };
test('what was run stands over the baseline; the rest is named, unless it exists no longer', () => {
  const before = {
    ...EMPTY,
    rules: { 'FENCE-001': RULE, 'FENCE-002': RULE, 'GONE-001': RULE },
    recordings: { async: { total: 2, done: 2 } },
    matrix: ['cam.stall'],
  };
  const run = { ...EMPTY, rules: { 'FENCE-001': { ...RULE, state: 'weak' } } };
  const { after, carriedOver } = overlay(before, run, { made: new Map(), notMade: [] });
  expect(after.rules).toEqual({ 'FENCE-001': { ...RULE, state: 'weak' }, 'FENCE-002': RULE });
  expect(carriedOver).toMatchObject({ rules: ['FENCE-002'], recordings: ['async'], litmus: [] });
  expect(after.matrix).toEqual(before.matrix);
});

test('a litmus program keeps the worlds in which it was not run', () => {
  const [id] = ['litmus/rw-01-free-while-signaling'];
  const before = { ...EMPTY, litmus: { [id]: { window: ['a'], lateStores: ['a', 'b'] } } };
  const { after, carriedOver } = overlay(
    before,
    { ...EMPTY, litmus: { [id]: { window: ['c'] } } },
    { made: new Map(), notMade: [] },
  );
  expect(after.litmus).toEqual({ [id]: { window: ['c'], lateStores: ['a', 'b'] } });
  expect(carriedOver.litmus).toEqual([]);
});
