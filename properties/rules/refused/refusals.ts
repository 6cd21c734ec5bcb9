import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

/** A wrong call, and the error that it gets. */
export type Refusal = readonly [call: string, errno: number];

/**
 * Makes each call with a look at the whole world before and after. What was put off until nobody
 * needs it is done before the second look.
 */
export function refusing(name: string, setup: string, refusals: readonly Refusal[]): Program {
  const lines = refusals.map(
    ([call], index) =>
      `w${index} = inspect.world(); r${index} = ${call}; task.sleep(1)
        c${index} = inspect.changes(w${index})`,
  );
  return program(name, { setup, tasks: { A: lines.join('\n') } });
}

/** Each call got its error, and changed nothing. */
export function refused(
  tables: Readonly<Record<string, readonly Refusal[]>>,
): (run: Run) => string | null {
  return (run) => {
    for (const [index, [call, errno]] of (tables[run.program.name] ?? []).entries()) {
      const result = resultNamed(run, `r${index}`);
      if (result !== errno) return `${call} is ${String(result)}, not ${errno}`;
      const changes = resultNamed(run, `c${index}`);
      if (changes !== 'nothing') return `${call} fails, and changes ${String(changes)}`;
    }
    return null;
  };
}
