import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, atTheEnd, results } from '../observables.ts';

const BUFFER = 'heap.addAll(); b = heap.buffer(4096)';
const WRITER = `${BUFFER}; f = fence.create(); dmabuf.add(b, f, WRITE)`;
/** Armed on f, which a later fence of its context has replaced. */
const REPLACED = `${BUFFER}; f = fence.create(context: 9, seqno: 1)
  h = fence.create(context: 9, seqno: 2); dmabuf.add(b, f, WRITE); sys.poll(b, in)
  dmabuf.add(b, h, WRITE)`;

/** What is left of a poll: armed directions, references of the file, wake-ups of a sleeper. */
const LEFT = 'dmabuf.armed(b); buf.count(b); dmabuf.woken(w)';

/** Polls of buffers against signals, other pollers, the end of the buffer. */
export const BUFFER_POLL_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'poll-signal',
    window: 'RW-19',
    setup: `${WRITER}; w = dmabuf.sleepOn(b, in)`,
    tasks: { A: 'sys.poll(b, in)', B: 'fence.signal(f)' },
    teardown: LEFT,
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A none; B 0, finally none 1 1', ['POLL-005', 'POLL-006'], 'armed, and fired once'),
      outcome('A in; B 0, finally none 1 1', ['POLL-009'], 'refused: A itself wakes the others'),
    ],
  }),
  litmus({
    name: 'wait-signal',
    window: 'RW-19',
    setup: WRITER,
    tasks: { A: 'sys.poll(b, in, -1)', B: 'fence.signal(f)' },
    teardown: 'dmabuf.armed(b); buf.count(b)',
    sees: [results, atTheEnd],
    isWide: true,
    outcomes: [
      outcome('A in; B 0, finally none 1', ['POLL-012', 'POLL-013'], 'no wake-up is lost'),
    ],
  }),
  litmus({
    name: 'next-fence',
    window: 'RW-19',
    setup: `${WRITER}; g = fence.create(); dmabuf.add(b, g, WRITE)`,
    tasks: { A: 'sys.poll(b, in)', B: 'fence.signal(f)' },
    teardown: 'dmabuf.armed(b); fence.signal(g); dmabuf.armed(b)',
    sees: [results, armed('g'), atTheEnd],
    outcomes: [
      outcome('A none; B 0, g unarmed, finally none 0 none', ['POLL-006'], 'armed on f, and fired'),
      outcome('A none; B 0, g armed, finally in 0 none', ['POLL-005'], 'f refused, so g is tried'),
    ],
  }),
  litmus({
    name: 'joined-not-locked',
    window: 'RW-19',
    setup: WRITER,
    tasks: {
      A: 'sys.poll(b, in, 5)',
      B: 'lockless.buffer(b, [sleepers]); lockless.tryBuffer(b, [in])',
    },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [
      outcome('A none; B 0 0', ['POLL-013'], 'B was first'),
      outcome('A none; B 0 1', ['POLL-005'], 'all of the poll between the looks'),
      outcome('A none; B 0 busy', ['POLL-004'], 'A locks in between'),
      outcome('A none; B 1 0', ['POLL-013'], 'joined, and not locked yet'),
      outcome('A none; B 1 1', ['POLL-005'], 'armed before the second look'),
      outcome('A none; B 1 busy', ['POLL-004'], 'joined, then locked'),
    ],
  }),
  litmus({
    name: 'locked-not-claimed',
    window: 'RW-19',
    setup: WRITER,
    tasks: { A: 'sys.poll(b, in)', B: 'resv.isLocked(b.resv); lockless.buffer(b, [in])' },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [
      outcome('A none; B false 0', ['POLL-004'], 'B was first'),
      outcome('A none; B false 1', ['POLL-005'], 'B was late, or A claimed between the looks'),
      outcome('A none; B true 0', ['POLL-004'], 'locked, and not claimed yet'),
      outcome('A none; B true 1', ['POLL-005'], 'claimed under the lock'),
    ],
  }),
  litmus({
    name: 'callback-locks',
    window: 'RW-19',
    setup: `${WRITER}; w = dmabuf.sleepOn(b, in); sys.poll(b, in)`,
    tasks: {
      A: 'fence.signal(f)',
      B: 'lockless.fence(f, [stamped]); lockless.buffer(b, [locked, in])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 1', ['POLL-006'], 'B was early'),
      outcome('A 0; B 0 0 0', ['POLL-006'], 'called back before the last look'),
      outcome('A 0; B 0 1 1', ['POLL-006'], 'the queue is locked, and the slot still active'),
      outcome('A 0; B 0 1 0', ['POLL-006'], 'free again before the last look'),
      outcome('A 0; B 1 0 1', ['POLL-006'], 'signaled, and not called back yet'),
      outcome('A 0; B 1 0 0', ['POLL-006'], 'B was late'),
      outcome('A 0; B 1 1 1', ['POLL-006'], 'signaled, and the queue is locked'),
      outcome('A 0; B 1 1 0', ['POLL-006'], 'free again before the last look'),
    ],
  }),
  litmus({
    name: 'second-poller',
    window: 'RW-20',
    setup: `${WRITER}; sys.poll(b, in)`,
    tasks: { A: 'sys.poll(b, in, -1)', B: 'fence.signal(f)' },
    teardown: 'dmabuf.armed(b); buf.count(b)',
    sees: [results, atTheEnd],
    isWide: true,
    outcomes: [outcome('A in; B 0, finally none 1', ['POLL-012'], 'woken, or free when A looks')],
  }),
  litmus({
    name: 'two-pollers',
    window: 'RW-20',
    setup: `${BUFFER}; w = dmabuf.sleepOn(b, in)`,
    tasks: { A: 'sys.poll(b, in)', B: 'sys.poll(b, in)' },
    teardown: LEFT,
    sees: [results, atTheEnd],
    isWide: true,
    outcomes: [outcome('A in; B in, finally none 1 2', ['POLL-009'], 'one after the other')],
  }),
  litmus({
    name: 'close-signal',
    window: 'RW-21',
    setup: `${WRITER}; sys.poll(b, in)`,
    tasks: {
      A: 'sys.close(b); inspect.isFreed(b.buffer)',
      B: 'fence.signal(f); lockless.fence(f, [references])',
    },
    teardown: 'inspect.isFreed(b.buffer)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0 false; B 0 1, finally true', ['POLL-008'], 'the callback drops the last one'),
      outcome('A 0 false; B 0 2, finally true', ['POLL-008'], 'released a moment later'),
      outcome('A 0 true; B 0 1, finally true', ['POLL-008'], 'released by A, or before it looks'),
      outcome('A 0 true; B 0 2, finally true', ['POLL-008'], 'the callback was first'),
    ],
  }),
  litmus({
    name: 'replaced',
    window: 'RW-22',
    setup: REPLACED,
    tasks: { A: 'sys.poll(b, in); sys.poll(b, in)', B: 'fence.signal(h); fence.signal(f)' },
    sees: [results],
    isWide: true,
    outcomes: [
      outcome('A none none; B 0 0', ['POLL-007'], 'f has not signaled yet'),
      outcome('A none in; B 0 0', ['POLL-007'], 'f signals between the polls'),
      outcome('A in in; B 0 0', ['POLL-007'], 'evaluated anew'),
    ],
  }),
  litmus({
    name: 'replaced-for-ever',
    window: 'RW-22',
    setup: REPLACED,
    tasks: { A: 'sys.poll(b, in, 5)', B: 'fence.signal(h)' },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [outcome('A none; B 0', ['POLL-007'], 'not ready while f is pending')],
  }),
];
