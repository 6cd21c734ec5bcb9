import { ContractWatch } from '../../test-device/contract-watch.ts';
import { TestDevice } from '../../test-device/device.ts';
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

/** What was seen of the device that the program calls `g`. */
export function watchOf(run: Run): ContractWatch {
  return run.environment.find('g.watch', ContractWatch);
}

/** How often the device that the program calls `g` had to recover. */
export function hangs(run: Run): number {
  return run.environment.find('g', TestDevice).recovery.count;
}

/** Nothing of a list is there. */
export function none(what: string, found: readonly string[]): string | null {
  return found.length === 0 ? null : `${what}: ${found.join(', ')}`;
}
