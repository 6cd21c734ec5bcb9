import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const EIO = -5;
const EAGAIN = -11;
const EINVAL = -22;

/** Three buffers with memory of the queue's own, for a driver that needs `min` queued ones. */
const three = (min: number, options = ''): string =>
  `v = vb2.device(sg, queuedMin: ${min}${options}); c = vb2.open(v, true); n = vb2.request(c, 3)`;
const QUEUED = 'vb2.queue(c, 2); vb2.queue(c, 0); vb2.queue(c, 1)';

/** Properties of who has which buffer while a queue streams. */
export const STREAMING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-008'],
    plan: `The driver gets buffers only while the queue streams: those from before in their order, at the start.
      It starts with the request that makes enough buffers; fewer allocated ones than that are refused.
      - queued before and after; 0, fewer and enough queued; no buffers; on twice
      - a start that fails at stream-on, and at a queue request, whose buffer is not queued then`,
    programs: [
      program('order', {
        tasks: {
          A: `${three(0)}; ${QUEUED}; before = vb2.states(v); vb2.seen(v); on = vb2.streamOn(c)
            seen = vb2.seen(v); twice = vb2.streamOn(c); none = vb2.seen(v)
            type = vb2.streamOn(c, output); vb2.complete(v); vb2.dequeue(c); q = vb2.queue(c, 2); later = vb2.seen(v)`,
        },
      }),
      program('minimum', {
        tasks: {
          A: `v = vb2.device(sg, queuedMin: 2); c = vb2.open(v, true); empty = vb2.streamOn(c)
            n = vb2.request(c, 1); few = vb2.streamOn(c); m = vb2.request(c, 2); vb2.seen(v)
            on = vb2.streamOn(c); one = vb2.queue(c, 1); wait = vb2.states(v); early = vb2.seen(v)
            two = vb2.queue(c, 0); seen = vb2.seen(v); states = vb2.states(v)`,
        },
      }),
      program('refused', {
        tasks: {
          A: `${three(2)}; vb2.queue(c, 1); vb2.queue(c, 0); vb2.refuse(v, start, -5); vb2.seen(v)
            on = vb2.streamOn(c); seen = vb2.seen(v); states = vb2.states(v); look = vb2.look(v)
            d = vb2.dequeue(c); vb2.refuse(v, start, 0); ok = vb2.streamOn(c); again = vb2.seen(v)`,
        },
      }),
      program('late', {
        tasks: {
          A: `${three(2)}; on = vb2.streamOn(c); vb2.queue(c, 1); vb2.refuse(v, start, -5); vb2.seen(v)
            two = vb2.queue(c, 0); seen = vb2.seen(v); states = vb2.states(v); look = vb2.look(v)
            vb2.refuse(v, start, 0); again = vb2.queue(c, 0); now = vb2.seen(v)
            three = vb2.queue(c, 2); last = vb2.seen(v)`,
        },
      }),
    ],
    holds: results({
      order: {
        before: 'queued queued queued',
        on: 0,
        seen: 'queue 2, queue 0, queue 1, start 3',
        twice: 0,
        none: '',
        type: EINVAL,
        q: 0,
        later: 'finish 2, prepare 2, queue 2',
      },
      minimum: {
        empty: EINVAL,
        few: EINVAL,
        on: 0,
        one: 0,
        wait: 'dequeued queued',
        early: 'prepare 1',
        two: 0,
        seen: 'prepare 0, queue 1, queue 0, start 2',
        states: 'active active',
      },
      refused: {
        on: EIO,
        seen: 'queue 1, queue 0, start 2 refused',
        states: 'queued queued dequeued',
        look: 'off owned 0 done 0',
        d: EINVAL,
        ok: 0,
        again: 'queue 1, queue 0, start 2',
      },
      late: {
        on: 0,
        two: EIO,
        seen: 'prepare 0, queue 1, queue 0, start 2 refused',
        states: 'dequeued queued dequeued',
        look: 'on owned 0 done 0',
        again: 0,
        now: 'queue 1, queue 0, start 2',
        three: 0,
        last: 'prepare 2, queue 2',
      },
    }),
    forbids: ['refinement', 'warn', 'leak'],
    witness: { late: reached((run) => resultNamed(run, 'two') === EIO) },
    faults: [
      'vb2-008-gives-early',
      'vb2-008-any-type',
      'vb2-008-newest-first',
      'vb2-008-any-number',
      'vb2-008-never-late',
      'vb2-008-keeps-queued',
      'vb2-008-starts-again',
      'vb2-008-not-enough-is-wrong',
    ],
  }),
  property({
    rules: ['VB2-009'],
    plan: `Buffers come back in the order in which the driver completed them.
      - each order of three buffers; dequeues in between; errors among them
      - completions of two processors at once`,
    programs: [
      ...['012', '021', '102', '120', '201', '210'].map((order) =>
        program(order, {
          tasks: {
            A: `${three(0)}; ${QUEUED}; vb2.streamOn(c); vb2.complete(v, ${order[0] ?? ''})
              vb2.complete(v, ${order[1] ?? ''}, error); a = vb2.dequeue(c)
              vb2.complete(v, ${order[2] ?? ''}); b = vb2.dequeue(c); d = vb2.dequeue(c)
              e = vb2.dequeue(c)`,
          },
        }),
      ),
      program('at-once', {
        setup: `${three(0)}; vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)`,
        tasks: { irq1: 'vb2.complete(v, 1)', irq2: 'vb2.complete(v, 0)' },
        teardown: 'a = vb2.dequeue(c); b = vb2.dequeue(c); s = vb2.look(v)',
      }),
    ],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'at-once') {
        const back = new Set([resultNamed(run, 'a'), resultNamed(run, 'b')]);
        return back.has('0 done') && back.has('1 done') ? null : 'one of two does not come back';
      }
      return results({
        [name]: {
          a: `${name[0]} done`,
          b: `${name[1]} done+error`,
          d: `${name[2]} done`,
          e: EAGAIN,
        },
      })(run);
    },
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['refinement', 'races', 'leak'],
    witness: { swapped: reached((run) => resultNamed(run, 'a') === '1 done') },
    faults: ['vb2-009-queue-order', 'vb2-009-last-first', 'vb2-009-errors-first'],
  }),
  property({
    rules: ['VB2-011'],
    plan: `Stream-off makes the driver give everything up, throws away what is done, and gives all buffers back to
      user space. Whoever waits hears of it.
      - buffers with the driver, done, queued, prepared; a queue that never streamed; close instead
      - a completion at the same time; a waiter; the buffers stream again`,
    programs: [
      program('all', {
        tasks: {
          A: `${three(0)}; vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c); vb2.complete(v)
            p = vb2.prepare(c, 2); vb2.seen(v); off = vb2.streamOff(c); seen = vb2.seen(v)
            states = vb2.states(v); look = vb2.look(v); d = vb2.dequeue(c); vb2.queue(c, 1)
            vb2.streamOn(c); e = vb2.dequeue(c); vb2.complete(v); f = vb2.dequeue(c)
            twice = vb2.streamOff(c); hw = vb2.complete(v)`,
        },
      }),
      program('idle', {
        tasks: {
          A: `${three(0)}; ${QUEUED}; vb2.seen(v); off = vb2.streamOff(c); seen = vb2.seen(v)
            states = vb2.states(v); q = vb2.queue(c, 0); type = vb2.streamOff(c, output)`,
        },
      }),
      program('raced', {
        setup: `${three(0)}; vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)`,
        tasks: { A: 'vb2.streamOff(c)', irq: 'vb2.complete(v)' },
        teardown: 's = vb2.states(v); l = vb2.look(v); h = vb2.complete(v)',
      }),
      program('waiter', {
        setup: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 2); vb2.queue(c, 0)
          vb2.streamOn(c)`,
        tasks: { A: 'vb2.dequeue(c)', B: 'vb2.streamOff(c)' },
      }),
    ],
    holds: results({
      all: {
        off: 0,
        seen: 'stop, finish 0, finish 1, finish 2',
        states: 'dequeued dequeued dequeued',
        look: 'off owned 0 done 0',
        d: EINVAL,
        e: EAGAIN,
        f: '1 done',
        twice: 0,
        hw: null,
      },
      idle: {
        off: 0,
        seen: 'finish 0, finish 1, finish 2',
        states: 'dequeued dequeued dequeued',
        q: 0,
        type: EINVAL,
      },
      raced: { s: 'dequeued dequeued dequeued', l: 'off owned 0 done 0', h: null },
      waiter: {},
    }),
    ...exactly({ waiter: [`A:${EINVAL} B:0`] }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['refinement', 'warn', 'deadlock', 'leak', 'races'],
    witness: {
      completed: reached((run) => run.resultOf('irq', 'vb2.complete') === 0),
      late: reached((run) => run.resultOf('irq', 'vb2.complete') === null),
    },
    faults: [
      'vb2-011-keeps-done',
      'vb2-011-driver-goes-on',
      'vb2-011-wakes-nobody',
      'vb2-011-only-queued',
      'vb2-011-stays-prepared',
    ],
  }),
  property({
    rules: ['VB2-012'],
    plan: `A driver completes only buffers that it has: anything else is complained about and changes nothing. It
      has as many as are active, and none when it has been stopped, even if it would keep them.
      - completions in each state; twice; a driver that keeps its buffers at stop, and at a failed start
      - the count is that of active buffers at every event`,
    programs: [
      program('not-its-own', {
        tasks: {
          A: `${three(0)}; vb2.completeAnyway(v, 0); vb2.queue(c, 0); vb2.completeAnyway(v, 0)
            first = vb2.states(v); vb2.streamOn(c); vb2.complete(v, 0); vb2.completeAnyway(v, 0, error)
            second = vb2.look(v); d = vb2.dequeue(c); e = vb2.dequeue(c); third = vb2.states(v)`,
        },
      }),
      program('greedy-stop', {
        tasks: {
          A: `${three(0, ', greedy: true')}; ${QUEUED}; vb2.streamOn(c); vb2.complete(v, 0)
            on = vb2.look(v); off = vb2.streamOff(c); look = vb2.look(v); states = vb2.states(v)`,
        },
      }),
      program('greedy-start', {
        tasks: {
          A: `${three(0, ', greedy: true')}; ${QUEUED}; vb2.refuse(v, start, -5); on = vb2.streamOn(c)
            look = vb2.look(v); states = vb2.states(v)`,
        },
      }),
      program('own', {
        tasks: {
          A: `${three(0)}; ${QUEUED}; vb2.streamOn(c); a = vb2.look(v); vb2.complete(v); vb2.complete(v)
            b = vb2.look(v); vb2.dequeue(c); d = vb2.look(v); off = vb2.streamOff(c)
            look = vb2.look(v)`,
        },
      }),
    ],
    holds: (run) => {
      const complaints = { 'not-its-own': 3, 'greedy-stop': 1, 'greedy-start': 1, own: 0 };
      const expected: Readonly<Record<string, number>> = complaints;
      const count = warnings(run);
      if (count !== expected[run.program.name]) return `${count} complaints`;
      return results({
        'not-its-own': {
          first: 'queued dequeued dequeued',
          second: 'on.started owned 0 done 1',
          d: '0 done',
          e: EAGAIN,
          third: 'dequeued dequeued dequeued',
        },
        'greedy-stop': {
          on: 'on.started owned 2 done 1',
          off: 0,
          look: 'off owned 0 done 0',
          states: 'dequeued dequeued dequeued',
        },
        'greedy-start': {
          on: EIO,
          look: 'off owned 0 done 0',
          states: 'queued queued queued',
        },
        own: {
          a: 'on.started owned 3 done 0',
          b: 'on.started owned 1 done 2',
          d: 'on.started owned 1 done 1',
          off: 0,
          look: 'off owned 0 done 0',
        },
      })(run);
    },
    allows: ['warn'],
    forbids: ['refinement', 'leak'],
    witness: { complained: reached((run) => warnings(run) === 3) },
    faults: [
      'vb2-012-completes-any',
      'vb2-012-uncounted',
      'vb2-012-leaves-with-driver',
      'vb2-012-counts-twice',
    ],
  }),
  property({
    rules: ['VB2-016'],
    plan: `A driver that cannot start gives its buffers back as queued; a prepared buffer needs no look at its
      dma-bufs when it is queued; any way to complete but the three is an error; stream-off ends errors.
      - prepare once and twice, in each state, and what is queued then; refusals of the driver
      - stream-off after a failure of the hardware, with and without streaming`,
    programs: [
      program('prepare', {
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v, true); n = vb2.request(c, 2, dmabuf)
            m = buf.export(4096); b = buf.fd(m); o = buf.export(4096); d = buf.fd(o); vb2.seen(v)
            p = vb2.prepare(c, 0, [b]); at = vb2.states(v); flag = vb2.query(c, 0)
            twice = vb2.prepare(c, 0, [b]); q = vb2.queue(c, 0, [d]); seen = vb2.seen(v)
            swapped = buf.calls(o); used = attach.list(m); late = vb2.prepare(c, 0, [b])
            vb2.refuse(v, prepare, -5); r = vb2.prepare(c, 1, [d]); left = attach.list(o)
            is = vb2.query(c, 1); vb2.streamOff(c); after = vb2.query(c, 0)
            w = vb2.queue(c, 0, [99])`,
        },
      }),
      program('returned', {
        tasks: {
          A: `${three(0)}; ${QUEUED}; vb2.refuse(v, start, -5); on = vb2.streamOn(c)
            states = vb2.states(v); vb2.refuse(v, start, 0); vb2.streamOn(c); vb2.complete(v)
            d = vb2.dequeue(c)`,
        },
      }),
      program('odd', {
        tasks: {
          A: `${three(0)}; ${QUEUED}; vb2.streamOn(c); vb2.complete(v, 0, preparing)
            states = vb2.states(v); d = vb2.dequeue(c); vb2.complete(v, 1, error)
            e = vb2.dequeue(c); vb2.complete(v, 2, done); f = vb2.dequeue(c)`,
        },
      }),
      program('cleared', {
        tasks: {
          A: `${three(0)}; vb2.queue(c, 0); vb2.streamOn(c); vb2.fail(v); e = vb2.dequeue(c)
            q = vb2.queue(c, 1); off = vb2.streamOff(c); r = vb2.queue(c, 1); on = vb2.streamOn(c)
            d = vb2.dequeue(c); vb2.streamOff(c); vb2.fail(v); vb2.streamOff(c); s = vb2.queue(c, 2)`,
        },
      }),
    ],
    holds: (run) => {
      const isOdd = run.program.name === 'odd';
      if (warnings(run) !== (isOdd ? 1 : 0)) return `${warnings(run)} complaints`;
      return results({
        prepare: {
          p: 0,
          at: 'dequeued dequeued',
          flag: 'prepared: fd 1 length 4096 used 0 offset 0',
          twice: EINVAL,
          q: 0,
          seen: 'init 0, prepare 0',
          swapped: '',
          used: 'video',
          late: EINVAL,
          r: EIO,
          left: '',
          is: 'none: fd 0 length 0 used 0 offset 0',
          after: 'none: fd 1 length 4096 used 0 offset 0',
          w: EINVAL,
        },
        returned: { on: EIO, states: 'queued queued queued', d: '2 done' },
        odd: {
          states: 'error active active',
          d: '0 done+error',
          e: '1 done+error',
          f: '2 done',
        },
        cleared: { e: EIO, q: EIO, off: 0, r: 0, on: 0, d: EAGAIN, s: 0 },
      })(run);
    },
    allows: ['warn'],
    forbids: ['refinement', 'leak'],
    witness: { odd: reached((run) => resultNamed(run, 'd') === '0 done+error') },
    faults: [
      'vb2-016-odd-is-done',
      'vb2-016-error-stays',
      'vb2-016-looks-again',
      'vb2-016-prepares-twice',
      'vb2-016-given-back-as-done',
      'vb2-016-failed-stays-preparing',
    ],
  }),
];
