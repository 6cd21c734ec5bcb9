import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { happened, type MatrixRow } from './row.ts';

const DISTURBED = { hardwareFaultsMax: 1 };

/** A camera with buffers, all of them queued. */
function filming(buffers: number, camera = 'isQuiet: true'): string {
  const queued = Array.from({ length: buffers }, (_, index) => `vb2.queue(c, ${index})`);
  return `v = cam.create(${camera}); c = vb2.open(v); n = vb2.request(c, ${buffers}); ${queued.join('; ')}`;
}

/** A codec, and sources that show 5 and 6. */
function decoding(codec: string): string {
  return `v = codec.create(2, isQuiet: true, lines: 1${codec}); c = vb2.open(v)
    n = vb2.request(c, 2, type: output); m = vb2.request(c, 2); video.draw(v, 0, 5, output)
    vb2.queue(c, 0, type: output); video.draw(v, 1, 6, output); vb2.streamOn(c, output)
    vb2.queue(c, 0)`;
}

/** One picture. */
const PICTURE = 'vb2.streamOn(c); a = video.next(v, c)';

function hasFlag(run: Run, name: string): boolean {
  return String(resultNamed(run, name)).includes('+error');
}

/** So many starts of frames without a place, before the last frame that was stored. */
export function dropped(run: Run): number {
  const names = run.sightings.map(({ name }) => name);
  return names.slice(0, names.lastIndexOf('sof')).filter((name) => name === 'overrun').length;
}

/** Which frame a result is of: `1 done #5 5.5`. */
export function frameOf(run: Run, name: string): number {
  return Number(/#(\d+)/.exec(String(resultNamed(run, name)))?.[1] ?? Number.NaN);
}

/** Two frames were done before anybody looked. */
function wasUnheard(run: Run): boolean {
  const kinds = new Set(['camera latch', 'interruptLine deliver']);
  const moments = run.sightings.map(({ object, name }) => `${object.kind} ${name}`);
  const [first, second] = moments.filter((moment) => kinds.has(moment));
  return first === 'camera latch' && second === 'camera latch';
}

/** More streams whose frames must add up. */
export const CAPTURES: readonly Program[] = [
  // Stopped with a frame that nobody has taken, and in the middle of one; and started again.
  program('restarted', {
    setup: filming(2),
    tasks: {
      A: `vb2.streamOn(c); gfx.sleep(9000000); vb2.streamOff(c); vb2.queue(c, 0); vb2.queue(c, 1)
        vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c)`,
    },
  }),
  // A frame is dropped behind one that the driver has not heard of.
  program('dropped', {
    setup: `v = cam.create(isQuiet: true); c = vb2.open(v); n = vb2.request(c, 2); vb2.queue(c, 0)`,
    tasks: {
      A: `video.mask(v); vb2.streamOn(c); gfx.sleep(9000000); vb2.queue(c, 1); gfx.sleep(6000000)
        video.unmask(v); a = video.next(v, c); b = video.next(v, c)`,
    },
  }),
];

/** Mistakes of a camera and of a codec, and of what is around them. */
export const VIDEO_ROWS: readonly MatrixRow[] = [
  {
    id: 'cam.earlyDone',
    violates: ['E2E-010'],
    without: 'e2e-cam-early-done',
    program: program('cam.earlyDone', {
      world: DISTURBED,
      setup: filming(2, 'dmaNs: 8000, isQuiet: true'),
      tasks: { A: 'vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c)' },
    }),
    runsMax: 12,
    reached: (run) => happened(run, 'early') && resultNamed(run, 'a') === '0 done #1 1.1',
  },
  {
    id: 'cam.lostDone',
    violates: ['E2E-015'],
    without: 'e2e-cam-lost-done',
    program: program('cam.lostDone', {
      world: DISTURBED,
      setup: filming(3),
      tasks: { A: 'vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c)' },
    }),
    runsMax: 16,
    reached: (run) => wasUnheard(run) && frameOf(run, 'a') === 1 && frameOf(run, 'b') === 2,
  },
  {
    id: 'cam.fault',
    violates: ['E2E-010'],
    without: 'e2e-cam-fault',
    program: program('cam.fault', {
      world: DISTURBED,
      setup: filming(2),
      tasks: { A: 'vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c)' },
    }),
    runsMax: 12,
    reached: (run) => happened(run, 'fault') && (hasFlag(run, 'a') || hasFlag(run, 'b')),
  },
  {
    id: 'cam.overrun',
    violates: [],
    without: null,
    program: program('cam.overrun', {
      setup: filming(2),
      tasks: {
        A: `vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c); gfx.sleep(8000000)
          vb2.queue(c, 0); d = video.next(v, c)`,
      },
    }),
    runsMax: 0,
    reached: (run) => dropped(run) === 2 && frameOf(run, 'd') === 5,
  },
  {
    id: 'codec.partialWrite',
    violates: ['E2E-010'],
    without: 'e2e-codec-partial-write',
    program: program('codec.partialWrite', {
      world: DISTURBED,
      setup: decoding(''),
      tasks: { A: PICTURE },
    }),
    runsMax: 12,
    reached: (run) => happened(run, 'partial.error') && hasFlag(run, 'a'),
  },
  {
    id: 'codec.refOverwrite',
    violates: ['E2E-005', 'E2E-010'],
    without: 'e2e-codec-ref-overwrite',
    program: program('codec.refOverwrite', {
      setup: decoding(', references: 1'),
      tasks: {
        A: `vb2.queue(c, 1, type: output); vb2.streamOn(c); a = video.next(v, c); vb2.queue(c, 0)
          gfx.sleep(1000000); vb2.queue(c, 1); b = video.next(v, c)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'b') === '1 done #6 6v6.6v6',
  },
  {
    id: 'codec.hang',
    violates: ['E2E-008'],
    without: 'e2e-codec-hang',
    program: program('codec.hang', {
      world: DISTURBED,
      setup: decoding(''),
      tasks: { A: PICTURE },
    }),
    runsMax: 12,
    reached: (run) => happened(run, 'hang') && happened(run, 'reset') && hasFlag(run, 'a'),
  },
];
