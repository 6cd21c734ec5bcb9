import type { Run } from '../../run/run.ts';

/** How often lock proving has reported. */
export function reports(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'lockdep').length;
}

/** What lock proving said, or nothing. */
export function reportText(run: Run): string {
  return run.violations.find(({ kind }) => kind === 'lockdep')?.message ?? '';
}

/** Lock proving reports the programs that are named, and no others. */
export function reportsOnly(...wrong: readonly string[]): (run: Run) => string | null {
  return (run) => {
    const { name } = run.program;
    const wanted = wrong.includes(name) ? 1 : 0;
    const count = reports(run);
    return count === wanted ? null : `${name}: ${count} reports, not ${wanted}`;
  };
}
