import type { RuleId } from '../../../model/rules/catalogue.ts';
import { differing, resultNamed } from '../../check/results.ts';
import { type JudgeName, type Property, property, reached } from '../../check/property.ts';
import { MATRIX } from '../../fault-matrix/matrix.ts';
import { type MatrixRow, schedulesOf } from '../../fault-matrix/row.ts';
import { CAPTURES, dropped, frameOf } from '../../fault-matrix/video.ts';
import { pipelineProgram, SYNC_VARIANTS } from '../../fault-matrix/software.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { E2E_PLANS } from './plans.ts';

/** Judges that do not know the rule: what they find is about it. */
const FORBIDDEN: Partial<Record<RuleId, readonly JudgeName[]>> = {
  'E2E-012': ['deadlock', 'livelock', 'lockdep'],
  'E2E-013': ['leak'],
};

/** More programs of a rule, that end as that of the row does. */
const MORE: Partial<Record<RuleId, readonly Program[]>> = {
  'E2E-017': Object.entries(SYNC_VARIANTS).map(([name, calls]) => pipelineProgram(name, calls)),
};

/** A row of the matrix, seen by one of the rules that it is about. */
function ofRow(row: MatrixRow, rule: RuleId): Property {
  const { expected } = row;
  return property({
    rules: [rule],
    plan: `${E2E_PLANS[rule] ?? ''}\n      - row ${row.id} of the fault matrix`,
    programs: [row.program, ...(MORE[rule] ?? [])],
    schedules: [schedulesOf(row)],
    ...(expected === undefined ? {} : { holds: (run) => differing(run, expected) }),
    forbids: FORBIDDEN[rule] ?? [],
    witness: { [row.id]: reached((run) => row.reached(run)) },
    faults: row.without === null ? [] : [row.without],
  });
}

const ROWS = MATRIX.flatMap((row) => row.violates.map((rule) => ofRow(row, rule)));

/** What is true of a row in which nothing is violated, and a fault that breaks it. */
interface Accounted {
  readonly plan: string;
  readonly holds: (run: Run) => string | null;
  readonly fault: string;
}

const ACCOUNTED: Readonly<Record<string, Accounted>> = {
  'disp.underrun': {
    plan: 'a line that comes late: the one before is shown once more, is marked, and the status says so',
    holds: (run) => {
      const isTold = (Number(resultNamed(run, 'q')) & 2) !== 0;
      const isMarked = String(resultNamed(run, 'x')).includes('!2');
      return isTold === isMarked ? null : 'the mark of a late line and the status differ';
    },
    fault: 'hw-disp-007-silent',
  },
  'cam.overrun': {
    plan: 'a client that is too slow for a camera: numbers of frames have a gap for each that was dropped',
    holds: (run) => {
      const gap = frameOf(run, 'd') - frameOf(run, 'b') - 1;
      const count = dropped(run);
      return gap === count ? null : `the gap is ${gap}, and ${count} frames were dropped`;
    },
    fault: 'hw-cam-001-counts-stored',
  },
};

/** Rows in which nature chooses nothing, and engines work alone; the cheapest ones first. */
const DIRECTED = ['mem.noClear', 'dma.peerReorder', 'gpu.noFlush', 'cache.noSync'].map((id) => {
  const found = MATRIX.find((row) => row.id === id);
  if (found === undefined) throw new Error(`there is no row ${id}`);
  return found;
});

/** End-to-end properties: what the books of simulated hardware say of whole runs. */
export const E2E_PROPERTIES: readonly Property[] = [
  ...ROWS,
  property({
    rules: ['E2E-015'],
    plan: `${E2E_PLANS['E2E-015'] ?? ''}
      - a stream that is stopped with frames that nobody has taken, and started again
      - a frame that is dropped behind one that the driver has not heard of`,
    programs: CAPTURES,
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 1 }],
    forbids: ['deadlock', 'refinement'],
    witness: {
      restarted: reached((run) => frameOf(run, 'a') === 3 && frameOf(run, 'b') === 4),
      dropped: reached((run) => frameOf(run, 'a') === 1 && frameOf(run, 'b') === 3),
    },
    faults: ['hw-cam-004-counts-back'],
  }),
  property({
    rules: ['E2E-018'],
    plan: `With its mitigation no row of the fault matrix violates anything; without it, each violates what
      it names, and that first: its properties see that, one after the other.
      - a row of each group that needs no choice of nature; the others are judged in their own properties`,
    programs: DIRECTED.map(({ program }) => program),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    forbids: ['hardware', 'deadlock', 'leak', 'livelock', 'refinement', 'results'],
    witness: {
      rows: reached(
        (run) => DIRECTED.some((row) => row.program.name === run.program.name && row.reached(run)),
        DIRECTED.length,
      ),
    },
    faults: ['e2e-peer-reorder', 'e2e-no-clear'],
  }),
  ...MATRIX.flatMap((row) => {
    const accounted = ACCOUNTED[row.id];
    if (accounted === undefined) return [];
    const { plan, holds, fault } = accounted;
    return property({
      rules: ['E2E-018'],
      plan: `A row without a violation has the effect that is accounted.\n      - ${plan}`,
      programs: [row.program],
      schedules: [schedulesOf(row)],
      holds,
      witness: { [row.id]: reached((run) => row.reached(run)) },
      faults: [fault],
    });
  }),
];
