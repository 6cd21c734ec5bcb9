import { describe, expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import type { Property } from '../check/property.ts';
import { runProperty } from '../check/run-property.ts';
import { withFault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import '../programs/operations/index.ts';
import { sample } from './sample.ts';

const SEED = 1;

/**
 * The tests of a family: a part of its properties is silent on the intact stack, and names its own rule
 * with each of its faults. Families have files of their own, so that they run side by side.
 */
export function testFamily(family: readonly Property[]): void {
  const asked = sample(family).map((property) => ({ rule: property.rules[0], property }));

  describe.each(asked)('$rule', ({ rule, property }) => {
    test('is silent on the intact stack, with every witness', () => {
      const { broken, witnesses } = runProperty(property, { seed: SEED });
      const found = broken.map(({ finding, program }) => `${program.name}: ${finding.message}`);
      expect(found).toEqual([]);
      for (const [name, { atLeast }] of Object.entries(property.witness)) {
        expect(witnesses[name], name).toBeGreaterThanOrEqual(atLeast);
      }
    });

    test.each(property.faults)('%s is named', (id) => {
      const seeded = findFault(id);
      if (seeded === null) throw new Error(`there is no fault ${id}`);
      const types = withFault(INTACT, seeded);
      const { broken } = runProperty(property, { seed: SEED, types, stopsAtFinding: true });
      expect(broken.flatMap(({ finding }) => finding.rules)).toContain(rule);
    });
  });
}
