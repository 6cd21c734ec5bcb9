import { resultNamed } from '../check/results.ts';
import { machine, SHOWN_THEN } from '../fault-matrix/pipeline.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/**
 * A camera with buffers of its own, which an engine reads where they are; three frames that the
 * engine writes and a screen shows.
 */
function pipeline(buffers: number): string {
  const numbers = Array.from({ length: buffers }, (_, number) => number);
  const imports = numbers.map((n) => `x${n} = vb2.export(c, ${n}); i${n} = zero.import(g, x${n})`);
  return `${machine(['a', 'b', 'k'])}; s = gfx.buffer(g)
    v = zero.camera(at: g, lineNs: 400000, periodNs: 1200000); c = vb2.open(v)
    n = vb2.request(c, ${buffers}); ${imports.join('; ')}
    ${numbers.map((n) => `vb2.queue(c, ${n})`).join('; ')}`;
}

/** What is done to a frame of the camera, and what is waited for. */
interface Turn {
  readonly number: number;
  readonly buffer: number;
  readonly frame: string;
  /** The commit that has replaced what was in the frame; none for the first uses. */
  readonly replacedBy?: number;
  /** The engine is slow with this one, and goes on when the client says so. */
  readonly isSlow?: boolean;
  /** The buffer goes back before the engine has read it. */
  readonly isHasty?: boolean;
}

/** Takes a frame, has it converted, shows it, and gives the buffer back when it was read. */
function turn({ number, buffer, frame, ...how }: Turn): string {
  const calls = [`q${number} = video.next(v, c)`];
  if (how.replacedBy !== undefined) calls.push(`fence.wait(f${how.replacedBy})`);
  if (how.isSlow === true) calls.push('gfx.await(g, s, 1)');
  calls.push(`e${number} = zero.convert(g, i${buffer}, ${frame})`);
  calls.push(`f${number} = pipe.commit(d, ${frame}, ${number}, fence: e${number})`);
  const goOn = how.isSlow === true ? ['gfx.sleep(3000000)', 'gfx.store(s, 0, 1)'] : [];
  const giveBack = `vb2.queue(c, ${buffer})`;
  const wait = `fence.wait(e${number})`;
  calls.push(...(how.isHasty === true ? [giveBack, ...goOn, wait] : [...goOn, wait, giveBack]));
  return calls.join('; ');
}

/** The screen is on with the first frame. */
const BEGIN = `vb2.streamOn(c); q1 = video.next(v, c); e1 = zero.convert(g, i0, a); fence.wait(e1)
  vb2.queue(c, 0); pipe.turnOn(d, a)`;
const END = `vb2.streamOff(c); ${SHOWN_THEN}; z = gfx.records(g)`;

function shown(buffers: number, turns: readonly Turn[], last: number): (name: string) => Program {
  const calls = `${BEGIN}; ${turns.map(turn).join('; ')}; fence.wait(f${last}); ${END}`;
  return (name) => program(name, { setup: pipeline(buffers), tasks: { A: calls } });
}

/** The second frame is read slowly. */
const SLOW: Turn = { number: 2, buffer: 1, frame: 'b', isSlow: true };
const THIRD: Turn = { number: 3, buffer: 0, frame: 'k' };
/** The first page is free when the commit that has replaced it has signaled. */
const FOURTH: Turn = { number: 4, buffer: 1, frame: 'a', replacedBy: 2 };

const MORE: readonly Turn[] = [
  { number: 2, buffer: 1, frame: 'b' },
  { number: 3, buffer: 2, frame: 'k', isSlow: true },
  { number: 4, buffer: 3, frame: 'a', replacedBy: 2 },
  { number: 5, buffer: 0, frame: 'b', replacedBy: 3 },
  { number: 6, buffer: 1, frame: 'k', replacedBy: 4 },
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
  // Where timers come at any moment a frame's number is inferred by who comes late without a bound, and a
  // job may be given up: then its frame is what it was.
  { rules: ['E2E-010', 'HW-CAM-001'], holds: isCaptured, isTimed: true },
  { rules: ['E2E-001', 'E2E-002'], holds: isShown, isTimed: true },
  { rules: ['E2E-004', 'E2E-005'], holds: isQuiet },
];

/** From the sensor to the screen, and nobody copies but the engine that converts. */
export const SCN_01: Scenario = scenario({
  name: 'scn-01',
  title: 'camera, engine and screen without a copy',
  text: `A camera stores frames in its buffers, and an engine reads them there and writes what the screen
    shows. A commit waits for the engine's fence; a buffer goes back to the camera when it was read,
    for the camera looks at no fence; and a frame is written again when the commit that has replaced
    it is on the screen. Each frame that is shown is one of the camera, whole, and later than the last.`,
  plays: [
    {
      program: shown(2, [SLOW, THIRD, FOURTH], 4),
      schedules: [drawn(1)],
      deeper: [drawn(15)],
      expectations: CLAIMS,
    },
    {
      size: 'normal',
      program: shown(4, MORE, 6),
      schedules: [drawn(1)],
      deeper: [drawn(8)],
      expectations: CLAIMS,
    },
  ],
  variants: [
    {
      name: 'no-wait',
      mistake: 'a buffer goes back to the camera while the engine still reads it',
      breaks: ['E2E-001'],
      with: { program: shown(2, [{ ...SLOW, isHasty: true }, THIRD], 3) },
    },
    {
      name: 'too-early',
      mistake: 'a frame is written again while it is on the screen',
      breaks: ['E2E-005'],
      with: { program: shown(2, [{ ...THIRD, number: 2, buffer: 1, frame: 'a' }], 2) },
    },
  ],
});
