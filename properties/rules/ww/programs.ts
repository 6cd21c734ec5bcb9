import type { Written } from '../../programs/parse.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

export const ALGORITHMS = ['wait-die', 'wound-wait'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A class and four mutexes. Time goes on only when nobody can: sleeps put things in order. */
export function mutexes(algorithm: Algorithm): string {
  return `k = ww.class(${algorithm}); a = ww.mutex(k); b = ww.mutex(k); c = ww.mutex(k)
    d = ww.mutex(k)`;
}

/** A program about mutexes of one kind. */
export function withOne(algorithm: Algorithm, name: string, written: Written): Program {
  const setup = [mutexes(algorithm), written.setup ?? ''].join('\n');
  return program(name, { ...written, setup });
}

/** One program for each kind, with the kind behind its name. */
export function withBoth(name: string, written: Written): Program[] {
  return ALGORITHMS.map((algorithm) => withOne(algorithm, `${name}-${algorithm}`, written));
}

/** How often lock debugging spoke. */
export function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lockdep' || kind === 'lock-misuse').length;
}

/** A claim about reports: programs whose name ends with `ok` have none, others have one. */
export function reported(run: Run): string | null {
  const wanted = run.program.name.endsWith('ok') ? 0 : 1;
  const count = reports(run);
  return count === wanted ? null : `${run.program.name}: ${count} reports, not ${wanted}`;
}

/** The order in which tasks got a mutex, as `B A`. */
export function takers(run: Run, name: string): string {
  const mutex = run.environment.value(name);
  const taken = run.sightings.filter(
    ({ object, name: event }) =>
      object === mutex && (event === 'take' || event === 'take.plain' || event === 'pickUp'),
  );
  return taken.map(({ task }) => task).join(' ');
}
