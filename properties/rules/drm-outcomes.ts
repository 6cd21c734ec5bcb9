import type { Property } from '../check/property.ts';

/**
 * Complete sets of outcomes, by the name of the program; programs that are not named have any. To be
 * spread into a property.
 */
export function exactly(
  expected: Readonly<Record<string, readonly string[]>>,
): Required<Pick<Property, 'outcomes' | 'mayEnd'>> {
  return {
    mayEnd: (outcome, { name }) => expected[name]?.includes(outcome) ?? true,
    outcomes: (outcomes, { name }) => {
      const wanted = expected[name];
      if (wanted === undefined) return null;
      const more = [...outcomes].filter((outcome) => !wanted.includes(outcome));
      const missing = wanted.filter((outcome) => !outcomes.has(outcome));
      if (more.length + missing.length === 0) return null;
      return `${name}: never ${missing.join(' | ') || 'missing'}, besides ${more.join(' | ') || 'none'}`;
    },
  };
}
