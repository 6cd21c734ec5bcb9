import '../../programs/operations/index.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 1 }];
const ONES = 0xffffffff;
const EINVAL = -22;

/** The codec by its registers: from f, which shows 5, to g; a job takes 200 us for each page. */
const BARE = `v = codec.create(2, probe: false); f = video.frame(v, 5); g = video.frame(v)
  video.set(v, SRC, 0, f); video.set(v, DST, 0, g)`;
const GO = 'video.set(v, PAGES, 2); video.set(v, START, 1)';

/** Sources with these numbers, each in a buffer of its own, and all that streaming needs. */
function decoding(numbers: readonly number[], device: string, buffers: number): string {
  const sources = numbers.map(
    (number, index) =>
      `video.draw(v, ${index}, ${number}, output); vb2.queue(c, ${index}, type: output)`,
  );
  return `${device}; c = vb2.open(v); n = vb2.request(c, ${numbers.length}, type: output)
    m = vb2.request(c, ${buffers}); ${sources.join('; ')}; vb2.streamOn(c, output)`;
}

function pictures(count: number): string {
  return Array.from({ length: count }, (_, index) => `vb2.queue(c, ${index})`).join('; ');
}

function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}

/** A job with something wrong in it, and the next one. */
function disturbed(what: string): string {
  return `${decoding([5], 'v = codec.create(2)', 1)}; vb2.queue(c, 0); ${what}; vb2.streamOn(c)
    a = video.next(v, c); b = video.next(v, c, output); video.unmask(v)
    video.draw(v, 0, 6, output); vb2.queue(c, 0, type: output); vb2.queue(c, 0)
    d = video.next(v, c)`;
}

const FAILED = { a: '0 done+error #0 -', b: '0 done+error', d: '0 done #6 6.6.6.6' };

