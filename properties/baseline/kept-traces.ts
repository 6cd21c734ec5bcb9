import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HISTORICAL_FAULTS, KERNEL_FAULTS } from '../../model/rules/catalogue.ts';
import { readTraceFile } from '../../traces/read.ts';
import type { Trace } from '../../traces/trace.ts';
import { formatTrace } from '../../traces/write.ts';
import { packageFolder } from '../../model/package-folder.ts';

/** Faults of the public catalogue: each has a trace that is kept. */
export const PUBLIC_FAULTS: readonly string[] = [...HISTORICAL_FAULTS, ...KERNEL_FAULTS].map(
  ({ id }) => id,
);

/** Where kept traces are, relative to the package. */
export const KEPT = 'traces/kept';

function fileOf(fault: string): string {
  return join(packageFolder(), KEPT, `${fault}.json`);
}

/** The trace that is kept of a fault; null when there is none. */
export function keptTrace(fault: string): Trace | null {
  const file = fileOf(fault);
  return existsSync(file) ? readTraceFile(file) : null;
}

/** Keeps a trace of the fault that it names, in place of the one before. */
export function keepTrace(trace: Trace): void {
  if (trace.fault === null) throw new Error('a trace without a fault is not kept here');
  mkdirSync(join(packageFolder(), KEPT), { recursive: true });
  writeFileSync(fileOf(trace.fault), formatTrace(trace));
}
