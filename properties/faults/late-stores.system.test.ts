import { describe, expect, test } from 'vitest';
import type { MemoryModel } from '../../impl/kernel/store-buffer.ts';
import { INTACT } from '../../impl/stack.ts';
import { runProperty } from '../check/run-property.ts';
import { LITMUS } from '../litmus/index.ts';
import { withMemory } from '../litmus/memory/memory-litmus.ts';
import { EVERY_STATE, isReproduced, runLitmus } from '../litmus/run-litmus.ts';
import { PROPERTIES } from '../rules/registry.ts';
import type { Finding } from '../run/finding.ts';
import { withFault } from './fault.ts';
import { findFault } from './registry.ts';

/** Mistakes that only show where stores can be late. */
const LATE = [
  'fence-072-any-wait-without-barrier',
  'fence-072-state-behind-unlock',
  'syncfile-014-sleepers-without-barrier',
  'ww-050-without-barrier',
];

/** What the property that names this fault finds, when all of its programs have such a memory. */
function findings(id: string, memory: MemoryModel): readonly Finding[] {
  const seeded = findFault(id);
  const property = PROPERTIES.find(({ faults }) => faults.includes(id));
  if (seeded === null || property === undefined) throw new Error(`nothing is about ${id}`);
  const programs = property.programs.map((one) => withMemory(one, memory));
  const types = withFault(INTACT, seeded);
  const { broken } = runProperty({ ...property, programs }, { types, seed: 1 });
  return broken.map(({ finding }) => finding);
}

/** One litmus program in so many; each of these faults meets others. */
const EVERY = 6;

describe.each(LATE.map((id, turn) => [id, turn] as const))('%s', (id, turn) => {
  test('is found where stores can be late, and named after its rule', () => {
    const seeded = findFault(id);
    const rules = findings(id, 'tso').flatMap((finding) => finding.rules);
    expect(rules).toEqual(expect.arrayContaining([...(seeded?.breaks ?? [])]));
  });

  test('is seen by nobody where every store is seen at once', () => {
    expect(findings(id, 'sc')).toEqual([]);
    const seeded = findFault(id);
    if (seeded === null) throw new Error(`there is no ${id}`);
    const types = withFault(INTACT, seeded);
    const some = LITMUS.filter(
      ({ outcomes }, index) =>
        index % EVERY === turn ||
        outcomes.some(({ rules }) => rules.some((rule) => seeded.breaks.includes(rule))),
    );
    expect(some.length).toBeGreaterThan(LITMUS.length / (EVERY + 1));
    const noticing = some.filter(
      (litmus) => !isReproduced(runLitmus(litmus, { types, schedules: EVERY_STATE })),
    );
    expect(noticing.map((litmus) => litmus.id)).toEqual([]);
  });
});