/** Properties of a codec, and of who drives it. */
export const HW_CODEC_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-CODEC-001'],
    plan: `The codec goes through its states as the rule says, its status tells them apart, and its lines tell where
      they come from.
      - a job, half way and done; no sense in a page; a page that is not there; reset; gone
      (Every transition is walked besides, see properties/paths.)`,
    programs: [
      program('states', {
        tasks: {
          A: `${BARE}; i = video.get(v, STATUS); ${GO}; gfx.sleep(300000); b = video.get(v, STATUS)
            x = video.show(v, g); gfx.sleep(200000); d = video.get(v, STATUS); y = video.show(v, g)
            p = video.get(v, PICTURE); video.set(v, IRQ_STATUS, 1); j = video.get(v, STATUS)
            video.set(v, SRC, 0, g); h = video.frame(v); video.set(v, DST, 0, h); ${GO}
            video.set(v, RESET, 1); r = video.get(v, STATUS); z = video.show(v, h)
            video.set(v, SRC, 0, h); ${GO}; gfx.sleep(1000000); e = video.get(v, STATUS)
            video.set(v, IRQ_STATUS, 1); video.set(v, SRC, 4096, f); ${GO}; gfx.sleep(1000000)
            k = video.get(v, STATUS); l = video.get(v, ERR_PAGE); video.unplug(v)
            u = video.get(v, STATUS)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      states: {
        ...{ i: 0, b: 1, x: '5.5.Z.Z', d: 2, y: '5.5.5.5', p: 5, j: 0 },
        ...{ r: 0, z: 'Z.Z.Z.Z', e: 3, k: 3, l: 1, u: ONES },
      },
    }),
    forbids: ['refinement'],
    witness: { gone: reached((run) => resultNamed(run, 'u') === ONES) },
    faults: ['hw-codec-001-believes-all', 'hw-codec-001-needs-no-note', 'hw-codec-001-no-origin'],
  }),
  property({
    rules: ['HW-CODEC-002'],
    plan: `Pictures that a job refers to are read during the whole job, whoever has them; what is written there
      meanwhile damages what comes of it.
      - by registers: a drawing into the reference in the middle of a job
      - a client that draws into a picture that it was given: the next one is damaged, and does not say so`,
    allows: ['hardware'],
    programs: [
      program('middle', {
        tasks: {
          A: `${BARE}; h = video.frame(v); ${GO}; gfx.sleep(500000); video.set(v, IRQ_STATUS, 1)
            video.set(v, REF0, 0, g); video.set(v, DST, 0, h); ${GO}; gfx.sleep(300000)
            video.redraw(v, g, 9); gfx.sleep(200000); x = video.show(v, h)`,
        },
      }),
      program('client', {
        tasks: {
          A: `${decoding([5, 6], 'v = codec.create(2, references: 1)', 2)}; vb2.queue(c, 0)
            vb2.streamOn(c); a = video.next(v, c); video.draw(v, 0, 9); vb2.queue(c, 1)
            b = video.next(v, c)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      middle: { x: '5v6.5v6.5!.5!' },
      client: { a: '0 done #5 5.5.5.5', b: '1 done #6 6!.6!.6!.6!' },
    }),
    witness: { damaged: reached((run) => resultNamed(run, 'x') === '5v6.5v6.5!.5!') },
    faults: ['hw-codec-002-reads-once'],
  }),
  property({
    rules: ['HW-CODEC-002'],
    plan: `The driver never stores a picture where one is that it refers to.
      - a picture that is queued again while the next one refers to it`,
    programs: [
      program('kept', {
        tasks: {
          A: `${decoding([5, 6], 'v = codec.create(2, references: 1)', 2)}; vb2.queue(c, 0)
            vb2.streamOn(c); a = video.next(v, c); vb2.queue(c, 0); gfx.sleep(1000000)
            s = vb2.states(v); vb2.queue(c, 1); b = video.next(v, c)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      kept: {
        a: '0 done #5 5.5.5.5',
        s: 'active dequeued',
        b: '1 done #6 6v6.6v6.6v6.6v6',
      },
    }),
    witness: { kept: reached((run) => resultNamed(run, 's') === 'active dequeued') },
    faults: ['hw-codec-002-overwrites'],
  }),
  property({
    rules: ['HW-CODEC-003'],
    plan: `Pictures are made in the order of the stream, and given out in the order in which they are shown, each
      once; the last one says so.
      - a depth of one, with pictures that come late; a depth of none; an end with nothing to give out`,
    programs: [
      program('reordered', {
        tasks: {
          A: `${decoding([1, 3, 2], 'v = codec.create(depth: 1)', 3)}; ${pictures(3)}
            vb2.streamOn(c); a = video.next(v, c); b = video.next(v, c); s = codec.stop(c)
            d = video.next(v, c); e = video.next(v, c)`,
        },
      }),
      program('plain', {
        tasks: {
          A: `${decoding([1, 3, 2], 'v = codec.create()', 4)}; ${pictures(4)}; vb2.streamOn(c)
            a = video.next(v, c); b = video.next(v, c); d = video.next(v, c); s = codec.stop(c)
            l = video.next(v, c); e = video.next(v, c); f = codec.stop(c, 2)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      reordered: {
        a: '0 done #1 1.1',
        b: '2 done #2 2.2',
        s: 0,
        d: '1 done+last #3 3.3',
        e: -32,
      },
      plain: {
        a: '0 done #1 1.1',
        b: '1 done #3 3.3',
        d: '2 done #2 2.2',
        s: 0,
        l: '3 done+last #0 -',
        e: -32,
        f: EINVAL,
      },
    }),
    forbids: ['deadlock'],
    witness: { reordered: reached((run) => resultNamed(run, 'b') === '2 done #2 2.2') },
    faults: ['hw-codec-003-as-decoded', 'hw-codec-003-no-end'],
  }),
  property({
    rules: ['HW-CODEC-004'],
    plan: `A codec that stops early says so, and both buffers have the error flag; or it does not, and only the lines
      tell. After a hang the driver resets it when the watchdog expires, and the next job is as usual.
      - each of them in the middle of a job, a hang at its end, an interrupt that is not heard; another job`,
    programs: [
      program('hang', { tasks: { A: disturbed('video.plan(v, reading, 1, 1)') } }),
      program('hang-late', { tasks: { A: disturbed('video.plan(v, drain, 1)') } }),
      program('partial', { tasks: { A: disturbed('video.plan(v, reading, 2, 1)') } }),
      program('silent', { tasks: { A: disturbed('video.plan(v, reading, 3, 1)') } }),
      program('unheard', { tasks: { A: disturbed('video.mask(v)') } }),
    ],
    schedules: ALONE,
    holds: results({
      hang: FAILED,
      'hang-late': FAILED,
      partial: FAILED,
      silent: { a: '0 done #5 5.5.Z.Z', b: '0 done', d: FAILED.d },
      unheard: { a: '0 done #5 5.5.5.5', b: '0 done', d: FAILED.d },
    }),
    forbids: ['deadlock'],
    witness: {
      hang: reached((run) => happened(run, 'hang')),
      said: reached((run) => happened(run, 'partial.error')),
      silent: reached((run) => happened(run, 'partial.silent')),
    },
    faults: ['hw-codec-004-no-watchdog', 'hw-codec-004-no-error', 'hw-codec-004-forgets-reset'],
  }),
  property({
    rules: ['HW-CODEC-005'],
    plan: `Hardware does what it is told with a job that writes what it reads, and the oracle notes it; the driver does
      not let it come to that.
      - by registers; one buffer on both sides`,
    allows: ['hardware'],
    programs: [
      program('bare', {
        tasks: {
          A: `${BARE}; video.set(v, DST, 0, f); ${GO}; gfx.sleep(500000); x = video.show(v, f)
            r = video.records(v)`,
        },
      }),
      program('both', {
        tasks: {
          A: `v = codec.create(); c = vb2.open(v); m = vb2.request(c, 1); e = vb2.export(c, 0)
            n = vb2.request(c, 1, dmabuf, output); video.draw(v, 0, 5); q = vb2.queue(c, 0)
            s = vb2.queue(c, 0, [e], type: output); vb2.streamOn(c, output); vb2.streamOn(c)
            gfx.sleep(500000); r = video.records(v)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({
      bare: { x: '5!.5!.5!.5!', r: 'SELF_OVERLAP' },
      both: { q: 0, s: EINVAL, r: '' },
    }),
    witness: { noted: reached((run) => resultNamed(run, 'r') === 'SELF_OVERLAP') },
    faults: ['hw-codec-005-takes-it', 'hw-codec-005-not-noted'],
  }),
];
