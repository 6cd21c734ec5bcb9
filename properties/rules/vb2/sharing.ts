import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EBUSY = -16;
const ENODEV = -19;
const EINVAL = -22;
const EMFILE = -24;

const OWN = 'v = vb2.device(contig); c = vb2.open(v, true); n = vb2.request(c, 2)';
/** A dma-buf that somebody still writes to. */
const FENCED = `heap.addAll(); b = heap.buffer(4096); f = fence.create(); resv.lock(b.resv)
  resv.reserve(b.resv, 1); resv.add(b.resv, f, WRITE); resv.unlock(b.resv)`;

const KINDS = ['sg', 'contig', 'vmalloc'] as const;

/** Properties of what queues share with others, and of what they leave to them. */
export const SHARING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['VB2-001'],
    plan: `A queue waits for no fence and adds none: hardware starts at once, whatever is open.
      - imported memory with a write fence; memory that was exported, with fences of others on it
      - each kind of memory; the slots of the reservation before and after`,
    programs: KINDS.map((kind) =>
      program(kind, {
        tasks: {
          A: `${FENCED}; v = vb2.device(${kind}); c = vb2.open(v, true); n = vb2.request(c, 1, dmabuf)
            q = vb2.queue(c, 0, [b]); on = vb2.streamOn(c); at = vb2.states(v); vb2.complete(v)
            d = vb2.dequeue(c); r = vb2.queue(c, 0, [b]); slots = resv.slots(b.resv)
            p = sys.poll(b, in+out, 0); open = fence.getStatus(f)
            w = vb2.device(${kind}); e = vb2.open(w, true); k = vb2.request(e, 1); x = vb2.export(e)
            resv.lock(x.resv); resv.reserve(x.resv, 1); resv.add(x.resv, f, READ)
            resv.unlock(x.resv); vb2.queue(e, 0); vb2.streamOn(e); own = vb2.states(w)
            vb2.complete(w); vb2.dequeue(e); mine = resv.slots(x.resv); y = vb2.export(e)
            empty = resv.slots(y.resv); fence.signal(f)`,
        },
      }),
    ),
    holds: results(
      Object.fromEntries(
        KINDS.map((kind) => [
          kind,
          {
            q: 0,
            on: 0,
            at: 'active',
            d: '0 done',
            r: 0,
            slots: 'f/WRITE',
            p: 'none',
            open: 0,
            own: 'active',
            mine: 'f/READ',
            empty: '',
          },
        ]),
      ),
    ),
    forbids: ['deadlock', 'leak'],
    witness: { started: reached((run) => resultNamed(run, 'at') === 'active', 3) },
    faults: ['vb2-001-waits-for-writers', 'vb2-001-adds-a-fence', 'vb2-001-fence-on-export'],
  }),
  property({
    rules: ['VB2-013'],
    plan: `Only memory of the queue's own is exported, with flags for the descriptor and the access mode, by type
      and plane; each time as a new dma-buf with a reservation of its own, over the same memory.
      - each wrong argument; file I/O; no descriptor left; access modes
      - two exports: inodes, fences, bytes; the kernel's mapping of one, and devices that use both`,
    programs: [
      program('arguments', {
        tasks: {
          A: `v = vb2.device(contig, planes: 2); c = vb2.open(v); n = vb2.request(c, 1)
            index = vb2.export(c, 1); plane = vb2.export(c, 0, 2); flag = vb2.export(c, 0, 0, nonBlock)
            type = vb2.export(c, 0, 0, type: output); x = vb2.export(c, 0, 1); r = vb2.export(c, 0, 0, readOnly)
            w = sys.map(r, true); o = sys.modes(r); rw = sys.map(x, true); modes = sys.modes(x)
            vb2.request(c, 1, dmabuf); imported = vb2.export(c, 0)`,
        },
      }),
      program('file', {
        setup: 'v = vb2.device(contig); c = vb2.open(v, true)',
        tasks: { A: 'r = sys.read(c); x = vb2.export(c, 0); p = vb2.export(c, 0, 1)' },
      }),
      ...KINDS.map((kind) =>
        program(kind, {
          tasks: {
            A: `v = vb2.device(${kind}); c = vb2.open(v, true); n = vb2.request(c, 1); x = vb2.export(c)
              y = vb2.export(c); first = buf.inodeAt(x); second = buf.inodeAt(y); f = fence.create()
              resv.lock(x.resv); resv.reserve(x.resv, 1); resv.add(x.resv, f, WRITE)
              resv.unlock(x.resv); busy = sys.poll(x, in, 0); idle = sys.poll(y, in, 0)
              fence.signal(f); vb2.queue(c, 0); vb2.streamOn(c); vb2.complete(v, byte: 7)
              p = sys.mmap(x, 4096); seen = sys.load(p, 0); m = buf.vmapUnlocked(x.buffer)
              k = buf.peek(m, 0); buf.poke(m, 8, 1); q = sys.mmap(y, 4096); other = sys.load(q, 1)
              o = buf.vmapUnlocked(y.buffer); l = buf.peek(o, 1); buf.vunmapUnlocked(x.buffer, m)
              buf.vunmapUnlocked(y.buffer, o); sys.munmap(p); sys.munmap(q)`,
          },
        }),
      ),
      program('importer', {
        // One direction after the other.
        tasks: {
          A: `${OWN}; x = vb2.export(c); w = vb2.device(contig); e = vb2.open(w, true)
            k = vb2.request(e, 1, dmabuf); i = vb2.queue(e, 0, [x]); vb2.streamOn(e)
            vb2.complete(w, byte: 5); p = sys.mmap(x, 4096); seen = sys.load(p, 0); sys.munmap(p)
            a = attach.static(x, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); u = attach.mapUnlocked(a, FROM_DEVICE)
            attach.unmapUnlocked(a, u, FROM_DEVICE); attach.detach(x, a)`,
        },
      }),
      program('full', {
        setup: OWN,
        tasks: { A: 'sys.fillTable(); x = vb2.export(c, 0)' },
      }),
    ],
    holds: (run) => {
      const { name } = run.program;
      const sharing = {
        busy: 'none',
        idle: 'in',
        seen: 7,
        k: 7,
        other: 8,
        l: 8,
      };
      const wrong = results({
        arguments: {
          index: EINVAL,
          plane: EINVAL,
          flag: EINVAL,
          type: EINVAL,
          x: 0,
          r: 0,
          w: -13,
          rw: 'mapped',
          imported: EINVAL,
        },
        file: { r: -11, x: EBUSY, p: EINVAL },
        full: { x: EMFILE },
        sg: sharing,
        contig: sharing,
        vmalloc: sharing,
        importer: { i: 0, seen: 5 },
      })(run);
      const [first, second] = [resultNamed(run, 'first'), resultNamed(run, 'second')];
      if (first !== undefined && first === second) return `${name}: both are one dma-buf`;
      return wrong;
    },
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free', 'refinement', 'bug'],
    witness: { shared: reached((run) => resultNamed(run, 'l') === 8, 3) },
    faults: [
      'vb2-013-any-memory',
      'vb2-013-any-flags',
      'vb2-013-any-type',
      'vb2-013-file-too',
      'vb2-013-one-for-all',
      'vb2-013-one-reservation',
      'vb2-013-writable-anyway',
      'vb2-013-copies',
      'vb2-013-leaks-without-descriptor',
      'BUG-VB2-01',
    ],
  }),
  property({
    rules: ['VB2-014'],
    plan: `Memory that was exported outlives the buffers; a request for others while the queue streams is refused.
      - buffers freed and made anew, the file closed: bytes, new importers, devices that are attached
      - a request for some and for none while it streams; while somebody waits; in another mode`,
    programs: [
      program('orphan', {
        tasks: {
          A: `${OWN}; x = vb2.export(c); vb2.queue(c, 0); vb2.streamOn(c); vb2.complete(v, byte: 7)
            vb2.streamOff(c); w = vb2.device(contig); e = vb2.open(w, true); k = vb2.request(e, 1, dmabuf)
            i = vb2.queue(e, 0, [x]); vb2.streamOn(e); free = vb2.request(c, 0); p = sys.mmap(x, 4096)
            old = sys.load(p, 0); dma = vb2.complete(w, byte: 9); new = sys.load(p, 0)
            again = vb2.request(c, 2); y = vb2.export(c); q = sys.mmap(y, 4096); fresh = sys.load(q, 0)
            sys.close(c); still = sys.load(p, 0); a = attach.static(x, gpu)
            t = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)
            attach.detach(x, a)`,
        },
      }),
      program('streaming', {
        tasks: {
          A: `${OWN}; vb2.queue(c, 0); vb2.streamOn(c); some = vb2.request(c, 1); none = vb2.request(c, 0)
            other = vb2.request(c, 1, dmabuf); states = vb2.states(v); vb2.streamOff(c)
            off = vb2.request(c, 1, dmabuf); left = vb2.states(v)`,
        },
      }),
      program('request', {
        tasks: {
          A: `v = vb2.device(contig, allocatedMin: 2, buffersMax: 4); c = vb2.open(v)
            mode = vb2.request(c, 1, user); type = vb2.request(c, 1, type: output)
            few = vb2.request(c, 1); many = vb2.request(c, 40); vb2.seen(v); anew = vb2.request(c, 3)
            seen = vb2.seen(v); vb2.refuse(v, setup, ${EINVAL}); bad = vb2.request(c, 1)
            gone = vb2.states(v); q = vb2.queue(c, 0)`,
        },
      }),
    ],
    holds: results({
      orphan: {
        i: 0,
        free: 0,
        old: 7,
        dma: 0,
        new: 9,
        again: 2,
        fresh: 0,
        still: 9,
        a: 0,
      },
      streaming: {
        some: EBUSY,
        none: EBUSY,
        other: EBUSY,
        states: 'active dequeued',
        off: 1,
        left: 'dequeued',
      },
      request: {
        mode: EINVAL,
        type: EINVAL,
        few: 2,
        many: 4,
        anew: 3,
        seen: 'cleanup 0, cleanup 1, cleanup 2, cleanup 3, setup 3, init 0, init 1, init 2',
        bad: EINVAL,
        gone: '',
        q: EINVAL,
      },
    }),
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free', 'refinement'],
    witness: { orphaned: reached((run) => resultNamed(run, 'still') === 9) },
    faults: [
      'vb2-014-frees-exported',
      'vb2-014-while-streaming',
      'vb2-014-none-while-streaming',
      'vb2-014-same-memory-again',
      'vb2-014-leaks',
    ],
  }),
  property({
    rules: ['VB2-015'],
    plan: `When one of several planes cannot be attached or mapped, all references that were taken for it and the
      others are given back, and nothing stays attached.
      - the first, second and third plane; attach and map; a dma-buf that is named twice; a second try`,
    programs: [
      ...['attach', 'map'].flatMap((op) =>
        [0, 1, 2].map((at) =>
          program(`${op}-${at}`, {
            tasks: {
              A: `v = vb2.device(sg, planes: 3); c = vb2.open(v); n = vb2.request(c, 1, dmabuf)
                m = buf.export(4096); b = buf.fd(m); o = buf.export(4096); d = buf.fd(o)
                x = buf.export(4096, fails: [${op}], error: ${ENODEV}); f = buf.fd(x)
                q = vb2.queue(c, 0, [${['b', 'd'].toSpliced(at, 0, 'f').join(', ')}])
                cb = buf.count(m); cd = buf.count(o); cf = buf.count(x); lb = attach.list(m)
                ld = attach.list(o); lf = attach.list(x); is = vb2.states(v); h = buf.export(4096)
                g = buf.fd(h); ok = vb2.queue(c, 0, [b, d, g])`,
            },
          }),
        ),
      ),
      program('twice', {
        tasks: {
          A: `v = vb2.device(sg, planes: 3); c = vb2.open(v); n = vb2.request(c, 1, dmabuf)
            m = buf.export(4096); b = buf.fd(m); x = buf.export(4096, fails: [attach], error: ${ENODEV})
            f = buf.fd(x); q = vb2.queue(c, 0, [b, b, f]); cb = buf.count(m); lb = attach.list(m)
            cf = buf.count(x); r = vb2.queue(c, 0, [f, b, b]); ca = buf.count(m)`,
        },
      }),
    ],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'twice') {
        return results({ twice: { q: ENODEV, cb: 1, lb: '', cf: 1, r: ENODEV, ca: 1 } })(run);
      }
      const q = name.startsWith('map') ? EINVAL : ENODEV;
      return results({
        [name]: { q, cb: 1, cd: 1, cf: 1, lb: '', ld: '', lf: '', is: 'dequeued', ok: 0 },
      })(run);
    },
    forbids: ['leak', 'refcount', 'use-after-free', 'refinement'],
    witness: { failed: reached((run) => resultNamed(run, 'q') === ENODEV, 4) },
    faults: ['KERN-VB2-01', 'vb2-015-stays-attached', 'vb2-015-drops-twice'],
  }),
];
