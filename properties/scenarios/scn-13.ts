import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Schedules } from '../run/explore.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Forbidden, type Scenario, scenario } from './scenario.ts';

const ETIME = -62;
/** Time-out, fallback and reset of an engine, and frames of the screen. Unit: milliseconds. */
const BOUND_MS = 80;
/** Three frames, and the last steps of one. Unit: milliseconds. */
const CAMERA_BOUND_MS = 6;

/** An engine and a screen of one machine; their interrupts go to two processors. */
const MACHINE = `g = gfx.create(timeout: 20, fallback: 5); d = disp.create(at: g); b = gfx.buffer(g)
  c = gfx.buffer(g); o = gfx.buffer(g); p = gfx.buffer(g); do = disp.share(d, o)
  dp = disp.share(d, p); gfx.store(o, 0, 1); gfx.store(o, 1, 1)
  gfx.store(p, 0, 2); gfx.store(p, 1, 2); disp.plane(d, do)
  disp.set(d, ENABLE, 1)`;

/** Two jobs; each must have drawn when its fence says so. */
const JOBS = `gfx.context(g, 0); gfx.write(g, b, 1, 3); e = gfx.submit(g); gfx.context(g, 0)
  gfx.write(g, c, 1, 4); f = gfx.submit(g)`;
const SEEN = `we = fence.wait(e); x = gfx.look(b, 0); se = fence.getStatus(e); wf = fence.wait(f)
  y = gfx.look(c, 0); sf = fence.getStatus(f); t = clock.now()`;
const FLIP = `n = disp.get(d, FRAME_COUNT); h = disp.flip(d, dp); wh = fence.waitAny([h], 200); sh = fence.getStatus(h)
  m = disp.get(d, FRAME_COUNT); a = disp.get(d, ACTIVE0.ADDR); q = disp.get(d, SHADOW0.ADDR)`;

/** One interrupt is lost, late or too many, or another mistake is made, wherever that can be. */
function oneMistake(name: string): Program {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: MACHINE,
    tasks: { A: `${JOBS}; ${SEEN}`, B: FLIP },
  });
}

/** The same with the engine only, whose jobs may take as long as they want. */
function engineOnly(name: string): Program {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: 'g = gfx.create(timeout: -1, fallback: 5, isDoorbellSure: true)',
    tasks: { A: 'gfx.plain(g, NOP); e = gfx.submit(g); we = fence.wait(e)' },
  });
}

/** The same with the screen only. */
function screenOnly(name: string): Program {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: `d = disp.create(); do = disp.buffer(d, 1); dp = disp.buffer(d, 2); disp.plane(d, do)
      disp.set(d, ENABLE, 1)`,
    tasks: { B: FLIP },
  });
}

/** Interrupts that nobody has asked for, at any moment, and no other mistake. */
function storm(name: string): Program {
  return program(name, {
    setup: MACHINE,
    tasks: {
      A: `gfx.context(g, 0); gfx.write(g, b, 40, 3); e = gfx.submit(g); gfx.spurious(g)
        gfx.context(g, 0); gfx.write(g, c, 1, 4); f = gfx.submit(g); ${SEEN}`,
      B: `n = disp.get(d, FRAME_COUNT); h = disp.flip(d, dp); disp.spurious(d)
        wh = fence.waitAny([h], 200); sh = fence.getStatus(h); m = disp.get(d, FRAME_COUNT); a = disp.get(d, ACTIVE0.ADDR)
        q = disp.get(d, SHADOW0.ADDR)`,
    },
  });
}

/** A camera with three buffers, of which two are waited for: the third one's interrupt is a later one. */
function cameraOnly(name: string): Program {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: `p = hw.platform(); v = zero.camera(at: p, lineNs: 400000, periodNs: 1200000)
      c = vb2.open(v); n = vb2.request(c, 3); vb2.queue(c, 0); vb2.queue(c, 1); vb2.queue(c, 2)`,
    tasks: {
      A: `vb2.streamOn(c); q1 = video.next(v, c); q2 = video.next(v, c); t = clock.now()
        vb2.streamOff(c)`,
    },
  });
}

/** Both frames have come, in order, and one that is not marked is whole. */
function isCaptured(run: Run): string | null {
  const texts = ['q1', 'q2'].map((name) => String(resultNamed(run, name)));
  const numbers = texts.map((text) => {
    const [, buffer, flags, number, lines] = /^(\d) (\S+) #(\d+) (\S+)$/.exec(text) ?? [];
    const isWhole = lines === `${number}.${number}` || flags === 'done+error';
    return isWhole && buffer !== undefined ? Number(number) : Number.NaN;
  });
  const [first = Number.NaN, second = Number.NaN] = numbers;
  return first < second || texts.some((text) => text.includes('error'))
    ? null
    : `the frames are ${texts.join(' and ')}`;
}

