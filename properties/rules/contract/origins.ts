import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { BY_THE_CLOCK, RACING } from './schedules.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { ORIGINS } from '../../test-device/fence-origins.ts';
import { hangs, none, watchOf } from './evidence.ts';

function alone(name: string, calls: string): Program {
  const setup = `g = gpu.create(); c = gpu.context(g); l = gpu.context(g, true); r = resv.create()`;
  return program(name, { setup, tasks: { A: calls } });
}

/** Properties about what may stand behind a fence, and about how long it is needed. */
export const ORIGIN_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-027'],
    plan: `There is a fence only for work that was submitted, never for what user space decides about.
      - something in the future, a point that nobody has submitted, a fence of user space, the end of
        work that runs for ever; control: a job`,
    programs: [
      ...ORIGINS.map((origin) =>
        alone(origin, `a = gpu.request(c, ${origin}, r); t = resv.test(r, BOOKKEEP)`),
      ),
      alone('job', 'a = gpu.submit(c, short, r); t = resv.test(r, BOOKKEEP)'),
    ],
    holds: both(
      results({
        ...Object.fromEntries(ORIGINS.map((origin) => [origin, { a: -22, t: true }])),
        job: { a: 0, t: false },
      }),
      (run) =>
        none(
          'nothing is behind',
          watchOf(run)
            .fences.filter(({ publishedAt, hadJob }) => publishedAt !== null && !hadJob)
            .map(({ fence }) => fence.label),
        ),
    ),
    witness: {
      refused: reached((run) => resultNamed(run, 'a') === -22, 4),
      hadJob: reached((run) => watchOf(run).fences.some(({ hadJob }) => hadJob)),
    },
    faults: ORIGINS.map((origin) => `contract-027-${origin}`),
  }),
  property({
    rules: ['CONTRACT-028'],
    plan: `A time-out makes no fence of what user space decides about.
      - each of the four, with a time-out`,
    programs: ORIGINS.map((origin) =>
      alone(origin, `a = gpu.request(c, ${origin}, r, true); t = resv.test(r, BOOKKEEP)`),
    ),
    holds: results(Object.fromEntries(ORIGINS.map((origin) => [origin, { a: -22, t: true }]))),
    witness: { refused: reached((run) => resultNamed(run, 'a') === -22, 4) },
    faults: ['contract-028-time-out-is-enough'],
  }),
  property({
    rules: ['CONTRACT-029'],
    plan: `User space may wait for fences before it does something, and no fence waits for that.
      - user space waits for a job, and then asks for a fence of what it will do`,
    programs: ORIGINS.map((origin) =>
      alone(
        origin,
        `a = gpu.submit(c, short, r); gpu.userWaits(g, a); b = gpu.request(c, ${origin}, r)
          fence.wait(a)`,
      ),
    ),
    schedules: BY_THE_CLOCK,
    holds: (run) => {
      const { waitedForUser, cycle } = watchOf(run);
      return waitedForUser === null ? cycle : `${waitedForUser} waits for user space`;
    },
    witness: { userWaited: reached((run) => watchOf(run).userWaits.length > 0, 4) },
    faults: ['contract-027-user'],
  }),
  property({
    rules: ['CONTRACT-030'],
    plan: `Work that may run for ever has no fence at its end: others find nothing of it in a shared
      buffer, and nobody gives it up because it takes long.
      - work that never ends, and work that ends, on a context for it; control: another context`,
    programs: [
      alone(
        'endless',
        'k = gpu.submit(l, endless, r); t = resv.test(r, BOOKKEEP); task.sleep(60); w = gpu.work(l)',
      ),
      alone(
        'short',
        'k = gpu.submit(l, short, r); t = resv.test(r, BOOKKEEP); task.sleep(60); w = gpu.work(l)',
      ),
      alone(
        'control',
        'k = gpu.submit(c, short, r); t = resv.test(r, BOOKKEEP); task.sleep(60); w = gpu.work(l)',
      ),
    ],
    schedules: BY_THE_CLOCK,
    holds: both(
      results({
        endless: { k: 'no fence', t: true, w: '0 finished, 0 killed' },
        short: { k: 'no fence', t: true, w: '1 finished, 0 killed' },
        control: { k: 0, t: false, w: '0 finished, 0 killed' },
      }),
      (run) => (hangs(run) === 0 ? null : 'work without a fence was given up'),
    ),
    witness: { noFence: reached((run) => resultNamed(run, 'k') === 'no fence', 2) },
    faults: ['contract-030-end-of-batch', 'contract-030-takes-part'],
  }),
  property({
    rules: ['CONTRACT-035'],
    plan: `A driver stays while anybody refers to one of its fences, signaled or not.
      - unloads while a job runs, while its fence is only referred to, and afterwards
      - an unload at any moment of a call that asks the driver, and of the last drop`,
    programs: [
      alone(
        'stays',
        `a = gpu.submit(c, short); u = gpu.unload(g); fence.wait(a); task.sleep(1)
          v = gpu.unload(g); n = fence.describe(a); fence.put(a); w = gpu.unload(g)`,
      ),
      program('asks', {
        setup: 'g = gpu.create(); c = gpu.context(g); a = gpu.submit(c, short)',
        tasks: { A: 'fence.wait(a); n = fence.describe(a)', B: 'task.sleep(3); u = gpu.unload(g)' },
      }),
      program('drops', {
        setup: 'g = gpu.create(); c = gpu.context(g); a = gpu.submit(c, short)',
        tasks: {
          A: 'fence.wait(a); p = fence.isSignaled(a); fence.put(a)',
          B: 'task.sleep(3); u = gpu.unload(g)',
        },
      }),
    ],
    schedules: RACING,
    forbids: ['use-after-free', 'leak'],
    holds: (run) => {
      if (run.program.name !== 'stays') return null;
      const found = ['u', 'v', 'w'].map((name) => resultNamed(run, name)).join(' ');
      return found === '-16 -16 0' ? null : `unloads: ${found}`;
    },
    witness: {
      refused: reached((run) => resultNamed(run, 'u') === -16, 3),
      unloaded: reached((run) => resultNamed(run, 'u') === 0 || resultNamed(run, 'w') === 0, 2),
    },
    faults: ['contract-035-only-pending', 'contract-035-never-looks'],
  }),
];
