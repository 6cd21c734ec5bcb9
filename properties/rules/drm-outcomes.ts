import type { Program } from '../programs/program.ts';

/** Complete sets of outcomes, by the name of the program; programs that are not named have any. */
export function exactly(
  expected: Readonly<Record<string, readonly string[]>>,
): (outcomes: ReadonlySet<string>, program: Program) => string | null {
  return (outcomes, { name }) => {
    const wanted = expected[name];
    if (wanted === undefined) return null;
    const more = [...outcomes].filter((outcome) => !wanted.includes(outcome));
    const missing = wanted.filter((outcome) => !outcomes.has(outcome));
    if (more.length + missing.length === 0) return null;
    return `${name}: never ${missing.join(' | ') || 'missing'}, besides ${more.join(' | ') || 'none'}`;
  };
}
