import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Forbidden, type Scenario, scenario } from './scenario.ts';

const ETIME = -62;
const ECANCELED = -125;
/** Time-out, reset, and the service of what is behind. Unit: milliseconds after the start at 1000. */
const BOUND_MS = 60;

/**
 * A ring with a client that hangs and one that does not, a second engine that copies, and a screen
 * that shows the copy; page `o` is on the screen before. A frame has one line: of what a reset has
 * ended, some lines may be there and others not.
 */
function machine(options: string): string {
  return `g = gfx.create(${options}); h = gfx.create(${options}, at: g); d = disp.create(1, at: g)
    s = gfx.buffer(g); u = gfx.buffer(g); o = gfx.buffer(g); p = gfx.buffer(g)
    hs = gfx.share(h, s); hp = gfx.share(h, p); do = disp.share(d, o); dp = disp.share(d, p)
    gfx.store(o, 0, 1); gfx.store(o, 1, 1); gfx.store(s, 0, 1); gfx.store(s, 1, 1)`;
}

/** J1 draws, the other client's job comes behind it on the ring. */
function jobs(hang: string): string {
  return `gfx.context(g, 0); gfx.write(g, s, 2, 5)${hang}; j1 = gfx.submit(g)
    gfx.context(g, 0); gfx.write(g, u, 1, 9); ju = gfx.submit(g)`;
}

/**
 * J2 on the other engine reads what J1 has drawn; a commit of what J2 writes waits for it. No wait
 * before the end is bounded: in free time it could end early, and the screen be dark too soon.
 */
const PIPELINE = `w1 = fence.wait(j1); s1 = fence.getStatus(j1); gfx.context(h, 0)
  gfx.copy(h, hs, hp, 2); j2 = gfx.submit(h); f = disp.flip(d, dp, j2); w3 = fence.wait(f)
  s2 = fence.getStatus(j2); s3 = fence.getStatus(f); wu = fence.waitAny([ju], 100)
  su = fence.getStatus(ju); c = gfx.look(u, 0)`;
const LIT = 'disp.plane(d, do); disp.set(d, ENABLE, 1)';
const DARK = 't = clock.now(); disp.set(d, ENABLE, 0); disp.sleep(d, 4); z = disp.records(d)';

/** J1 hangs behind its drawing, and may take so many milliseconds, or as long as it wants. */
function hanging(timeout: number): (name: string) => Program {
  return (name) =>
    program(name, {
      setup: machine(`timeout: ${timeout}, fallback: -1, isDoorbellSure: true`),
      tasks: { A: `${LIT}; ${jobs('; gfx.plain(g, HANG)')}; ${PIPELINE}; ${DARK}` },
    });
}

/** Nature makes one mistake wherever it can: an engine that hangs, an interrupt that is lost. */
function anywhere(name: string): Program {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: machine('timeout: 10, fallback: 5'),
    tasks: { A: `${LIT}; ${jobs('')}; ${PIPELINE}; ${DARK}` },
  });
}

function statusOf(run: Run, name: string): unknown {
  return resultNamed(run, name);
}

/** Whoever hung is guilty, who was behind it is not, and everything else goes on. */
function isFair(run: Run): string | null {
  const [s1, s2, s3, su] = ['s1', 's2', 's3', 'su'].map((name) => statusOf(run, name));
  if (s1 !== ETIME) return `the job that hangs ends with ${String(s1)}`;
  if (su !== 1 && su !== ECANCELED) return `the other client's job ends with ${String(su)}`;
  return s2 === 1 && s3 === 1 ? null : `copy and screen end with ${String(s2)} and ${String(s3)}`;
}

/** With one mistake at some place each job is done, guilty, or in the way. */
function isAccounted(run: Run): string | null {
  const wrong = ['s1', 's2', 's3', 'su'].find((name) => {
    const status = statusOf(run, name);
    return status !== 1 && status !== ETIME && status !== ECANCELED;
  });
  return wrong === undefined ? null : `${wrong} is ${String(statusOf(run, wrong))}`;
}

/** What is not drawn is not said to be. */
function isHonest(run: Run): string | null {
  const isDrawn = statusOf(run, 'c') === 'gpu v0 f9 l0';
  return statusOf(run, 'su') !== 1 || isDrawn ? null : 'a job without an error has not drawn';
}

/** Nobody waits longer than a hundred milliseconds for anything. */
function hasEnded(run: Run): string | null {
  const open = ['s1', 's2', 's3', 'su'].find((name) => statusOf(run, name) === 0);
  return open === undefined ? null : `${open} says that it is not over yet`;
}

function isInTime(run: Run): string | null {
  const t = Number(statusOf(run, 't')) - 1000;
  return t <= BOUND_MS ? null : `the pipeline takes ${t} ms, and not ${BOUND_MS}`;
}

function isQuiet(run: Run): string | null {
  const z = statusOf(run, 'z');
  return z === '' ? null : `the oracle notes ${String(z)}`;
}

const HONEST: Expectation = { rules: ['E2E-010', 'HW-GPU-014'], holds: isHonest };
const ENDED: Expectation = { rules: ['E2E-008', 'E2E-009'], holds: hasEnded, isTimed: true };
const IN_TIME: Expectation = { rules: ['E2E-008'], holds: isInTime, isTimed: true };

/** Fences that never signal. */
const FORBIDDEN: Forbidden = { deadlock: ['E2E-008', 'E2E-009'], livelock: ['E2E-008'] };

/** A job hangs while others wait for it. */
export const SCN_06: Scenario = scenario({
  name: 'scn-06',
  title: 'hang in the middle of a pipeline',
  text: `A job hangs behind its drawing; another client's job is behind it on the ring, a job on another
    engine waits for it, and a commit waits for that. After the time-out the engine is reset: all its
    fences signal, the guilty one with -ETIME and the others with -ECANCELED or no error, and in bounded
    time. The other engine runs all the same, and the commit completes.`,
  plays: [
    {
      program: hanging(10),
      schedules: [drawn(2)],
      deeper: [drawn(40)],
      expectations: [
        { rules: ['E2E-009', 'HW-GPU-012'], holds: isFair, isTimed: true },
        HONEST,
        ENDED,
        IN_TIME,
        { rules: ['E2E-006'], holds: isQuiet },
      ],
      forbids: FORBIDDEN,
    },
    {
      size: 'normal',
      program: anywhere,
      schedules: [drawn(3)],
      deeper: [drawn(100)],
      expectations: [
        { rules: ['E2E-009'], holds: isAccounted, isTimed: true },
        HONEST,
        ENDED,
        IN_TIME,
      ],
      forbids: FORBIDDEN,
    },
  ],
  variants: [
    {
      name: 'no-recovery',
      mistake: 'jobs have no time-out',
      breaks: ['E2E-008'],
      with: { program: hanging(-1) },
    },
    {
      name: 'forgets-others',
      mistake: 'the reset ends the guilty job only',
      fault: 'hw-gpu-012-forgets-others',
      breaks: ['E2E-008', 'E2E-009', 'E2E-013'],
    },
    {
      name: 'blame-all',
      mistake: 'every job that a reset ends is to blame',
      fault: 'e2e-blame-all',
      breaks: ['E2E-014'],
    },
    {
      name: 'no-error',
      mistake: 'jobs that a reset has ended carry no error',
      fault: 'hw-gpu-014-no-error',
      breaks: ['E2E-010'],
    },
  ],
});
