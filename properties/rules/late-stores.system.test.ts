import { expect, test } from 'vitest';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Property } from '../check/property.ts';
import { runProperty } from '../check/run-property.ts';
import { withMemory } from '../litmus/memory/memory-litmus.ts';
import { PROPERTIES } from './registry.ts';

// The kernel runs where stores can be late, so every rule has to hold there, too: with the programs
// that check it where they cannot.

/** Rules that some program claims of one moment, which is another one for each processor here. */
const AT_ONCE: ReadonlyMap<RuleId, string> = new Map([
  ['KMS-003', 'the number is stored in memory of the user, and another processor looks at it'],
]);

/** What was found with late stores, in words. */
function foundLate(property: Property): string[] {
  const programs = property.programs.map((program) => withMemory(program, 'tso'));
  const [first] = property.schedules ?? [];
  // Claims about tasks and works that take turns say nothing about runs in which some are preempted.
  const isInTurn = first?.kind === 'bounded' && first.preemptions === 0;
  const options = isInTurn ? { seed: 1, sampling: 0 } : { seed: 1 };
  const { broken } = runProperty({ ...property, programs }, options);
  return broken.map(({ program, finding }) => `${program.name}: ${finding.message}`);
}

const named = PROPERTIES.map((property) => [property.rules[0], property] as const);

test.each(named.filter(([rule]) => !AT_ONCE.has(rule)))(
  '%s holds where stores can be late',
  (_rule, property) => {
    expect(foundLate(property)).toEqual([]);
  },
);

test.each(named.filter(([rule]) => AT_ONCE.has(rule)))(
  '%s is claimed of stores that are seen at once',
  (_rule, property) => {
    expect(foundLate(property)).not.toEqual([]);
  },
);
