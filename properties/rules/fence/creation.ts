import type { Run } from '../../run/run.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { answered, answers, byProgram, firstOf, same, warnings } from './evidence.ts';

/** The first and the last number of every allocation of a run. */
function ranges(run: Run): { first: number; last: number }[] {
  const allocations = run.calls.filter(({ call }) => call.op === 'context.alloc');
  return allocations.map(({ call, result }) => {
    const first = Number(result);
    return { first, last: first + Number(call.args['count']) - 1 };
  });
}

/** No number is given out twice, none is left out, and the first is 1. */
function disjoint(run: Run): string | null {
  const sorted = ranges(run).toSorted((a, b) => a.first - b.first);
  let next = 1;
  for (const { first, last } of sorted) {
    if (first !== next) return `an allocation begins at ${first}, expected ${next}`;
    next = last + 1;
  }
  return null;
}

/** What each missing part must lead to. */
const INIT_OUTCOMES: Readonly<Record<string, string>> = {
  'init-no-lock': 'crash',
  'init-no-ops': 'crash',
  'init-no-driver-name': 'crash',
  'init-no-timeline-name': 'crash',
  'init-names-only': '',
};

function initOutcomes(outcomes: ReadonlySet<string>, { name }: Program): string | null {
  const expected = INIT_OUTCOMES[name];
  const actual = [...outcomes].join(' or ');
  return actual === expected ? null : `${name} ends with '${actual}', expected '${expected}'`;
}

const lacking = (name: string, lacks: string): Program =>
  program(name, { setup: `fence.createLacking(${lacks})` });

/** Properties of new fences, contexts and NULL. */
export const CREATION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-001'],
    plan: `A new fence has one reference, nothing set, and exactly what it was given.
      - two fences of different issuers, contexts and sequence numbers, every field`,
    programs: [
      program('init-fields', {
        tasks: {
          A: `f = fence.create(seqno: 4294967298, context: 42); inspect.fence(f)
              g = fence.create(seqno: 0, context: 0, enable: armed); inspect.fence(g)`,
        },
      }),
    ],
    holds: (run) =>
      answered(
        run,
        'A',
        [
          'references 1, flags 0, error 0, callbacks 0, context 42, seqno 4294967298, lock own, ops f.issuer',
          'references 1, flags 0, error 0, callbacks 0, context 0, seqno 0, lock own, ops g.issuer',
        ].join(' | '),
      ),
    witness: { inspected: reached((run) => answers(run, 'A').includes('seqno 4294967298')) },
    faults: ['fence-001-enabled', 'fence-001-short-seqno', 'fence-001-two-references'],
  }),
  property({
    rules: ['FENCE-002'],
    plan: `Without a lock, ops or one of the two names creation is a BUG; all else may be missing.
      - each of the four parts missing: the kernel stops
      - control: the two names alone are enough`,
    programs: [
      lacking('init-no-lock', 'lock'),
      lacking('init-no-ops', 'ops'),
      lacking('init-no-driver-name', 'driverName'),
      lacking('init-no-timeline-name', 'timelineName'),
      lacking('init-names-only', 'nothing'),
    ],
    allows: ['bug'],
    outcomes: initOutcomes,
    witness: {
      stopped: reached((run) => run.violations.some(({ kind }) => kind === 'bug'), 4),
      accepted: reached((run) => run.isOver),
    },
    faults: ['fence-002-names-made-up', 'fence-002-enable-wanted'],
  }),
  property({
    rules: ['FENCE-003'],
    plan: `Ranges of context numbers are consecutive, disjoint, and begin at 1.
      - two and three tasks at once, ranges of different lengths`,
    programs: [
      program('contexts-2', {
        tasks: { A: 'context.alloc(2); context.alloc(1)', B: 'context.alloc(3)' },
      }),
      program('contexts-3', {
        tasks: { A: 'context.alloc(1)', B: 'context.alloc(2)', 'irq@A': 'context.alloc(4)' },
      }),
    ],
    holds: disjoint,
    witness: {
      laterTaskFirst: reached((run) => run.resultOf('B', 'context.alloc') === 1),
      between: reached((run) => run.resultOf('B', 'context.alloc') === 3),
    },
    faults: ['fence-003-not-atomic', 'fence-003-from-zero'],
  }),
  property({
    rules: ['FENCE-004'],
    plan: `An allocation of 0 contexts complains and reserves nothing.
      - the next allocation gets the same number, the one after it the next`,
    programs: [
      program('contexts-0', {
        tasks: { A: 'context.alloc(1); context.alloc(0); context.alloc(1); context.alloc(1)' },
      }),
    ],
    allows: ['warn'],
    holds: (run) =>
      firstOf(answered(run, 'A', '1 | 2 | 2 | 3'), same('warnings', warnings(run), 1)),
    witness: { complained: reached((run) => warnings(run) > 0) },
    faults: ['fence-004-reserves-one', 'fence-004-silent'],
  }),
  property({
    rules: ['FENCE-005'],
    plan: `Taking and dropping a reference pass NULL through, and any other pointer unchanged.
      - get and put of NULL, without a complaint
      - control: get of a fence gives that fence, with one more reference`,
    programs: [
      program('null-reference', { tasks: { A: 'fences.get(null); fences.put(null)' } }),
      program('reference', {
        setup: 'f = fence.create()',
        tasks: { A: 'fences.get(f); inspect.references(f); fences.put(f); inspect.references(f)' },
      }),
    ],
    forbids: ['warn', 'bug', 'refcount', 'use-after-free', 'leak'],
    holds: byProgram({
      'null-reference': (run) => answered(run, 'A', 'NULL'),
      reference: (run) => answered(run, 'A', 'same | 2 | 1'),
    }),
    witness: {
      passedThrough: reached((run) => run.resultOf('A', 'fences.get') === 'NULL'),
      counted: reached((run) => run.resultOf('A', 'inspect.references') === 2),
    },
    faults: ['fence-005-null-becomes-stub', 'fence-005-null-put-warns'],
  }),
];
