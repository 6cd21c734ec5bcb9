import '../../programs/operations/index.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 1 }];

const ONES = 0xffffffff;
const ENODEV = -19;

/** Frames of two lines every 4 ms, the first one after 4 ms; each takes 2 ms. */
const STREAMS = 'v = cam.create(); c = vb2.open(v)';
/** The camera by its registers, and two frames. */
const BARE = 'v = cam.create(probe: false); f = video.frame(v); g = video.frame(v)';

function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}

/** What a program got: buffers that are named so. */
function taken(run: Run, names: readonly string[]): readonly string[] {
  return names.map((name) => String(resultNamed(run, name)));
}

/** Properties of a camera, and of who drives it. */
export const HW_CAM_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-CAM-001'],
    plan: `The sensor runs freely: each start of a frame counts, whether or not there is a place for it, so that
      gaps in the numbers of frames are the frames that were dropped.
      - two buffers, nothing queued during two frames, one queued again
      - the same by registers`,
    programs: [
      program('gap', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 2); vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)
            a = video.next(v, c); b = video.next(v, c); gfx.sleep(8000000); vb2.queue(c, 0)
            d = video.next(v, c)`,
        },
      }),
      program('counter', {
        tasks: {
          A: `${BARE}; video.set(v, CTRL, 1); gfx.sleep(9000000); i = video.get(v, IRQ_STATUS)
            video.set(v, NEXT_ADDR, 0, f); gfx.sleep(6000000); s = video.get(v, SEQ)
            x = video.show(v, f)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      gap: { a: '0 done #1 1.1', b: '1 done #2 2.2', d: '0 done #5 5.5' },
      counter: { i: 5, s: 3, x: '3.3' },
    }),
    witness: { gap: reached((run) => resultNamed(run, 'd') === '0 done #5 5.5') },
    faults: ['hw-cam-001-counts-stored', 'hw-cam-001-waits-for-buffers'],
  }),
  property({
    rules: ['HW-CAM-002'],
    plan: `The camera goes through its states as the rule says.
      - off, waiting, in a frame, with a stop there and behind it; a stop between frames
      - an address that nobody has used, behind off; gone, by registers and below a driver
      (Every transition is walked besides, see properties/paths.)`,
    programs: [
      program('states', {
        tasks: {
          A: `${BARE}; o = video.get(v, CTRL); video.set(v, NEXT_ADDR, 0, f)
            video.set(v, NEXT_ADDR, 0, g); l = video.get(v, QUEUE_LEVEL); video.set(v, CTRL, 1)
            w = video.get(v, CTRL); gfx.sleep(4500000); m = video.get(v, QUEUE_LEVEL)
            video.set(v, CTRL, 0); s = video.get(v, CTRL); gfx.sleep(3000000); e = video.get(v, CTRL)
            x = video.show(v, f); d = video.get(v, QUEUE_LEVEL); video.set(v, CTRL, 1)
            video.set(v, CTRL, 0); p = video.get(v, CTRL); video.unplug(v); u = video.get(v, CTRL)`,
        },
      }),
      program('pulled', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 2); vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)
            a = video.next(v, c); gfx.sleep(2500000); video.unplug(v); b = video.next(v, c)
            z = vb2.states(v); r = video.records(v)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      states: { o: 0, l: 2, w: 1, m: 1, s: 1, e: 0, x: '1.1', d: 0, p: 0, u: ONES },
      pulled: { a: '0 done #1 1.1', b: ENODEV, z: 'dequeued error', r: '' },
    }),
    forbids: ['refinement'],
    witness: { gone: reached((run) => resultNamed(run, 'u') === ONES) },
    faults: ['hw-cam-002-stops-in-frame', 'hw-cam-002-keeps-addresses'],
  }),
  property({
    rules: ['HW-CAM-003'],
    plan: `Where a frame is stored is said once, at its start; each image line is a step.
      - another address in the middle of a frame, and a look there`,
    programs: [
      program('middle', {
        tasks: {
          A: `${BARE}; video.set(v, NEXT_ADDR, 0, f); video.set(v, CTRL, 1); gfx.sleep(5500000)
            video.set(v, NEXT_ADDR, 0, g); m = video.show(v, f); gfx.sleep(1000000)
            x = video.show(v, f); y = video.show(v, g)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ middle: { m: '1.Z', x: '1.1', y: 'Z.Z' } }),
    witness: { middle: reached((run) => resultNamed(run, 'm') === '1.Z') },
    faults: ['hw-cam-003-follows-the-queue', 'hw-cam-003-whole-frame'],
  }),
  property({
    rules: ['HW-CAM-004'],
    plan: `A frame is done when all of its lines can be seen; address and number are stored together then. Of two
      frames that nobody has asked about, the older address is lost, and the driver finds it by the number.
      - by registers: two frames, and the first of them acknowledged or not; slow writes
      - by the driver: two frames, and then the interrupt; a dropped one between them`,
    programs: [
      program('pair', {
        tasks: {
          A: `v = cam.create(probe: false, dmaNs: 500000); f = video.frame(v); g = video.frame(v)
            video.set(v, NEXT_ADDR, 0, f); video.set(v, NEXT_ADDR, 0, g); video.set(v, CTRL, 1)
            gfx.sleep(6300000); i = video.get(v, IRQ_STATUS); gfx.sleep(400000)
            x = video.show(v, f); j = video.get(v, IRQ_STATUS); s = video.get(v, SEQ)
            gfx.sleep(4000000); t = video.get(v, SEQ); video.set(v, IRQ_STATUS, 2)
            k = video.get(v, IRQ_STATUS)`,
        },
      }),
      program('late', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 3); vb2.queue(c, 0); vb2.queue(c, 1); vb2.queue(c, 2)
            vb2.streamOn(c); video.mask(v); gfx.sleep(11000000); video.unmask(v)
            a = video.next(v, c); b = video.next(v, c); d = video.next(v, c)`,
        },
      }),
      program('dropped', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 2); vb2.queue(c, 0); vb2.streamOn(c); video.mask(v)
            gfx.sleep(9000000); vb2.queue(c, 1); gfx.sleep(6000000); video.unmask(v)
            a = video.next(v, c); b = video.next(v, c)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      pair: { i: 1, x: '1.1', j: 3, s: 1, t: 2, k: 1 },
      late: { a: '0 done #1 1.1', b: '1 done #2 2.2', d: '2 done #3 3.3' },
      dropped: { a: '0 done #1 1.1', b: '1 done #3 3.3' },
    }),
    forbids: ['deadlock'],
    witness: { late: reached((run) => resultNamed(run, 'a') === '0 done #1 1.1') },
    faults: [
      ...['hw-cam-004-does-not-wait', 'hw-cam-004-one-frame-only', 'hw-cam-004-keeps-the-first'],
      'hw-cam-004-counts-back',
    ],
  }),
  property({
    rules: ['HW-CAM-005'],
    plan: `A camera may tell of a frame whose last writes are on their way: who drives it waits until they can be
      read back.
      - slow writes, and writes that are never done in time`,
    programs: [8000, 500_000].map((dmaNs) =>
      program(`early-${dmaNs}`, {
        tasks: {
          A: `v = cam.create(dmaNs: ${dmaNs}); c = vb2.open(v); n = vb2.request(c, 2); vb2.queue(c, 0)
            vb2.queue(c, 1); video.plan(v, drain); vb2.streamOn(c); a = video.next(v, c)
            b = video.next(v, c)`,
        },
      }),
    ),
    schedules: ALONE,
    holds: results({
      'early-8000': { a: '0 done #1 1.1', b: '1 done #2 2.2' },
      'early-500000': { a: '0 done+error #1 1.Z', b: '1 done #2 2.2' },
    }),
    witness: { early: reached((run) => happened(run, 'early')) },
    faults: ['hw-cam-005-no-read-back'],
  }),
  property({
    rules: ['HW-CAM-006'],
    plan: `A stop takes effect at the end of a frame, an abort at once; when a driver has stopped, the camera
      writes nothing any more, and all buffers are back.
      - both by registers in the middle of a frame, with memory that is taken away
      - stream-off in the middle of a frame, with the memory given back, and a look at faults`,
    programs: [
      program('graceful', {
        tasks: {
          A: `${BARE}; video.set(v, NEXT_ADDR, 0, f); video.set(v, CTRL, 1); gfx.sleep(5500000)
            video.set(v, CTRL, 0); gfx.sleep(3000000); e = video.get(v, CTRL)
            i = video.get(v, IRQ_STATUS); x = video.show(v, f)`,
        },
      }),
      program('abort', {
        tasks: {
          A: `${BARE}; video.set(v, NEXT_ADDR, 0, f); video.set(v, CTRL, 1); gfx.sleep(5500000)
            video.set(v, CTRL, 2); e = video.get(v, CTRL); x = video.show(v, f); video.unmap(v, f)
            gfx.sleep(3000000); i = video.get(v, IRQ_STATUS); r = video.records(v)`,
        },
      }),
      program('off', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 2); vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)
            gfx.sleep(5500000); s = vb2.streamOff(c); z = vb2.states(v); m = vb2.request(c, 0)
            gfx.sleep(4000000); r = video.records(v)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      graceful: { e: 0, i: 3, x: '1.1' },
      abort: { e: 0, x: '1.Z', i: 1, r: '' },
      off: { s: 0, z: 'dequeued dequeued', m: 0, r: '' },
    }),
    witness: { off: reached((run) => resultNamed(run, 'z') === 'dequeued dequeued') },
    faults: ['hw-cam-006-abort-waits', 'hw-cam-006-leaves-it-on'],
  }),
  property({
    rules: ['HW-CAM-007'],
    plan: `Where the bus refuses, the frame ends, with a status; its buffer has the error flag, and the next frame
      is as usual.
      - memory that is taken away in the middle of a frame
      - by the driver, and a bus that fails`,
    programs: [
      program('unmapped', {
        tasks: {
          A: `${BARE}; video.set(v, NEXT_ADDR, 0, f); video.set(v, NEXT_ADDR, 0, g)
            video.set(v, CTRL, 1); gfx.sleep(4500000); video.unmap(v, f); gfx.sleep(2000000)
            i = video.get(v, IRQ_STATUS); s = video.get(v, SEQ); video.set(v, IRQ_STATUS, 15)
            gfx.sleep(4000000); j = video.get(v, IRQ_STATUS); x = video.show(v, g)
            r = video.records(v)`,
        },
      }),
      program('flagged', {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 2); vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)
            video.plan(v, capture, 1, 1); a = video.next(v, c); b = video.next(v, c)
            r = video.records(v)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      unmapped: { i: 11, s: 1, j: 3, x: '2.2', r: 'IOMMU_FAULT' },
      flagged: { a: '0 done+error #1 1.Z', b: '1 done #2 2.2', r: 'BUS_ERROR' },
    }),
    witness: { injected: reached((run) => happened(run, 'fault')) },
    faults: ['hw-cam-007-silent', 'hw-cam-007-takes-it-for-good'],
  }),
  property({
    rules: ['HW-CAM-008'],
    plan: `With a queue of two and three buffers, nothing is dropped as long as buffers come back within the time of
      a frame; else as many frames as that took longer.
      - delays of one, three and four frames; a third address for the hardware`,
    programs: [1, 3, 4].map((frames) =>
      program(`delay-${frames}`, {
        tasks: {
          A: `${STREAMS}; n = vb2.request(c, 3); vb2.queue(c, 0); vb2.queue(c, 1); vb2.queue(c, 2)
            vb2.streamOn(c); a = video.next(v, c); gfx.sleep(${frames * 4_000_000}); vb2.queue(c, 0)
            b = video.next(v, c); e = video.next(v, c); d = video.next(v, c)`,
        },
      }),
    ),
    schedules: ALONE,
    holds: (run) => {
      const dropped = { 'delay-1': 0, 'delay-3': 1, 'delay-4': 2 }[run.program.name] ?? 0;
      const frames = taken(run, ['a', 'b', 'e', 'd']).join(' ');
      const last = 4 + dropped;
      const wanted = `0 done #1 1.1 1 done #2 2.2 2 done #3 3.3 0 done #${last} ${last}.${last}`;
      return frames === wanted ? null : `the frames are ${frames}`;
    },
    forbids: ['refinement'],
    witness: { dropped: reached((run) => String(resultNamed(run, 'd')).includes('#6')) },
    faults: ['hw-cam-008-one-address', 'hw-cam-008-feeds-too-late'],
  }),
];
