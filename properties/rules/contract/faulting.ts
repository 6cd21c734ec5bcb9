import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { BY_THE_CLOCK, RACING } from './schedules.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { hangs, watchOf } from './evidence.ts';

/** A context whose work may fault, and has no fences; another one that is as usual. */
function shared(name: string, options: string, calls: string): Program {
  const setup = `g = gpu.create(${options}); c = gpu.context(g); l = gpu.context(g, true)
    r = resv.create()`;
  return program(name, { setup, tasks: { A: calls } });
}

/** Work begins to fault, and a job with a fence comes before the fault and just with it. */
const BEFORE = `k = gpu.submit(l, faulting); a = gpu.submit(c, short, r); fence.wait(a)
  s = fence.getStatus(a); task.sleep(60); w = gpu.work(l)`;
const WITH = `k = gpu.submit(l, faulting); task.sleep(1); a = gpu.submit(c, short, r); fence.wait(a)
  s = fence.getStatus(a); task.sleep(60); w = gpu.work(l)`;

const REMEDIES = ['preempts', 'reserves', 'reservesInFlight', 'flushes'];

/** Both kinds of work come to their end, nobody had to be killed, and nothing waited for itself. */
function livesTogether(run: Run): string | null {
  const cycle = watchOf(run).cycle;
  if (cycle !== null) return `${run.program.name}: ${cycle}`;
  if (hangs(run) > 0) return `${run.program.name}: ${hangs(run)} hangs`;
  if (resultNamed(run, 's') !== 1) return `${run.program.name}: the fence ended with an error`;
  const work = resultNamed(run, 'w');
  return work === '1 finished, 0 killed' ? null : `${run.program.name}: ${String(work)}`;
}

/** Without a remedy the documented deadlock is there, and only the time-out ends it. */
function locksUp(run: Run): string | null {
  if (watchOf(run).cycle === null) return `${run.program.name}: nothing waits for itself`;
  return hangs(run) > 0 ? null : `${run.program.name}: it went on without recovery`;
}

function remedied(run: Run): string | null {
  return run.program.name.startsWith('none') ? locksUp(run) : livesTogether(run);
}