/** The next frame brings what the one before has lost. */
function isCapturedInTime(run: Run): string | null {
  const t = Number(resultNamed(run, 't')) - 1000;
  return t <= CAMERA_BOUND_MS ? null : `two frames take ${t} ms, and not ${CAMERA_BOUND_MS}`;
}

/** A fence that says "done" is of a job that has drawn. */
function isDrawn(run: Run): string | null {
  const wrong = [
    ['se', 'x', 'gpu v0 f3 l0'],
    ['sf', 'y', 'gpu v0 f4 l0'],
  ].find(
    ([status = '', line = '', text]) =>
      resultNamed(run, status) === 1 && resultNamed(run, line) !== text,
  );
  return wrong === undefined
    ? null
    : `behind the fence there is ${String(resultNamed(run, wrong[1] ?? ''))}`;
}

/** Only an engine that hangs fails a job. */
function isDone(run: Run): string | null {
  const hangs = run.sightings.some(({ name }) => name === 'hang');
  const statuses = ['se', 'sf'].map((name) => resultNamed(run, name));
  if (statuses.every((status) => status === 1)) return null;
  return hangs && statuses.includes(ETIME) ? null : `the jobs end with ${statuses.join(' and ')}`;
}

function isInTime(run: Run): string | null {
  const t = Number(resultNamed(run, 't')) - 1000;
  return t <= BOUND_MS ? null : `the jobs take ${t} ms, and not ${BOUND_MS}`;
}

/** The event of a flip comes with a frame, and that frame shows the new page. */
function isShown(run: Run): string | null {
  const [n, m, a, q, sh] = ['n', 'm', 'a', 'q', 'sh'].map((name) => resultNamed(run, name));
  if (sh !== 1) return 'nobody hears of the flip';
  return m !== n && a === q ? null : 'the flip is told of before the page is shown';
}

const SHOWN: Expectation = { rules: ['E2E-003', 'E2E-005'], holds: isShown, isTimed: true };

/** Nature makes its mistake at each place where it can. */
const EACH_PLACE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 1, runsMax: 150 }];

const CLAIMS: readonly Expectation[] = [
  { rules: ['E2E-004'], holds: isDrawn },
  { rules: ['E2E-008'], holds: isInTime, isTimed: true },
  { rules: ['E2E-010'], holds: isDone, isTimed: true },
  SHOWN,
];

const FORBIDDEN: Forbidden = { deadlock: ['E2E-008'] };

/** Interrupts are hints. */
export const SCN_13: Scenario = scenario({
  name: 'scn-13',
  title: 'interrupt storm and loss',
  text: `An engine works and a screen flips; one interrupt is lost, late, or comes for nothing, at any
    occurrence. Fences signal in bounded time all the same, by fallback timer or with the next
    frame; none signals for an interrupt that means nothing, and none twice. Frames of a camera come
    back with the next one's interrupt.`,
  plays: [
    {
      program: storm,
      schedules: [drawn(3)],
      deeper: [drawn(80)],
      expectations: CLAIMS,
      forbids: FORBIDDEN,
    },
    {
      size: 'normal',
      program: oneMistake,
      schedules: [drawn(6)],
      deeper: [drawn(160)],
      expectations: CLAIMS,
      forbids: FORBIDDEN,
    },
    {
      name: 'camera',
      program: cameraOnly,
      schedules: [drawn(4)],
      deeper: [drawn(80)],
      expectations: [
        // Numbers are inferred by who comes late, which no bound says where time is free.
        { rules: ['E2E-010', 'HW-CAM-004'], holds: isCaptured, isTimed: true },
        { rules: ['HW-CAM-004'], holds: isCapturedInTime, isTimed: true },
      ],
      forbids: FORBIDDEN,
    },
  ],
  variants: [
    {
      name: 'no-fallback',
      mistake: 'only interrupts tell of jobs',
      fault: 'hw-gpu-009-no-fallback',
      like: 'normal',
      breaks: ['E2E-008'],
      with: { program: engineOnly, expectations: [], schedules: EACH_PLACE },
    },
    {
      name: 'believes-engine',
      mistake: 'any interrupt of the engine ends a job',
      fault: 'hw-gpu-008-believes',
      breaks: ['E2E-004'],
    },
    {
      name: 'believes-screen',
      mistake: 'any interrupt of the screen ends a flip',
      fault: 'hw-disp-010-believes',
      breaks: ['E2E-003'],
    },
    {
      name: 'this-frame-only',
      mistake: 'a flip is told of with its own frame, or never',
      fault: 'hw-disp-009-this-frame-only',
      like: 'normal',
      breaks: ['E2E-003'],
      with: { program: screenOnly, expectations: [SHOWN], schedules: EACH_PLACE },
    },
  ],
});
