import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EINVAL = -22;

/** One-plane buffers with memory of others, and two dma-bufs. */
const ONE_PLANE = `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 2, dmabuf)
  m = buf.export(4096); b = buf.fd(m); o = buf.export(4096); d = buf.fd(o)`;

/** The same for two planes. */
const TWO_PLANES = `v = vb2.device(sg, planes: 2); c = vb2.open(v); n = vb2.request(c, 2, dmabuf)
  m = buf.export(4096); b = buf.fd(m); o = buf.export(4096); d = buf.fd(o)`;

/** Takes the buffer back, so that it can be queued again. */
const BACK = 'vb2.streamOff(c)';

/** How often caches were made to agree for a device. */
function syncs(run: Run): number {
  return run.sightings.filter(({ name }) => name.startsWith('dma_sync_sg_for_')).length;
}

/** Twice for each way to the driver and back, however it was prepared. */
function syncedInTurn(run: Run): string | null {
  const { name } = run.program;
  const count = syncs(run);
  if (count === (name === 'own' ? 4 : 0)) return null;
  return `${name}: caches are synced ${count} times`;
}

/** Properties of memory that buffers import. */
export const MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-004'],
    plan: `A buffer that is queued with the dma-bufs and lengths of last time is attached to nothing anew; if
      one plane differs, all planes are. It is the object that counts, not the descriptor.
      - the same one, by another descriptor; another length; 0 and the same length in numbers
      - the same number for another dma-buf; one of two planes; another buffer of the queue
      - what devices do with it: a capture queue writes, an output queue reads`,
    programs: [
      program('same', {
        tasks: {
          A: `${ONE_PLANE}; vb2.queue(c, 0, [b]); ${BACK}; e = sys.dup(b); again = vb2.queue(c, 0, [e])
            ${BACK}; sys.close(b); full = vb2.queue(c, 0, [e], [4096]); once = buf.calls(m)
            ${BACK}; q = vb2.queue(c, 1, [e]); twice = buf.calls(m); list = attach.list(m)`,
        },
      }),
      program('length', {
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1, dmabuf); m = buf.export(8192)
            b = buf.fd(m); vb2.queue(c, 0, [b], [4096]); ${BACK}; q = vb2.queue(c, 0, [b], [8192])
            calls = buf.calls(m); ${BACK}; r = vb2.queue(c, 0, [b]); same = buf.calls(m)`,
        },
      }),
      program('number', {
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1, dmabuf); m = buf.export(4096)
            b = buf.fd(m); vb2.queue(c, 0, [b]); ${BACK}; sys.close(b); o = buf.export(4096)
            d = buf.fd(o); q = vb2.queue(c, 0, [1]); first = buf.calls(m); second = buf.calls(o)`,
        },
      }),
      program('directions', {
        tasks: {
          A: `${ONE_PLANE}; q = vb2.queue(c, 0, [b]); in = buf.directions(m)
            w = vb2.device(sg, output: true); e = vb2.open(w)
            k = vb2.request(e, 1, dmabuf, type: output); p = vb2.queue(e, 0, [d], type: output)
            out = buf.directions(o)`,
        },
      }),
      program('one-of-two', {
        tasks: {
          A: `${TWO_PLANES}; vb2.queue(c, 0, [b, d]); ${BACK}; p = buf.export(4096); f = buf.fd(p)
            q = vb2.queue(c, 0, [b, f]); kept = buf.calls(m); gone = buf.calls(o); came = buf.calls(p)
            ${BACK}; r = vb2.queue(c, 0, [b, f]); still = buf.calls(m)`,
        },
      }),
    ],
    holds: results({
      same: {
        again: 0,
        full: 0,
        once: 'attach map!',
        twice: 'attach map! attach map!',
        q: 0,
        list: 'video video',
      },
      length: {
        q: 0,
        calls: 'attach map! unmap! detach attach map!',
        same: 'attach map! unmap! detach attach map!',
      },
      number: { q: 0, first: 'attach map! unmap! detach release', second: 'attach map!' },
      directions: { q: 0, in: 'map FROM_DEVICE', k: 1, p: 0, out: 'map TO_DEVICE' },
      'one-of-two': {
        q: 0,
        kept: 'attach map! unmap! detach attach map!',
        gone: 'attach map! unmap! detach',
        came: 'attach map!',
        still: 'attach map! unmap! detach attach map!',
      },
    }),
    forbids: ['leak', 'refcount', 'refinement', 'use-after-free'],
    witness: { kept: reached((run) => resultNamed(run, 'once') === 'attach map!') },
    faults: [
      'vb2-004-never-kept',
      'vb2-004-by-number',
      'vb2-004-any-length-is-same',
      'vb2-004-first-plane-decides',
      'vb2-004-keeps-reference',
      'vb2-004-one-direction',
    ],
  }),
  property({
    rules: ['VB2-005'],
    plan: `What was attached stays when the buffer is dequeued, and when descriptors are closed; it goes when
      something else is queued, when that fails, with the buffers, and with the file. A plane without memory
      says nothing of any.
      - dequeue, stream-off, close; each way to end, the driver's refusal too; what is asked after it`,
    programs: [
      program('stays', {
        tasks: {
          A: `${ONE_PLANE}; vb2.queue(c, 0, [b]); vb2.streamOn(c); vb2.complete(v); q = vb2.dequeue(c)
            count = buf.count(m); sys.close(b); vb2.streamOff(c); calls = buf.calls(m)
            left = buf.count(m); end = vb2.request(c, 0); gone = buf.calls(m); seen = vb2.seen(v)`,
        },
      }),
      program('other', {
        tasks: {
          A: `${ONE_PLANE}; vb2.queue(c, 0, [b]); ${BACK}; sys.close(b); q = vb2.queue(c, 0, [d])
            calls = buf.calls(m); seen = vb2.seen(v)`,
        },
      }),
      program('failed', {
        // What is left of the first one is nothing.
        tasks: {
          A: `${ONE_PLANE}; vb2.queue(c, 0, [b], [4096], used: [9], offsets: [3]); ${BACK}
            was = vb2.query(c, 0); q = vb2.queue(c, 0, [99]); is = vb2.query(c, 0)
            calls = buf.calls(m); r = vb2.queue(c, 0, [b]); again = buf.calls(m)
            now = vb2.query(c, 0)`,
        },
      }),
      program('refused', {
        tasks: {
          A: `${ONE_PLANE}; vb2.queue(c, 0, [b]); ${BACK}; vb2.refuse(v, prepare, -5)
            q = vb2.queue(c, 0, [b]); is = vb2.query(c, 0); calls = buf.calls(m)
            vb2.refuse(v, prepare, 0); vb2.refuse(v, init, -6); r = vb2.queue(c, 0, [d])
            other = buf.calls(o); ok = vb2.queue(c, 1, [99])`,
        },
      }),
      program('closed', {
        tasks: {
          A: `${TWO_PLANES}; vb2.queue(c, 0, [b, d]); vb2.streamOn(c); e = sys.dup(c); sys.close(c)
            held = buf.calls(m); sys.close(e); calls = buf.calls(m); count = buf.count(o)
            states = vb2.states(v)`,
        },
      }),
    ],
    holds: results({
      stays: {
        q: '0 done',
        count: 2,
        calls: 'attach map!',
        left: 1,
        end: 0,
        gone: 'attach map! unmap! detach release',
        seen: 'setup 2, init 0, prepare 0, queue 0, start 1, finish 0, stop, cleanup 0',
      },
      other: {
        q: 0,
        calls: 'attach map! unmap! detach release',
        seen: 'setup 2, init 0, prepare 0, finish 0, cleanup 0, init 0, prepare 0',
      },
      failed: {
        was: 'none: fd 1 length 4096 used 9 offset 3',
        q: EINVAL,
        is: 'none: fd 0 length 0 used 0 offset 0',
        calls: 'attach map! unmap! detach',
        r: 0,
        again: 'attach map! unmap! detach attach map!',
        now: 'queued: fd 1 length 4096 used 0 offset 0',
      },
      refused: {
        q: -5,
        is: 'none: fd 0 length 0 used 0 offset 0',
        calls: 'attach map! unmap! detach',
        r: -6,
        other: 'attach map! unmap! detach',
        ok: EINVAL,
      },
      closed: {
        held: 'attach map!',
        calls: 'attach map! unmap! detach',
        count: 1,
        states: '',
      },
    }),
    forbids: ['leak', 'refcount', 'refinement', 'use-after-free'],
    witness: {
      stays: reached((run) => resultNamed(run, 'left') === 1),
      failed: reached((run) => resultNamed(run, 'q') === EINVAL),
    },
    faults: [
      'vb2-005-goes-at-dequeue',
      'vb2-005-failed-keeps',
      'vb2-005-end-keeps',
      'vb2-005-close-keeps',
      'vb2-005-cancel-lets-go',
      'vb2-005-cleans-up-nothing',
      'BUG-VB2-02',
    ],
  }),
  property({
    rules: ['VB2-006'],
    plan: `Planes of one buffer with the same dma-buf and device share one attachment, that of the lowest.
      - the same one twice, and between two others; devices of their own; ends in each way
      - each plane has a reference; another length for the second is the first one's business`,
    programs: [
      program('twice', {
        tasks: {
          A: `${TWO_PLANES}; q = vb2.queue(c, 0, [b, b]); calls = buf.calls(m); count = buf.count(m)
            ${BACK}; r = vb2.queue(c, 0, [b, b]); same = buf.calls(m); ${BACK}
            s = vb2.queue(c, 0, [d, b]); next = buf.calls(m); first = buf.calls(o)
            ${BACK}; vb2.request(c, 0); end = buf.calls(m); left = buf.count(m)`,
        },
      }),
      program('split', {
        tasks: {
          A: `v = vb2.device(sg, planes: 2, split: true); c = vb2.open(v); n = vb2.request(c, 1, dmabuf)
            m = buf.export(4096); b = buf.fd(m); q = vb2.queue(c, 0, [b, b]); list = attach.list(m)
            ${BACK}; vb2.request(c, 0); end = buf.calls(m)`,
        },
      }),
      program('three', {
        tasks: {
          A: `v = vb2.device(sg, planes: 3); c = vb2.open(v); n = vb2.request(c, 1, dmabuf)
            m = buf.export(4096); b = buf.fd(m); o = buf.export(4096); d = buf.fd(o)
            q = vb2.queue(c, 0, [d, b, d]); first = buf.calls(o); count = buf.count(o)
            f = vb2.queue(c, 0, [d, b, d]); sys.close(c); end = buf.calls(o); left = buf.count(o)`,
        },
      }),
    ],
    holds: results({
      twice: {
        q: 0,
        calls: 'attach map!',
        count: 3,
        r: 0,
        same: 'attach map!',
        s: 0,
        next: 'attach map! unmap! detach attach map!',
        first: 'attach map!',
        end: 'attach map! unmap! detach attach map! unmap! detach',
        left: 1,
      },
      split: {
        q: 0,
        list: 'port1 port0',
        end: 'attach map! attach map! unmap! detach unmap! detach',
      },
      three: {
        q: 0,
        first: 'attach map!',
        count: 3,
        f: EINVAL,
        end: 'attach map! unmap! detach',
        left: 1,
      },
    }),
    forbids: ['leak', 'refcount', 'refinement', 'use-after-free', 'double-free'],
    witness: { shared: reached((run) => resultNamed(run, 'count') === 3, 2) },
    faults: [
      'vb2-006-attaches-each',
      'vb2-006-any-device',
      'vb2-006-lowest-first',
      'vb2-006-each-detaches',
      'vb2-006-one-reference',
    ],
  }),
  property({
    rules: ['VB2-007'],
    plan: `Imported memory is not synced when it is queued or dequeued: that is for the exporter, and for those
      who bracket their accesses. The queue's own memory is, where devices need it.
      - devices and CPU-only ones; data that goes stale behind a cache, and is there after the bracket`,
    programs: [
      program('imported', {
        setup: 'heap.addAll()',
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1, dmabuf); b = heap.buffer(4096)
            vb2.queue(c, 0, [b]); vb2.streamOn(c); vb2.complete(v); q = vb2.dequeue(c)
            r = vb2.queue(c, 0, [b]); vb2.streamOff(c)`,
        },
      }),
      program('own', {
        tasks: {
          A: `v = vb2.device(sg); c = vb2.open(v); n = vb2.request(c, 1); vb2.prepare(c, 0)
            vb2.queue(c, 0); vb2.streamOn(c); vb2.complete(v); q = vb2.dequeue(c)
            r = vb2.queue(c, 0); vb2.streamOff(c)`,
        },
      }),
      program('coherent', {
        tasks: {
          A: `v = vb2.device(contig); c = vb2.open(v); n = vb2.request(c, 1); vb2.queue(c, 0)
            vb2.streamOn(c); vb2.complete(v); q = vb2.dequeue(c); r = vb2.queue(c, 0)
            vb2.streamOff(c)`,
        },
      }),
      program('stale', {
        tasks: {
          A: `b = device.export(); f = buf.fd(b); v = vb2.device(vmalloc); c = vb2.open(v)
            n = vb2.request(c, 1, dmabuf); vb2.queue(c, 0, [f]); vb2.streamOn(c)
            vb2.complete(v, byte: 7); q = vb2.dequeue(c); stale = device.load(b)
            e = buf.end(b, BIDIRECTIONAL); fresh = device.load(b); device.store(b, 9)
            r = vb2.queue(c, 0, [f]); vb2.streamOff(c)`,
        },
      }),
    ],
    holds: both(
      results({
        imported: { q: '0 done', r: 0 },
        own: { q: '0 done', r: 0 },
        coherent: { q: '0 done', r: 0 },
        stale: { q: '0 done', stale: 0, e: 0, fresh: 7, r: 0 },
      }),
      syncedInTurn,
    ),
    witness: {
      stale: reached((run) => resultNamed(run, 'stale') === 0),
      synced: reached((run) => syncs(run) === 4),
    },
    faults: ['vb2-007-syncs-imported', 'vb2-007-begins-access', 'vb2-007-ends-access'],
  }),
];
