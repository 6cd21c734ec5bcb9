import { type Property, property, reached } from '../../check/property.ts';
import { type Expected, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';

/** One row: a fence (context 50, number 5, READ) is there, another one comes. */
interface Row {
  readonly context: number;
  readonly seqno: number;
  readonly usage: 'WRITE' | 'READ' | 'BOOKKEEP';
  readonly isDone: boolean;
}

const ROWS: readonly Row[] = [50, 51].flatMap((context) =>
  [4, 5, 6].flatMap((seqno) =>
    (['WRITE', 'READ', 'BOOKKEEP'] as const).flatMap((usage) =>
      [false, true].map((isDone) => ({ context, seqno, usage, isDone })),
    ),
  ),
);

function nameOf({ context, seqno, usage, isDone }: Row): string {
  return `${context}-${seqno}-${usage}-${isDone ? 'done' : 'pending'}`;
}

function programOf(row: Row): Program {
  return program(nameOf(row), {
    setup: `r = resv.create(); old = fence.create(5, context: 50)
      new = fence.create(${row.seqno}, context: ${row.context})`,
    tasks: {
      A: `resv.lock(r); resv.reserve(r, 2); resv.add(r, old, READ); ${row.isDone ? 'fence.signal(old)' : ''}
        resv.add(r, new, ${row.usage}); slots = resv.slots(r); resv.unlock(r)`,
    },
  });
}

/** The rule in one line: covered by a later fence of its context, or done. */
function slotsAfter({ context, seqno, usage, isDone }: Row): string {
  const isCovered = context === 50 && usage !== 'BOOKKEEP' && seqno > 5;
  return isCovered || isDone ? `new/${usage}` : `old/READ new/${usage}`;
}

const TABLE: Readonly<Record<string, Expected>> = Object.fromEntries(
  ROWS.map((row) => [nameOf(row), { slots: slotsAfter(row) }]),
);

/** Properties of which slots a fence may take. */
export const REPLACEABLE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-024'],
    plan: `A slot may be replaced by a later fence of its context and of no weaker usage, or when
      it is done.
      - table over context, number, usage, done; wrapped numbers in 32-bit and 64-bit mode
      - a covered slot is not probed, nor is anything behind the slot that is taken`,
    programs: [
      ...ROWS.map(programOf),
      program('wrapped', {
        setup: `r = resv.create(); f = fence.create(4294967295, context: 50)
          g = fence.create(0, context: 50); h = fence.create(4294967295, context: 60)
          i = fence.create(0, context: 60, is64Bit: true)`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ); resv.add(r, g, READ)
            resv.add(r, h, READ); resv.add(r, i, READ); slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('probes', {
        setup: `r = resv.create(); f = fence.create(1, context: 50, signaled: hardware)
          g = fence.create(1, context: 51, signaled: hardware); h = fence.create(2, context: 50)
          resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ); resv.add(r, g, READ)
          pf0 = inspect.polls(f); pg0 = inspect.polls(g); resv.unlock(r)`,
        tasks: {
          A: `resv.lock(r); resv.add(r, h, READ); slots = resv.slots(r); pf = inspect.polls(f)
            pg = inspect.polls(g); resv.unlock(r)`,
        },
      }),
    ],
    holds: results({
      ...TABLE,
      wrapped: { slots: 'g/READ h/READ i/READ' },
      probes: { slots: 'h/READ g/READ', pf: 1, pg: 0 },
    }),
    witness: {
      replaced: reached((run) => String(resultNamed(run, 'slots')).startsWith('new'), 10),
      kept: reached((run) => String(resultNamed(run, 'slots')).startsWith('old'), 10),
    },
    faults: [
      'BUG-RESV-05',
      'resv-024-equal-is-later',
      'resv-024-probes-first',
      'resv-025-any-usage',
    ],
  }),
];
