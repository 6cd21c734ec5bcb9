import type { Result } from '../programs/operation.ts';
import type { Run } from '../run/run.ts';

/** Results by the name to which a program gave them: `s = fence.getStatus(f)`. */
export type Expected = Readonly<Record<string, Result>>;

/** The result of the call with this `out`; undefined when it did not return. */
export function resultNamed(run: Run, name: string): Result | undefined {
  const found = run.calls.find((record) => record.call.out === name);
  return found === undefined || found.end === null ? undefined : found.result;
}

/** Says which results differ, or null. */
export function differing(run: Run, expected: Expected): string | null {
  for (const [name, value] of Object.entries(expected)) {
    const result = resultNamed(run, name);
    if (result !== value) {
      return `${run.program.name}: ${name} is ${shown(result)}, not ${shown(value)}`;
    }
  }
  return null;
}

/** A claim about sequential programs: what each of them gets back, by the program's name. */
export function results(expected: Readonly<Record<string, Expected>>): (run: Run) => string | null {
  return (run) => {
    const mine = expected[run.program.name];
    if (mine === undefined) throw new Error(`nothing is expected of ${run.program.name}`);
    return differing(run, mine);
  };
}

/** How often the kernel warned during a run. */
export function warnings(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'warn').length;
}

/** The first claim that does not hold. */
export function both(
  ...claims: readonly ((run: Run) => string | null)[]
): (run: Run) => string | null {
  return (run) => {
    for (const claim of claims) {
      const message = claim(run);
      if (message !== null) return message;
    }
    return null;
  };
}

export function shown(result: Result | undefined): string {
  return result === undefined ? 'missing' : JSON.stringify(result);
}