/** Properties about work whose page faults are resolved while it runs. */
export const FAULTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-031'],
    plan: `Work that may need memory half way has no fence; work for which a fault is only a hint may.
      - both are submitted, with memory and without; a fence that waits for such a fault would wait
        for itself`,
    programs: [
      ...['', 'full: true', 'full: true, copies: engine'].map((options, nth) =>
        shared(
          `faulting-${nth}`,
          options,
          'a = gpu.submit(c, faulting, r); t = resv.test(r, READ); task.sleep(60); e = gpu.pending(g)',
        ),
      ),
      ...['', 'full: true'].map((options, nth) =>
        shared(
          `hinting-${nth}`,
          options,
          'a = gpu.submit(c, hinting, r); fence.wait(a); s = fence.getStatus(a); e = gpu.pending(g)',
        ),
      ),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['deadlock'],
    holds: both(
      results({
        'faulting-0': { a: -22, t: true, e: 0 },
        'faulting-1': { a: -22, t: true, e: 0 },
        'faulting-2': { a: -22, t: true, e: 0 },
        'hinting-0': { a: 0, s: 1, e: 0 },
        'hinting-1': { a: 0, s: 1, e: 0 },
      }),
      (run) => watchOf(run).cycle,
    ),
    witness: {
      refused: reached((run) => resultNamed(run, 'a') === -22, 3),
      hinted: reached((run) => resultNamed(run, 's') === 1, 2),
    },
    faults: ['contract-031-faults-with-fence', 'contract-031-hint-waits'],
  }),
  property({
    rules: ['CONTRACT-032'],
    plan: `Work with fences and work that faults share units, and memory is short: without a remedy they
      wait for each other, with any of the four both come to their end.
      - the job comes before the fault, and with it; none: the documented deadlock
      - preemption with the fault open, a unit of its own, one while fences are in flight, flushes`,
    programs: [
      shared('none', 'full: true', BEFORE),
      ...REMEDIES.flatMap((remedy) => [
        shared(`${remedy}-before`, `remedy: ${remedy}, full: true`, BEFORE),
        shared(`${remedy}-with`, `remedy: ${remedy}, full: true`, WITH),
      ]),
      // Both of the units are at work for those who may fault when a fence is wanted.
      shared(
        'reservesInFlight-both',
        'remedy: reservesInFlight, full: true',
        `k = gpu.submit(l, faulting); j = gpu.submit(l, endless); task.sleep(1)
          a = gpu.submit(c, short, r); fence.wait(a); s = fence.getStatus(a); task.sleep(60)
          w = gpu.work(l)`,
      ),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['deadlock', 'leak'],
    holds: remedied,
    witness: {
      deadlock: reached((run) => run.program.name === 'none' && hangs(run) > 0),
      faultWaited: reached((run) => watchOf(run).faultWaited, 10),
    },
    faults: [
      'contract-032-no-preemption-in-fault',
      'contract-032-reserve-shared',
      'contract-032-reserves-too-late',
      'contract-032-flushes-fences-only',
    ],
  }),
  property({
    rules: ['CONTRACT-033'],
    plan: `A device that flushes never has work that faults while others can see a fence.
      - work, then a job; a job, then work; both at once; work with its fault open`,
    programs: [
      shared('work-first', 'remedy: flushes, full: true', BEFORE),
      shared('fault-open', 'remedy: flushes', WITH),
      shared(
        'job-first',
        'remedy: flushes',
        `a = gpu.submit(c, short, r); k = gpu.submit(l, faulting); fence.wait(a)
          s = fence.getStatus(a); task.sleep(60); w = gpu.work(l)`,
      ),
      program('both', {
        setup: `g = gpu.create(remedy: flushes); c = gpu.context(g); l = gpu.context(g, true)
          r = resv.create()`,
        tasks: {
          A: 'a = gpu.submit(c, short, r); fence.wait(a); s = fence.getStatus(a)',
          B: 'k = gpu.submit(l, faulting); task.sleep(60); w = gpu.work(l)',
        },
      }),
    ],
    schedules: RACING,
    forbids: ['deadlock', 'leak'],
    holds: both(livesTogether, (run) => {
      const { coexisted } = watchOf(run);
      return coexisted === null ? null : `${coexisted} runs while a fence is pending`;
    }),
    witness: { finished: reached((run) => resultNamed(run, 's') === 1, 4) },
    faults: ['contract-033-publishes-at-once', 'contract-033-queues-at-once'],
  }),
  property({
    rules: ['CONTRACT-034'],
    plan: `Fences of hardware of its own may be used while a fault is handled.
      - memory is moved by an engine for that; on the unit that has the fault it locks up`,
    programs: [
      shared(
        'engine',
        'copies: engine',
        'k = gpu.submit(l, faulting); task.sleep(80); w = gpu.work(l)',
      ),
      shared('engine-full', 'copies: engine, remedy: preempts, full: true', `${WITH}`),
      shared(
        'none',
        'copies: shared',
        'k = gpu.submit(l, faulting); task.sleep(80); w = gpu.work(l)',
      ),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['deadlock', 'leak', 'lockdep'],
    holds: (run) => {
      if (run.program.name === 'none') return locksUp(run);
      const { cycle } = watchOf(run);
      if (cycle !== null) return cycle;
      const work = resultNamed(run, 'w');
      return work === '1 finished, 0 killed' && hangs(run) === 0 ? null : String(work);
    },
    witness: {
      moved: reached((run) => watchOf(run).fences.length > 0, 3),
      deadlock: reached((run) => run.program.name === 'none' && hangs(run) > 0),
    },
    faults: ['contract-034-shared-unit'],
  }),
];
