import { LITMUS } from '../litmus/index.ts';
import { MEMORY_LITMUS } from '../litmus/memory/index.ts';
import { inModel, type MemoryLitmus, withMemory } from '../litmus/memory/memory-litmus.ts';
import type { Tested } from '../litmus/litmus.ts';
import { EVERY_STATE } from '../litmus/run-litmus.ts';
import type { Schedules } from '../run/explore.ts';
import type { CheckOptions } from './options.ts';
import type { MemoryReport, StageResult } from './report.ts';
import { isAsked, LitmusCheck } from './stage-litmus.ts';

export interface MemoryStage extends StageResult {
  readonly memory: MemoryReport;
}

/** More schedules than any program about memory has. */
const EVERY_SCHEDULE: Schedules = { kind: 'all', runsMax: 100_000 };

/**
 * Programs about memory itself under every schedule, in each memory model, and the programs of the
 * race windows where stores can be late. Seeded faults are none of memory itself.
 */
export function checkMemory(options: CheckOptions): MemoryStage {
  const { pattern, fault } = options;
  const asked = MEMORY_LITMUS.filter(({ id }) => pattern === null || id.includes(pattern));
  const bare = fault === null ? asked : [];
  const late: readonly Tested[] = LITMUS.filter((litmus) => isAsked(litmus, pattern)).map(
    (litmus) => ({ ...litmus, program: withMemory(litmus.program, 'tso') }),
  );
  const parts = {
    sc: new LitmusCheck(options, EVERY_SCHEDULE),
    tso: new LitmusCheck(options, EVERY_SCHEDULE),
    windows: new LitmusCheck(options, EVERY_STATE),
  };
  for (const tested of bare) parts.sc.check(inModel(tested, 'sc'));
  for (const tested of bare) parts.tso.check(inModel(tested, 'tso'));
  for (const tested of late) parts.windows.check(tested);
  const all = Object.values(parts);
  const { sc, tso, windows } = parts;
  return {
    memory: {
      sc: { total: bare.length, reproduced: sc.reproduced },
      tso: { total: bare.length, reproduced: tso.reproduced },
      windows: { total: late.length, reproduced: windows.reproduced },
      notModelled: bare.filter(isWeaker).length,
    },
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    steps: all.reduce((sum, { steps }) => sum + steps, 0),
    findings: all.flatMap(({ findings }) => findings),
    weak: [],
    partial: [],
  };
}

function isWeaker({ notModelled }: MemoryLitmus): boolean {
  return notModelled.length > 0;
}
