import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EIO = -5;
const EFAULT = -14;
const EBUSY = -16;
const ENODEV = -19;
const EINVAL = -22;

/** A device for two planes, two buffers of it, and dma-bufs that fit and that do not. */
const TWO_PLANES = `v = vb2.device(sg, planes: 2, size: 4096); c = vb2.open(v)
  n = vb2.request(c, 2, dmabuf); m = buf.export(4096); b = buf.fd(m)
  l = buf.export(8192); d = buf.fd(l); s = buf.export(2048); t = buf.fd(s); x = sys.memfd()`;

/** Properties of what a request to queue must be like, and of attaching memory. */
export const QUEUEING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-002'],
    plan: `A request to queue is looked at in order: file I/O; index, type, memory mode, planes; an error of the
      queue; the buffer; and then plane by plane its descriptor and its length.
      - each mistake alone, and with one that comes later, where errors or effects tell them apart
      - lengths that are missing, too small, and of dma-bufs that are; the second plane, too
      - a queue with buffers is no file; a device that is gone
      - what is refused changes nothing, but for a buffer that loses its memory`,
    programs: [
      program('arguments', {
        tasks: {
          A: `${TWO_PLANES}; index = vb2.queue(c, 2, [b, d]); below = vb2.queue(c, -1, [b, d])
            type = vb2.queue(c, 0, [b, d], type: output); mode = vb2.queue(c, 0, [b, d], mode: mmap)
            few = vb2.queue(c, 0, [b]); none = vb2.queue(c, 0); bad = vb2.queue(c, 0, [b, d], memory: bad)
            before = vb2.seen(v); plain = vb2.queue(c, 0, [b, d]); again = vb2.queue(c, 0, [b, d])
            other = vb2.queue(c, 0, [b, 99]); kept = attach.list(b); states = vb2.states(v)`,
        },
      }),
      program('planes', {
        tasks: {
          A: `${TWO_PLANES}; closed = vb2.queue(c, 0, [b, 99]); first = vb2.queue(c, 0, [99, b])
            kind = vb2.queue(c, 0, [b, x]); short = vb2.queue(c, 0, [b, d], [4096, 4095])
            small = vb2.queue(c, 0, [t, b]); second = vb2.queue(c, 0, [b, t])
            count = sys.fdinfo(b); ok = vb2.queue(c, 0, [b, d], [4096, 0]); q = vb2.query(c, 0)`,
        },
      }),
      program('error', {
        tasks: {
          A: `${TWO_PLANES}; q = vb2.queue(c, 0, [b, d]); vb2.fail(v); eio = vb2.queue(c, 1, [b, d])
            state = vb2.queue(c, 0, [b, d]); plane = vb2.queue(c, 1, [99, 99])
            index = vb2.queue(c, 2, [b, d]); type = vb2.queue(c, 1, [b, d], type: output)
            mode = vb2.queue(c, 1, [b, d], mode: mmap); few = vb2.queue(c, 1, [b])
            p = vb2.prepare(c, 1, [b, d])`,
        },
      }),
      program('file', {
        setup: 'v = vb2.device(sg); c = vb2.open(v, true)',
        tasks: {
          A: `r = sys.read(c); index = vb2.queue(c, 9); type = vb2.queue(c, 0, type: output)
            q = vb2.queue(c, 0); p = vb2.prepare(c, 9); d = vb2.dequeue(c)
            vb2.complete(v, byte: 7); got = sys.read(c); end = sys.read(c); on = vb2.streamOn(c)
            off = vb2.streamOff(c); n = vb2.request(c, 0)`,
        },
      }),
      program('no-file', {
        setup: 'v = vb2.device(sg); c = vb2.open(v, true); n = vb2.request(c, 1)',
        tasks: {
          A: 'r = sys.read(c); q = vb2.queue(c, 0); vb2.unplug(v); p = vb2.queue(c, 0, memory: bad)',
        },
      }),
      program('others', {
        setup: 'v = vb2.device(sg); c = vb2.open(v); d = vb2.open(v); n = vb2.request(c, 1)',
        tasks: {
          A: `q = vb2.queue(d, 9); r = vb2.request(d, 1); on = vb2.streamOn(d); rd = sys.read(d)
            mine = vb2.queue(c, 0); sys.close(c); now = vb2.request(d, 1)`,
        },
      }),
    ],
    holds: results({
      arguments: {
        index: EINVAL,
        below: EINVAL,
        type: EINVAL,
        mode: EINVAL,
        few: EINVAL,
        none: EINVAL,
        bad: EFAULT,
        before: 'setup 2',
        plain: 0,
        again: EINVAL,
        other: EINVAL,
        kept: 'video',
        states: 'queued dequeued',
      },
      planes: {
        closed: EINVAL,
        first: EINVAL,
        kind: EINVAL,
        short: EINVAL,
        small: EINVAL,
        second: EINVAL,
        count: 'size 4096, count 1, exp_name mock',
        ok: 0,
        q: 'queued: fd 1 length 4096 used 0 offset 0; fd 2 length 8192 used 0 offset 0',
      },
      error: {
        eio: EIO,
        state: EIO,
        plane: EIO,
        index: EINVAL,
        type: EINVAL,
        mode: EINVAL,
        few: EINVAL,
        p: EIO,
      },
      file: {
        r: -11,
        index: EBUSY,
        type: EBUSY,
        q: EBUSY,
        p: EBUSY,
        d: EBUSY,
        got: 1,
        end: -11,
        on: EBUSY,
        off: EBUSY,
        n: EBUSY,
      },
      'no-file': { r: EBUSY, q: 0, p: ENODEV },
      others: { q: EBUSY, r: EBUSY, on: EBUSY, rd: EBUSY, mine: 0, now: 1 },
    }),
    forbids: ['leak', 'refcount', 'refinement'],
    witness: {
      refused: reached((run) => resultNamed(run, 'kind') === EINVAL),
      file: reached((run) => resultNamed(run, 'got') === 1),
    },
    faults: [
      'vb2-002-file-last',
      'vb2-002-file-anyway',
      'vb2-002-gone-device-answers',
      'vb2-002-error-first',
      'vb2-002-any-type',
      'vb2-002-any-mode',
      'vb2-002-few-planes',
      'vb2-002-error-unseen',
      'vb2-002-state-first',
      'vb2-002-queues-twice',
      'vb2-002-tells-bad-descriptors',
      'vb2-002-any-length',
      'vb2-002-zero-is-enough',
    ],
  }),
  property({
    rules: ['VB2-003'],
    plan: `An exporter's refusal to be attached keeps its code; a mapping that fails is -EINVAL where devices use
      it, -EFAULT where the CPU does; a device that needs one run of addresses gives -EFAULT without one.
      - refusals of attach and map × kinds of memory; lengths above the dma-buf's size
      - buffers of heaps, scattered and in one run; one long enough, one only in part`,
    programs: [
      ...(['sg', 'contig', 'vmalloc'] as const).map((kind) =>
        program(kind, {
          setup: 'heap.addAll()',
          tasks: {
            A: `v = vb2.device(${kind}); c = vb2.open(v); n = vb2.request(c, 2, dmabuf)
              m = buf.export(4096, fails: [attach], error: ${ENODEV}); b = buf.fd(m)
              attach = vb2.prepare(c, 0, [b]); vb2.streamOff(c); ma = buf.export(4096); ba = buf.fd(ma)
              size = vb2.queue(c, 0, [ba], [4097]); calls = buf.calls(ma)
              mm = buf.export(4096, fails: [map, vmap], error: -5); bm = buf.fd(mm)
              map = vb2.queue(c, 0, [bm]); left = buf.calls(mm); h = heap.buffer(12288, system)
              h1 = heap.buffer(12288, reserved); scattered = vb2.queue(c, 0, [h], [4096])
              w = vb2.device(${kind}, size: 8192); e = vb2.open(w); k = vb2.request(e, 2, dmabuf)
              more = vb2.queue(e, 0, [h]); run = vb2.queue(e, 1, [h1])`,
          },
        }),
      ),
    ],
    holds: results({
      sg: {
        attach: ENODEV,
        size: EFAULT,
        calls: '',
        map: EINVAL,
        left: 'attach map! detach',
        scattered: 0,
        more: 0,
        run: 0,
      },
      contig: {
        attach: ENODEV,
        size: EFAULT,
        calls: '',
        map: EINVAL,
        left: 'attach map! detach',
        scattered: 0,
        more: EFAULT,
        run: 0,
      },
      vmalloc: {
        // Nobody is asked: there is no device.
        attach: 0,
        size: EFAULT,
        calls: '',
        map: EFAULT,
        left: 'vmap!',
        scattered: 0,
        more: 0,
        run: 0,
      },
    }),
    allows: ['warn'],
    forbids: ['leak', 'refcount', 'refinement', 'attachments'],
    witness: { scattered: reached((run) => resultNamed(run, 'more') === EFAULT) },
    faults: [
      'vb2-003-attach-is-invalid',
      'vb2-003-map-keeps-code',
      'vb2-003-cpu-is-invalid',
      'vb2-003-any-size',
      'vb2-003-scattered',
      'vb2-003-whole-in-one-run',
      'vb2-003-stays-mapped',
    ],
  }),
];
