import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { BY_THE_CLOCK, RACING } from './schedules.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { HANG_JIFFIES } from '../../test-device/options.ts';
import { hangs, none, watchOf } from './evidence.ts';

/** No fence of the device is pending for longer. Unit: jiffies. */
const BOUND_JIFFIES = 3 * HANG_JIFFIES;

function device(options: string): string {
  return `g = gpu.create(${options}); c = gpu.context(g); d = gpu.context(g); r = resv.create()`;
}

function alone(name: string, options: string, calls: string): Program {
  return program(name, { setup: device(options), tasks: { A: calls } });
}

/** Two contexts, one of which hangs with others behind it; then who comes what. */
const HANG = `a = gpu.submit(c, endless, r); b = gpu.submit(c, short, r); e = gpu.submit(d, short, r)
  fence.wait(e); s = fence.getStatus(a); t = fence.getStatus(b); u = fence.getStatus(e)
  x = gpu.submit(c, short); y = gpu.submit(d, short)`;

/** Properties about progress: fences end, whoever does what, and only their issuers end them. */
export const PROGRESS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-001'],
    plan: `Every fence that others can see ends within a bound, though user space does nothing more.
      - short jobs, one that tells nobody that it is done, one that never ends, all together
      - one whose submission races with another, more than the ring holds
      - work without fences that never ends beside them; memory that runs out`,
    programs: [
      alone('jobs', '', 'a = gpu.submit(c, short, r); b = gpu.submit(d, short, r)'),
      alone('polled', '', 'a = gpu.submit(c, polled, r)'),
      alone('endless', '', 'a = gpu.submit(c, endless, r)'),
      alone(
        'gentle',
        'recovery: preferred',
        'a = gpu.submit(c, endless, r); b = gpu.submit(d, polled)',
      ),
      alone('no-reset', 'recovery: preferred, resets: false', 'a = gpu.submit(c, endless, r)'),
      alone(
        'full-ring',
        'recovery: preferred',
        `a = gpu.submit(c, short); b = gpu.submit(d, endless); x = gpu.submit(c, short)
          y = gpu.submit(c, short, r)`,
      ),
      program('two-tasks', {
        setup: device(''),
        tasks: { A: 'a = gpu.submit(c, short, r)', B: 'b = gpu.submit(d, short, r)' },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: device(''),
        tasks: { A: 'a = gpu.submit(c, short, r)' },
      }),
    ],
    schedules: RACING,
    forbids: ['deadlock', 'leak'],
    holds: (run) => none('late', watchOf(run).late(BOUND_JIFFIES)),
    witness: {
      ended: reached((run) => watchOf(run).fences.length > 0, 8),
      recovered: reached((run) => hangs(run) > 0, 3),
    },
    faults: ['contract-001-polled-only', 'contract-001-next-tells'],
  }),
  property({
    rules: ['CONTRACT-002'],
    plan: `A job that never ends is given up after a while, and its fence ends with an error.
      - with each kind of recovery, alone, and behind a good one`,
    programs: [
      alone('minimum', '', 'a = gpu.submit(c, endless, r); fence.wait(a); s = fence.getStatus(a)'),
      alone(
        'preferred',
        'recovery: preferred',
        'a = gpu.submit(c, endless, r); fence.wait(a); s = fence.getStatus(a)',
      ),
      alone(
        'behind',
        'recovery: preferred',
        `b = gpu.submit(d, short); a = gpu.submit(c, endless, r); fence.wait(a)
          s = fence.getStatus(a)`,
      ),
    ],
    forbids: ['deadlock'],
    holds: both(results({ minimum: { s: -5 }, preferred: { s: -62 }, behind: { s: -62 } }), (run) =>
      none('late', watchOf(run).late(HANG_JIFFIES)),
    ),
    witness: { recovered: reached((run) => hangs(run) === 1, 3) },
    faults: ['contract-002-no-time-out', 'contract-002-no-error', 'contract-002-again-and-again'],
  }),
  property({
    rules: ['CONTRACT-003'],
    plan: `The least recovery: nothing more is taken, and all fences in flight end with an error.
      - a device that knows no better, and one that cannot be reset
      - fences of both contexts, of the job that hangs and of those behind it`,
    programs: [
      alone('minimum', '', HANG),
      alone('no-reset', 'recovery: preferred, resets: false', HANG),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['deadlock', 'leak'],
    holds: both(
      results({
        minimum: { s: -5, t: -5, u: -5, x: -5, y: -5 },
        'no-reset': { s: -5, t: -5, u: -5, x: -5, y: -5 },
      }),
      (run) => none('late', watchOf(run).late(HANG_JIFFIES)),
    ),
    witness: { recovered: reached((run) => hangs(run) === 1, 2) },
    faults: ['contract-003-only-first', 'contract-003-still-open', 'contract-003-needs-reset'],
  }),
  property({
    rules: ['CONTRACT-004'],
    plan: `The better recovery: the context that hangs loses its jobs, and all others lose nothing.
      - jobs of both contexts behind the one that hangs; submissions afterwards`,
    programs: [alone('preferred', 'recovery: preferred', HANG)],
    schedules: BY_THE_CLOCK,
    forbids: ['deadlock', 'leak'],
    holds: results({ preferred: { s: -62, t: -125, u: 1, x: -125, y: 0 } }),
    witness: { recovered: reached((run) => hangs(run) === 1) },
    faults: ['contract-004-all-contexts', 'contract-004-not-banned', 'contract-004-wrong-context'],
  }),
  property({
    rules: ['CONTRACT-005'],
    plan: `Who waits may give up, and completes nothing by that: only the issuer does, or the core when
      the issuer has said that it is done.
      - timed waits for one, for any of two, for all of a reservation; poll while it runs
      - a poll and a wait that find it done`,
    programs: [
      alone(
        'gives-up',
        '',
        `a = gpu.submit(c, short, r); w = fence.waitTimeout(a, 1); s = fence.getStatus(a)
          fence.wait(a); t = fence.getStatus(a)`,
      ),
      alone(
        'any',
        '',
        `a = gpu.submit(c, short, r); b = gpu.submit(d, short); w = fence.waitAny([a, b], 1)
          s = fence.getStatus(a); fence.wait(b); t = fence.getStatus(a)`,
      ),
      alone(
        'all',
        '',
        `a = gpu.submit(c, short, r); w = resv.wait(r, READ, 1); s = fence.getStatus(a)
          fence.wait(a); t = fence.getStatus(a)`,
      ),
      alone(
        'polls',
        '',
        `a = gpu.submit(c, polled, r); p = fence.isSignaled(a); w = fence.waitTimeout(a, 5)
          s = fence.isSignaled(a); t = fence.getStatus(a)`,
      ),
    ],
    forbids: ['deadlock'],
    holds: both(
      results({
        'gives-up': { w: 0, s: 0, t: 1 },
        any: { w: 0, s: 0, t: 1 },
        all: { w: 0, s: 0, t: 1 },
        polls: { p: false, w: 0, s: true, t: 1 },
      }),
      (run) => none('completed by strangers', watchOf(run).strangers),
    ),
    witness: {
      gaveUp: reached((run) => resultNamed(run, 'w') === 0, 4),
      foundDone: reached((run) => resultNamed(run, 's') === true),
    },
    faults: [
      'contract-005-wait-completes',
      'contract-005-any-completes',
      'contract-005-reservation-completes',
    ],
  }),
  property({
    rules: ['CONTRACT-006'],
    plan: `Fences of a context complete in their order, also when they are given up.
      - three jobs that run; three behind one that hangs, with each kind of recovery
      - two tasks that submit to one context`,
    programs: [
      alone(
        'runs',
        '',
        'a = gpu.submit(c, short); b = gpu.submit(c, short); e = gpu.submit(c, short)',
      ),
      alone(
        'minimum',
        '',
        'a = gpu.submit(c, endless); b = gpu.submit(c, short); e = gpu.submit(c, short)',
      ),
      alone(
        'preferred',
        'recovery: preferred',
        'a = gpu.submit(c, endless); b = gpu.submit(c, short); e = gpu.submit(c, short)',
      ),
      alone(
        'polled',
        '',
        'a = gpu.submit(c, polled); b = gpu.submit(c, short); s = fence.isSignaled(b)',
      ),
      program('two-tasks', {
        setup: device(''),
        tasks: { A: 'a = gpu.submit(c, short)', B: 'b = gpu.submit(c, short)' },
      }),
    ],
    schedules: RACING,
    holds: (run) => none('before earlier ones', watchOf(run).unordered),
    witness: {
      several: reached((run) => watchOf(run).fences.length > 1, 5),
      recovered: reached((run) => hangs(run) > 0, 2),
    },
    faults: [
      'contract-006-newest-first',
      'contract-006-guilty-first',
      'contract-006-hardware-any-order',
    ],
  }),
];
