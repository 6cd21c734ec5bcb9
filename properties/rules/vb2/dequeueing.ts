import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const EIO = -5;
const EAGAIN = -11;
const EBUSY = -16;
const EINVAL = -22;
const EPIPE = -32;
const ERESTARTSYS = -512;

const OPEN = 'v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 2)';
const STREAM = `${OPEN}; vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)`;

/** How programs with several tasks can end. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  done: ['A:0 done irq:0'],
  failed: [`A:${EIO} irq:`],
  off: ['A:0 done B:0', `A:${EINVAL} B:0`],
  interrupted: [`A:${ERESTARTSYS} B:`],
  'interrupted-late': ['A:0 done B: irq:0', `A:${ERESTARTSYS} B: irq:0`],
  two: [`A:${EINVAL} B:,${EBUSY},0,`],
  'lock-free': [`A:1 done B:,0,${EBUSY},1`],
  'asleep-off': [`A:${EINVAL} B:,0,${EBUSY},0`, `A:${EINVAL} B:,0,2,0`],
};

/** Properties of waiting for buffers. */
export const DEQUEUEING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-010'],
    plan: `Whoever dequeues looks, in order and again whenever it wakes: for another one that waits, at streaming,
      errors, the end of the stream, buffers that are done; and sleeps until one of these changes, or a
      signal comes. A frame with an error is delivered.
      - each answer alone, and with those that come later
      - a sleeper beside a completion, the last frame, a failure, stream-off, a signal, and another one
      - what is done meanwhile with the lock that the sleeper has let go of`,
    programs: [
      program('table', {
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v, true); n = vb2.request(c, 3); off = vb2.dequeue(c)
            vb2.fail(v); off2 = vb2.dequeue(c); vb2.streamOff(c); vb2.queue(c, 0); vb2.queue(c, 1)
            vb2.queue(c, 2); idle = vb2.dequeue(c); vb2.streamOn(c); none = vb2.dequeue(c)
            vb2.complete(v, 0, error); error = vb2.dequeue(c); vb2.complete(v, last: true)
            last = vb2.dequeue(c); vb2.complete(v); end = vb2.dequeue(c); vb2.fail(v)
            failed = vb2.dequeue(c); type = vb2.dequeue(c, output); vb2.streamOff(c)
            over = vb2.dequeue(c); vb2.queue(c, 0); vb2.streamOn(c); again = vb2.dequeue(c)
            vb2.complete(v); vb2.fail(v); ready = vb2.dequeue(c); bad = vb2.dequeue(c, memory: bad)`,
        },
      }),
      program('output', {
        // What is last on the way to a device ends nothing.
        tasks: {
          A: `v = vb2.device(sg, output: true); c = vb2.open(v, true); n = vb2.request(c, 2, type: output)
            vb2.queue(c, 0, type: output); vb2.queue(c, 1, type: output); vb2.streamOn(c, output)
            vb2.complete(v, last: true); a = vb2.dequeue(c, output); vb2.complete(v)
            b = vb2.dequeue(c, output)`,
        },
      }),
      program('done', { setup: STREAM, tasks: { A: 'vb2.dequeue(c)', irq: 'vb2.complete(v)' } }),
      program('failed', { setup: STREAM, tasks: { A: 'vb2.dequeue(c)', irq: 'vb2.fail(v)' } }),
      program('off', {
        setup: `${STREAM}; vb2.complete(v)`,
        tasks: { A: 'vb2.dequeue(c)', B: 'vb2.streamOff(c)' },
      }),
      program('interrupted', {
        setup: STREAM,
        tasks: { A: 'vb2.dequeue(c)', B: 'task.interrupt(A)' },
        teardown: 'vb2.complete(v); d = vb2.dequeue(c)',
      }),
      program('two', {
        setup: STREAM,
        tasks: {
          A: 'vb2.dequeue(c)',
          B: 'task.sleep(1); vb2.dequeue(c); vb2.streamOff(c); vb2.complete(v)',
        },
      }),
      program('lock-free', {
        // The sleeper keeps nobody from queueing.
        setup: `${OPEN}; vb2.queue(c, 0); vb2.streamOn(c)`,
        tasks: {
          A: 'vb2.dequeue(c)',
          B: 'task.sleep(1); vb2.queue(c, 1); vb2.request(c, 1); vb2.complete(v, 1)',
        },
      }),
      program('asleep-off', {
        // It must not begin anew behind its back.
        setup: STREAM,
        tasks: {
          A: 'vb2.dequeue(c)',
          B: 'task.sleep(1); vb2.streamOff(c); vb2.request(c, 2); vb2.request(c, 0)',
        },
      }),
      program('interrupted-late', {
        setup: STREAM,
        tasks: { A: 'vb2.dequeue(c)', B: 'task.interrupt(A)', irq: 'vb2.complete(v)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'interrupted') {
        return resultNamed(run, 'd') === '0 done' ? null : 'nothing can be dequeued any more';
      }
      const known = {
        table: {
          off: EINVAL,
          off2: EINVAL,
          idle: EINVAL,
          none: EAGAIN,
          error: '0 done+error',
          last: '1 done+last',
          end: EPIPE,
          failed: EIO,
          type: EINVAL,
          over: EINVAL,
          again: EAGAIN,
          ready: EIO,
          bad: -14,
        },
        output: { a: '0 done+last', b: '1 done' },
      };
      const { name } = run.program;
      if (name === 'table' || name === 'output') return results(known)(run);
      return OUTCOMES[name]?.includes(run.outcome) === true ? null : `it ends with ${run.outcome}`;
    },
    ...exactly(OUTCOMES),
    schedules: [{ kind: 'stateful', statesMax: 40_000 }],
    forbids: ['deadlock', 'refinement', 'races', 'leak', 'lock-misuse', 'sleep-in-atomic'],
    witness: {
      slept: reached((run) => run.sightings.some(({ name }) => name === 'wait')),
      busy: reached((run) => run.outcome.includes(`${EBUSY}`)),
    },
    faults: [
      'vb2-010-two-wait',
      'vb2-010-error-before-streaming',
      'vb2-010-end-before-error',
      'vb2-010-ready-before-error',
      'vb2-010-ready-before-end',
      'vb2-010-no-end',
      'vb2-010-hides-errors',
      'vb2-010-sleeps-anyway',
      'vb2-010-uninterruptible',
      'vb2-010-looks-first',
      'vb2-010-fail-wakes-nobody',
      'vb2-010-keeps-the-lock',
      'vb2-010-looks-no-more',
      'vb2-010-stays-waiting',
      'vb2-010-end-of-outputs',
    ],
  }),
];
