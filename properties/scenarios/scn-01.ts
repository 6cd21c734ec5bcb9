import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { type Allowed, drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** Pictures that the card draws and the screen shows; both know each under a handle of their own. */
const FRAMES = ['a', 'b', 'k'];

function frame(name: string): string {
  return `${name} = dumb.create(o, 16, 16); p${name} = prime.export(o, ${name})
    s${name} = prime.import(e, p${name}); sys.close(p${name}); f${name} = kms.framebuffer(e, s${name})`;
}

/** A buffer of the camera, which the card imports. */
function capture(number: number): string {
  return `x${number} = vb2.export(c, ${number}); i${number} = prime.import(o, x${number})
    sys.close(x${number}); vb2.queue(c, ${number})`;
}

/**
 * A camera, a card and a screen, each behind its device file, and a client that takes buffers from one
 * to the other as dma-bufs.
 */
function pipeline(buffers: number): string {
  const numbers = Array.from({ length: buffers }, (_, number) => number);
  return `g = card.create(timeout: -1, fallback: -1, isDoorbellSure: true, isQuiet: true)
    d = screen.create(g); o = drm.open(g.device); e = drm.open(d); kms.setCap(e)
    ${FRAMES.map(frame).join('; ')}; t = sys.timeline(); r = sys.createFence(t, 1); u = kms.word()
    v = zero.camera(at: g, lineNs: 400000, periodNs: 1200000); c = vb2.open(v)
    n = vb2.request(c, ${buffers}); ${numbers.map(capture).join('; ')}`;
}

/** What is done to a frame of the camera, and what is waited for. */
interface Turn {
  readonly number: number;
  readonly buffer: number;
  readonly frame: string;
  /** The card has other work first, which is done when the client says so: so long after. */
  readonly slowNs?: number;
  /** The buffer goes back before the card has read it. */
  readonly isHasty?: boolean;
}

/** The card makes a picture of a frame of the camera; `after` is a fence that it waits for. */
function convert({ number, buffer, frame: to }: Turn, after = ''): string {
  return `q${number} = video.next(v, c)
    e${number} = card.submit(o, copy, reads: [i${buffer}], writes: [${to}], lines: 2, outFence: true${after})`;
}

/**
 * Takes a frame, has it converted, shows it, and gives the buffer back when nobody reads it any more.
 * One commit at a time: a picture is drawn again two commits behind its own, and so it was replaced.
 */
function turn({ slowNs = 0, isHasty = false, ...one }: Turn): string {
  const { number, buffer, frame: to } = one;
  const before = number > 2 ? `fence.wait(h${number - 1}.fence); ` : '';
  const show = `${before}w${number} = kms.show(e, f${to}, fence: e${number}, out: u, flags: nonblock)
    h${number} = kms.fence(u)`;
  const goOn = slowNs > 0 ? [`gfx.sleep(${slowNs})`, 'sys.inc(t, 1)'] : [];
  const giveBack = `vb2.queue(c, ${buffer})`;
  const wait = `card.wait(o, i${buffer}, timeout: -1)`;
  const rest = isHasty ? [giveBack, ...goOn, wait] : [...goOn, wait, giveBack];
  return [convert(one, slowNs > 0 ? ', inFence: r' : ''), show, ...rest].join('; ');
}

/** The screen is on with the first frame. */
const BEGIN = `vb2.streamOn(c); ${convert({ number: 1, buffer: 0, frame: 'a' })}; card.wait(o, i0, timeout: -1)
  vb2.queue(c, 0); l = kms.light(e, fa, out: u); j = kms.fence(u); fence.wait(j.fence)`;
const END = `vb2.streamOff(c); screen.sleep(d, 3); kms.darken(e); x = screen.shown(d)
  z = card.records(g)`;

function shown(buffers: number, turns: readonly Turn[], last: number): (name: string) => Program {
  const calls = `${BEGIN}; ${turns.map(turn).join('; ')}; fence.wait(h${last}.fence); ${END}`;
  return (name) => program(name, { setup: pipeline(buffers), tasks: { A: calls } });
}

/** Until the camera is in the middle of a frame that it stores where it may. */
const SLOW_NS = 1_800_000;
/** Until the screen has read the first line of a picture. */
const SCANNED_NS = 1_200_000;

/** The second frame is read slowly. */
const SLOW: Turn = { number: 2, buffer: 1, frame: 'b', slowNs: SLOW_NS };
const THIRD: Turn = { number: 3, buffer: 0, frame: 'k' };
const FOURTH: Turn = { number: 4, buffer: 1, frame: 'a' };

const MORE: readonly Turn[] = [
  { number: 2, buffer: 1, frame: 'b' },
  { number: 3, buffer: 2, frame: 'k', slowNs: SLOW_NS },
  { number: 4, buffer: 3, frame: 'a' },
  { number: 5, buffer: 0, frame: 'b' },
  { number: 6, buffer: 1, frame: 'k' },
];

/** Each frame of the camera is whole, and of a later moment than the one before. */
function isCaptured(run: Run): string | null {
  let last = 0;
  for (const { call } of run.calls) {
    const { out } = call;
    if (out === undefined || !/^q\d$/.test(out)) continue;
    const text = String(resultNamed(run, out));
    const [, number = '', lines = ''] = /^\d done #(\d+) (\S+)$/.exec(text) ?? [];
    if (lines !== `${number}.${number}`) return `${out} is ${text}`;
    if (Number(number) <= last) return `frame ${number} comes behind ${last}`;
    last = Number(number);
  }
  return last > 0 ? null : 'no frame has come';
}

/** Each frame that is shown is one of the camera, and none comes behind a later one. */
function isShown(run: Run): string | null {
  const text = String(resultNamed(run, 'x'));
  const frames = text.split(' ').map((frame) => frame.split('.'));
  if (frames.some((lines) => new Set(lines).size !== 1)) return `a frame of two: ${text}`;
  const numbers = frames.map(([first]) => Number(first));
  const goesBack = numbers.some((number, at) => number < (numbers[at - 1] ?? 1));
  return goesBack || numbers.some(Number.isNaN) ? `frames out of order: ${text}` : null;
}

function isQuiet(run: Run): string | null {
  const z = resultNamed(run, 'z');
  return z === '' ? null : `the oracle notes ${String(z)}`;
}

const CLAIMS: readonly Expectation[] = [
  // A driver that comes late without a bound can only infer what number a frame has.
  { rules: ['E2E-010', 'HW-CAM-001'], holds: isCaptured, isTimed: true },
  { rules: ['E2E-001', 'E2E-002'], holds: isShown },
  { rules: ['E2E-004', 'E2E-005'], holds: isQuiet },
];

/** A commit gives up waiting for the one before after ten seconds, and warns. */
const FLIPS: readonly Allowed[] = [{ judge: 'warn', says: 'flip_done timed out' }];

/** From the sensor to the screen, and nobody copies but the card that converts. */
export const SCN_01: Scenario = scenario({
  name: 'scn-01',
  title: 'camera, card and screen without a copy',
  text: `A camera stores frames in its buffers; a card imports these, reads them where they are, and writes
    what the screen shows. A commit waits for the card's fence; a buffer goes back to the camera when it
    was read, for the camera looks at no fence; and a picture is written again when the commit that has
    replaced it is on the screen. Each one that is shown is a frame of the camera, whole, and later than
    the last.`,
  plays: [
    {
      program: shown(2, [SLOW, THIRD, FOURTH], 4),
      schedules: [drawn(1)],
      deeper: [drawn(15)],
      expectations: CLAIMS,
      allowsInFreeTime: FLIPS,
    },
    {
      size: 'normal',
      program: shown(4, MORE, 6),
      schedules: [drawn(1)],
      deeper: [drawn(8)],
      expectations: CLAIMS,
      allowsInFreeTime: FLIPS,
    },
  ],
  variants: [
    {
      name: 'no-wait',
      mistake: 'a buffer goes back to the camera while the card still reads it',
      breaks: ['E2E-001'],
      with: { program: shown(2, [{ ...SLOW, isHasty: true }, THIRD], 3) },
    },
    {
      name: 'too-early',
      mistake: 'a frame is written again while it is on the screen',
      breaks: ['E2E-005'],
      with: { program: shown(2, [{ ...SLOW, slowNs: SCANNED_NS, frame: 'a' }], 2) },
    },
  ],
});
