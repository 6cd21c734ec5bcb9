import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, results } from '../observables.ts';

const OPEN = 'v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 2)';
/** Nobody has queued a buffer: whoever dequeues waits. */
const EMPTY = 'v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1); vb2.streamOn(c)';
const STREAM = `${OPEN}; vb2.queue(c, 0); vb2.queue(c, 1); vb2.streamOn(c)`;

/** Buffers of a video queue: who waits for them, who completes them, who takes them away. */
export const VIDEO_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'dequeue-complete',
    window: 'VB2-010',
    setup: STREAM,
    tasks: { A: 'vb2.dequeue(c)', irq: 'vb2.complete(v)' },
    sees: [results],
    outcomes: [outcome('A 0 done; irq 0', ['VB2-010'], 'no completion is missed')],
  }),
  litmus({
    name: 'dequeue-fail',
    window: 'VB2-010',
    setup: STREAM,
    tasks: { A: 'vb2.dequeue(c)', irq: 'vb2.fail(v)' },
    sees: [results],
    outcomes: [outcome('A -EIO', ['VB2-010'], 'no failure is missed')],
  }),
  litmus({
    name: 'dequeue-complete-fail',
    window: 'VB2-010',
    setup: STREAM,
    tasks: { A: 'vb2.dequeue(c)', irq: 'vb2.complete(v); vb2.fail(v)' },
    sees: [results],
    outcomes: [
      outcome('A 0 done; irq 0', ['VB2-010'], 'it looked before the failure'),
      outcome('A -EIO; irq 0', ['VB2-010'], 'an error is looked at before what is done'),
    ],
  }),
  litmus({
    name: 'dequeue-off',
    window: 'VB2-011',
    setup: `${STREAM}; vb2.complete(v)`,
    tasks: { A: 'vb2.dequeue(c)', B: 'vb2.streamOff(c)' },
    sees: [results],
    outcomes: [
      outcome('A 0 done; B 0', ['VB2-009'], 'dequeued before'),
      outcome('A -EINVAL; B 0', ['VB2-011'], 'what was done is thrown away'),
    ],
  }),
  litmus({
    name: 'sleeper-off',
    window: 'VB2-011',
    setup: EMPTY,
    tasks: { A: 'vb2.dequeue(c)', B: 'vb2.streamOff(c)' },
    sees: [results],
    outcomes: [outcome('A -EINVAL; B 0', ['VB2-011'], 'whoever waits hears of it')],
  }),
  litmus({
    name: 'two-dequeues',
    window: 'VB2-010',
    setup: `${STREAM}; vb2.complete(v)`,
    tasks: { A: 'vb2.dequeue(c)', B: 'vb2.dequeue(c)', irq: 'vb2.complete(v)' },
    sees: [results],
    outcomes: [
      outcome('A 0 done; B 1 done; irq 1', ['VB2-009'], 'one after the other, A first'),
      outcome('A 1 done; B 0 done; irq 1', ['VB2-009'], 'one after the other, B first'),
    ],
    isWide: true,
  }),
  litmus({
    name: 'dequeue-interrupted',
    window: 'VB2-010',
    setup: STREAM,
    tasks: { A: 'vb2.dequeue(c)', B: 'task.interrupt(A)', irq: 'vb2.complete(v)' },
    sees: [results],
    outcomes: [
      outcome('A 0 done; irq 0', ['VB2-010'], 'what is done is looked at before signals'),
      outcome('A -ERESTARTSYS; irq 0', ['VB2-010'], 'the signal came first'),
    ],
    isWide: true,
  }),
  litmus({
    name: 'two-completions',
    window: 'VB2-009',
    setup: STREAM,
    tasks: { irq1: 'vb2.complete(v, 1)', irq2: 'vb2.complete(v, 0)' },
    teardown: 'vb2.dequeue(c); vb2.dequeue(c)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally 1 done 0 done', ['VB2-009'], 'the second one was completed first'),
      outcome('finally 0 done 1 done', ['VB2-009'], 'the first one was'),
    ],
  }),
  litmus({
    name: 'off-complete',
    window: 'VB2-011',
    setup: STREAM,
    tasks: { A: 'vb2.streamOff(c)', irq: 'vb2.complete(v)' },
    teardown: 'vb2.states(v); vb2.look(v)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome(
        'A 0; irq 0, finally dequeued dequeued off owned 0 done 0',
        ['VB2-011', 'VB2-012'],
        'completed, and thrown away',
      ),
      outcome(
        'A 0, finally dequeued dequeued off owned 0 done 0',
        ['VB2-011', 'VB2-012'],
        'the driver had nothing left',
      ),
    ],
  }),
  litmus({
    name: 'off-fail',
    window: 'VB2-016',
    setup: STREAM,
    tasks: { A: 'vb2.streamOff(c)', irq: 'vb2.fail(v)' },
    teardown: 'vb2.queue(c, 0)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally 0', ['VB2-016'], 'stream-off ends the error'),
      outcome('finally -5', ['VB2-002'], 'it failed behind that'),
    ],
  }),
  litmus({
    name: 'off-request',
    window: 'VB2-014',
    setup: EMPTY,
    tasks: { A: 'vb2.dequeue(c)', B: 'vb2.streamOff(c); vb2.request(c, 1)' },
    sees: [results],
    outcomes: [
      outcome('A -EINVAL; B 0 1', ['VB2-011', 'VB2-014'], 'nobody waits any more'),
      outcome('A -EINVAL; B 0 -EBUSY', ['VB2-014'], 'A is on its way out of its sleep'),
    ],
  }),
  litmus({
    name: 'export-free',
    window: 'VB2-013',
    setup: OPEN,
    tasks: { A: 'vb2.export(c)', B: 'vb2.request(c, 0)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['VB2-013', 'VB2-014'], 'the export keeps the memory'),
      outcome('A -EINVAL; B 0', ['VB2-013'], 'there is no such buffer any more'),
    ],
  }),
  litmus({
    name: 'queue-close',
    window: 'VB2-005',
    setup: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1, dmabuf); m = buf.export()
      b = buf.fd(m)`,
    tasks: { A: 'vb2.queue(c, 0, [b])', B: 'sys.close(b)' },
    teardown: 'buf.calls(m); vb2.request(c, 0); buf.calls(m)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome(
        'A 0; B 0, finally attach map! 0 attach map! unmap! detach release',
        ['VB2-005'],
        'the buffer keeps the dma-buf until it ends',
      ),
      outcome('A -EINVAL; B 0, finally release 0 release', ['VB2-002'], 'it was closed before'),
    ],
  }),
];
