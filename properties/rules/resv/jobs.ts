import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

const OBJECT = `r = resv.create(); s = job.storage(); f = fence.create(1, context: 50)
  g = fence.create(1, context: 51); e = fence.create(1, context: 60)`;

/** Two jobs of these kinds at once. */
function jobs(first: string, second: string): Program {
  return program(`${first}-${second}`, {
    setup: OBJECT,
    tasks: { A: `job.run(r, s, ${first}, f)`, B: `job.run(r, s, ${second}, g)` },
    teardown: 'n = job.conflicts(s)',
  });
}

/** No two jobs that exclude each other have been at the storage at once. */
function apart(run: Run): string | null {
  const count = resultNamed(run, 'n');
  return count === 0 ? null : `${run.program.name}: jobs come across each other`;
}

/** One job had to wait for the other. */
function waited(run: Run): boolean {
  return run.sightings.some(({ name, object }) => name === 'wait.done' && object.kind === 'fence');
}

const FEW = [
  { kind: 'bounded', preemptions: 2, runsMax: 300 },
  { kind: 'random', runs: 60, seed: 1 },
] as const;

/** Properties of what devices and their drivers make of usages. */
export const JOB_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-012'],
    plan: `Whoever uses the storage waits for the kernel's own fences first, whatever it asks for.
      - storage that moves beside a reader, a writer and explicit work`,
    programs: [jobs('move', 'read'), jobs('move', 'write'), jobs('move', 'explicit')],
    schedules: FEW,
    forbids: ['walks', 'results', 'refinement'],
    holds: apart,
    witness: { waited: reached(waited, 3) },
    faults: ['resv-012-kernel-is-nobody'],
  }),
  property({
    rules: ['RESV-013'],
    plan: `A writer waits for readers and writers, a reader for writers; so they do not overlap.
      - two writers, a writer and a reader; two readers, who need not wait`,
    programs: [jobs('write', 'write'), jobs('write', 'read'), jobs('read', 'read')],
    schedules: FEW,
    forbids: ['walks', 'results', 'refinement'],
    holds: apart,
    witness: {
      waited: reached(waited, 2),
      freely: reached((run) => run.program.name === 'read-read' && !waited(run)),
    },
    faults: ['resv-010-swapped'],
  }),
  property({
    rules: ['RESV-014'],
    plan: `Work without a part in implicit waiting is seen by memory management, and by nobody else.
      - asked with each usage; storage is not moved under it; a writer does not wait for it`,
    programs: [
      program('asked', {
        setup: `${OBJECT}; resv.lock(r); resv.reserve(r, 1); resv.add(r, f, BOOKKEEP)
          resv.unlock(r)`,
        tasks: {
          A: `a = resv.test(r, READ); b = resv.test(r, BOOKKEEP); c = resv.wait(r, READ, 0)
            d = resv.wait(r, BOOKKEEP, 0)`,
        },
      }),
      jobs('explicit', 'move'),
      jobs('explicit', 'write'),
    ],
    schedules: FEW,
    forbids: ['walks', 'results', 'refinement'],
    holds: (run) =>
      run.program.name === 'asked'
        ? results({ asked: { a: true, b: false, c: 1, d: 0 } })(run)
        : apart(run),
    witness: {
      waited: reached((run) => run.program.name === 'explicit-move' && waited(run)),
      freely: reached((run) => run.program.name === 'explicit-write' && !waited(run)),
    },
    faults: ['resv-014-ends-at-readers'],
  }),
  property({
    rules: ['RESV-034'],
    plan: `A replacement that signals when the work behind the old fence is over keeps others away
      as long; other work keeps its own fence.
      - storage that moves behind a replaced reader, with a second reader that is not replaced
      - a replacement that signals too early, as control: they come across each other`,
    programs: [
      program('in-time', {
        setup: `${OBJECT}; m = fence.create(); resv.lock(r); resv.reserve(r, 2)
          resv.add(r, f, READ); resv.add(r, g, READ); resv.replace(r, 50, e, BOOKKEEP)
          resv.unlock(r)`,
        tasks: {
          A: 'job.finish(s, read, f); fence.signal(e)',
          B: 'job.run(r, s, move, m)',
          C: 'job.finish(s, read, g)',
        },
        teardown: 'n = job.conflicts(s)',
      }),
      program('too-early', {
        setup: `${OBJECT}; m = fence.create(); resv.lock(r); resv.reserve(r, 1)
          resv.add(r, f, READ); resv.replace(r, 50, e, BOOKKEEP); resv.unlock(r)
          fence.signal(e)`,
        tasks: { A: 'job.finish(s, read, f)', B: 'job.run(r, s, move, m)' },
        teardown: 'n = job.conflicts(s)',
      }),
    ],
    schedules: FEW,
    holds: (run) => (run.program.name === 'in-time' ? apart(run) : null),
    witness: {
      waited: reached((run) => run.program.name === 'in-time' && waited(run)),
      across: reached((run) => Number(resultNamed(run, 'n')) > 0),
    },
    faults: ['resv-033-any-context'],
  }),
];
