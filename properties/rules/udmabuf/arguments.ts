import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EFAULT = -14;
const EINVAL = -22;
const ENOTTY = -25;
const EBADFD = -77;

/** A file of four pages that may not shrink. */
const MEMFD = 'm = sys.memfd(16384, shrink)';

/** The arguments of the two requests. */
export const ARGUMENT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UDMABUF-001'],
    plan: `There are two requests; one entry by CREATE is a list of one.
      - other numbers, sizes and directions; memory that cannot be read`,
    programs: [
      program('requests', {
        setup: MEMFD,
        tasks: {
          A: `a = udmabuf.request(0); b = udmabuf.request(0x40187543); c = udmabuf.request(0x40087542)
            d = udmabuf.request(0xc0184800); e = udmabuf.request(0, bad)
            f = udmabuf.create(m, 0, 4096, memory: bad); g = udmabuf.createList([m], memory: bad)`
            .replaceAll('0x40187543', String(0x40187543))
            .replaceAll('0x40087542', String(0x40087542))
            .replaceAll('0xc0184800', String(0xc0184800)),
        },
      }),
      program('alike', {
        setup: `${MEMFD}; sys.put(m, 4096, 7)`,
        tasks: {
          A: `u = udmabuf.create(m, 4096, 8192); v = udmabuf.createList([m], [4096], [8192])
            i = sys.fdinfo(u); j = sys.fdinfo(v); x = sys.mmap(u); y = sys.mmap(v)
            k = sys.load(x, 0); l = sys.load(y, 0); n = udmabuf.create(m, 5, 4096)
            o = udmabuf.createList([m], [5], [4096])`,
        },
      }),
    ],
    holds: results({
      requests: { a: ENOTTY, b: ENOTTY, c: ENOTTY, d: ENOTTY, e: ENOTTY, f: EFAULT, g: EFAULT },
      alike: {
        u: 0,
        v: 0,
        i: 'size 8192, count 1, exp_name udmabuf',
        j: 'size 8192, count 1, exp_name udmabuf',
        k: 7,
        l: 7,
        n: EINVAL,
        o: EINVAL,
      },
    }),
    witness: { alike: reached((run) => resultNamed(run, 'l') === 7) },
    faults: ['udmabuf-001-einval', 'udmabuf-001-fault-first', 'udmabuf-001-create-ignores-offset'],
  }),
  property({
    rules: ['UDMABUF-002'],
    plan: `A list has at least one entry, and at most 1024; that is tested before they are read.
      - 0, 1, 1024, 1025, also with entries that cannot be read`,
    programs: [
      program('counts', {
        // The long list is made in the set-up, where nobody can come in between its steps.
        setup: `${MEMFD}; b = udmabuf.createList([m], times: 1024); s = sys.size(b); sys.close(b)`,
        tasks: {
          A: `z = udmabuf.createList([]); a = udmabuf.createList([m])
            c = udmabuf.createList([m], times: 1025)
            d = udmabuf.createList([m], count: 1025, entries: bad)
            e = udmabuf.createList([m], count: 1024, entries: bad)
            f = udmabuf.createList([m], count: 0, entries: bad)`,
        },
      }),
    ],
    holds: results({
      counts: {
        z: EINVAL,
        a: 0,
        b: 0,
        s: 4_194_304,
        c: EINVAL,
        d: EINVAL,
        e: EFAULT,
        f: EINVAL,
      },
    }),
    witness: { most: reached((run) => resultNamed(run, 'b') === 0) },
    faults: ['udmabuf-002-one-more', 'udmabuf-002-one-less', 'udmabuf-002-reads-first'],
  }),
  property({
    rules: ['UDMABUF-003'],
    plan: `Offsets and sizes are whole pages.
      - half a page, one byte, in the first entry and in the last`,
    programs: [
      program('halves', {
        setup: MEMFD,
        tasks: {
          A: `a = udmabuf.create(m, 2048, 4096); b = udmabuf.create(m, 0, 2048); c = udmabuf.create(m, 1, 4096)
            d = udmabuf.create(m, 0, 4097); e = udmabuf.createList([m, m], [0, 2048], [4096])
            f = udmabuf.createList([m, m], [0, 4096], [4096, 6144]); g = udmabuf.create(m, 4096, 4096)`,
        },
      }),
    ],
    holds: results({
      halves: { a: EINVAL, b: EINVAL, c: EINVAL, d: EINVAL, e: EINVAL, f: EINVAL, g: 0 },
    }),
    witness: { whole: reached((run) => resultNamed(run, 'g') === 0) },
    faults: ['udmabuf-003-any-offset', 'udmabuf-003-rounds-sizes'],
  }),
  property({
    rules: ['UDMABUF-004'],
    plan: `64 MiB may be asked for, and a page must be; both are tested before any descriptor.
      - the limit and one page more, in one entry and in two; wrong sizes with wrong descriptors`,
    programs: [
      program('limits', {
        setup: 'm = sys.memfd(67108864, shrink)',
        tasks: {
          A: `a = udmabuf.create(m, 0, 67108864); s = sys.size(a); b = udmabuf.create(m, 0, 67112960)
            c = udmabuf.createList([m, m], [0], [33554432]); d = udmabuf.createList([m, m], [0, 0], [67108864, 4096])
            z = udmabuf.create(m, 0, 0); e = udmabuf.createList([m, m], [0], [0])
            f = udmabuf.create(99, 0, 2048); g = udmabuf.create(99, 0, 67112960)
            h = udmabuf.createList([99, m], [0, 0], [4096, 2048]); i = udmabuf.create(99, 0, 4096)`,
        },
      }),
    ],
    holds: results({
      limits: {
        a: 0,
        s: 67_108_864,
        b: EINVAL,
        c: 0,
        d: EINVAL,
        z: EINVAL,
        e: EINVAL,
        f: EINVAL,
        g: EINVAL,
        h: EINVAL,
        i: EBADFD,
      },
    }),
    witness: { most: reached((run) => resultNamed(run, 's') === 67_108_864) },
    faults: [
      'BUG-UDMABUF-02',
      'udmabuf-004-less-than-the-limit',
      'udmabuf-004-each-entry',
      'udmabuf-004-descriptors-first',
    ],
  }),
  property({
    rules: ['UDMABUF-009'],
    plan: `Of the flags only the first bit matters.
      - with and without it; all the other bits`,
    programs: [
      program('flags', {
        setup: MEMFD,
        tasks: {
          A: `a = udmabuf.create(m, 0, 4096, 0); ma = sys.modes(a); b = udmabuf.create(m, 0, 4096, 1)
            mb = sys.modes(b); c = udmabuf.create(m, 0, 4096, 65534); mc = sys.modes(c)
            d = udmabuf.create(m, 0, 4096, -1); md = sys.modes(d)
            e = udmabuf.createList([m], flags: 254); me = sys.modes(e)`,
        },
      }),
    ],
    holds: results({
      flags: {
        ma: 'readWrite',
        mb: 'readWrite closeOnExec',
        mc: 'readWrite',
        md: 'readWrite closeOnExec',
        me: 'readWrite',
      },
    }),
    witness: { odd: reached((run) => resultNamed(run, 'mc') === 'readWrite') },
    faults: ['udmabuf-009-refuses-others', 'udmabuf-009-any-bit'],
  }),
];
