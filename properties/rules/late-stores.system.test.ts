import { expect, test } from 'vitest';
import { runProperty } from '../check/run-property.ts';
import { withMemory } from '../litmus/memory/memory-litmus.ts';
import { PROPERTIES } from './registry.ts';

// The kernel runs where stores can be late, so every rule has to hold there, too: with the programs
// that check it where they cannot.

test.each(PROPERTIES.map((property) => [property.rules[0], property] as const))(
  '%s holds where stores can be late',
  (_rule, property) => {
    const programs = property.programs.map((program) => withMemory(program, 'tso'));
    const { broken } = runProperty({ ...property, programs }, { seed: 1 });
    const messages = broken.map(({ program, finding }) => `${program.name}: ${finding.message}`);
    expect(messages).toEqual([]);
  },
);
