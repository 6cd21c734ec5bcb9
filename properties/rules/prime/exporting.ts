import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const EBADF = -9;
const ENOENT = -2;
const EINVAL = -22;
const ENOMEM = -12;
const EMFILE = -24;

/** A vgem device, open twice, with a buffer of the first file. */
const TWO_FILES = `v = drm.device(vgem); d = drm.open(v); e = drm.open(v); g = dumb.create(d)`;

/** Properties of making descriptors for objects. */
export const EXPORTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['PRIME-001'],
    plan: `Export takes two flags only. A number is reserved before the handle is looked up, and given
      back when that fails; without RDWR the first export makes a read-only file.
      - each wrong argument, and two at once; the next number is the same before and after
      - a full table with a known and an unknown handle
      - first exports with and without RDWR
      - an export without memory, and another one: nobody keeps a number or a reference`,
    programs: [
      program('errors', {
        tasks: {
          A: `${TWO_FILES}; n = sys.nextNumber(); flag = prime.export(d, g, 4)
            both = prime.export(d, 9, 4); unknown = prime.export(d, 9); zero = prime.export(d, 0)
            other = prime.export(e, g); closed = prime.export(-1, g); after = sys.nextNumber()
            entries = prime.entries(d); look = gem.look(g)`,
        },
      }),
      program('full-table', {
        tasks: {
          A: `${TWO_FILES}; sys.fillTable(); full = prime.export(d, g); order = prime.export(d, 9)
            flags = prime.export(d, g, 4); entries = prime.entries(d); look = gem.look(g)`,
        },
      }),
      program('modes', {
        tasks: {
          A: `${TWO_FILES}; h = dumb.create(d); b = prime.export(d, g, none); bm = sys.modes(b)
            c = prime.export(d, h, rw); cm = sys.modes(c); i = dumb.create(d)
            k = prime.export(d, i, cloexec); km = sys.modes(k)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${TWO_FILES}; n = sys.nextNumber()`,
        tasks: {
          A: `b = prime.export(d, g); after = sys.nextNumber(); c = prime.export(d, g)
            count = sys.fdinfo(c); entries = prime.entries(d)`,
        },
      }),
    ],
    forbids: ['leak', 'use-after-free', 'deadlock'],
    holds: (run) =>
      run.program.name === 'no-memory' && resultNamed(run, 'b') !== ENOMEM
        ? null
        : results({
            'no-memory': {
              b: ENOMEM,
              after: 2,
              c: 0,
              count: 'size 4096, count 3, exp_name drm',
              entries: 1,
            },
            errors: {
              n: 2,
              flag: EINVAL,
              both: EINVAL,
              unknown: ENOENT,
              zero: ENOENT,
              other: ENOENT,
              closed: EBADF,
              after: 2,
              entries: 0,
              look: 'references 1 handles 1 pins 0',
            },
            'full-table': {
              full: EMFILE,
              order: EMFILE,
              flags: EINVAL,
              entries: 0,
              look: 'references 1 handles 1 pins 0',
            },
            modes: { bm: 'readOnly', cm: 'readWrite', km: 'readOnly closeOnExec' },
          })(run),
    witness: {
      full: reached((run) => resultNamed(run, 'full') === EMFILE),
      failed: reached((run) => resultNamed(run, 'b') === ENOMEM, 2),
    },
    faults: [
      'prime-001-handle-first',
      'prime-001-keeps-number',
      'prime-001-any-flags',
      'prime-001-keeps-the-buffer',
    ],
  }),
  property({
    rules: ['PRIME-002'],
    plan: `A second export of a handle gives a new descriptor of the same open file: its access mode
      stays, close-on-exec is the new descriptor's own.
      - a read-only file exported again for writing, with and without close-on-exec`,
    programs: [
      program('again', {
        tasks: {
          A: `${TWO_FILES}; b = prime.export(d, g, none); c = prime.export(d, g, rw+cloexec)
            same = sys.same(b, c); bm = sys.modes(b); cm = sys.modes(c); entries = prime.entries(d)
            count = sys.fdinfo(b)`,
        },
      }),
    ],
    holds: results({
      again: {
        c: 0,
        same: 0,
        bm: 'readOnly',
        cm: 'readOnly closeOnExec',
        entries: 1,
        count: 'size 4096, count 4, exp_name drm',
      },
    }),
    witness: { again: reached((run) => resultNamed(run, 'same') === 0) },
    faults: ['prime-002-known-to-nobody'],
  }),
  property({
    rules: ['PRIME-003'],
    plan: `What was imported from another device is exported as what it was: the buffer of its first
      exporter, under its name.
      - vgem to vkms and out again; with the first descriptor closed in between, too`,
    programs: [
      program('onward', {
        tasks: {
          A: `${TWO_FILES}; w = drm.device(vkms); k = drm.open(w); b = prime.export(d, g)
            h = prime.import(k, b); c = prime.export(k, h); same = sys.same(b, c)
            attachments = prime.attachments(b); sys.close(b); again = prime.export(k, h)
            info = sys.fdinfo(c); size = sys.size(c)`,
        },
      }),
    ],
    holds: results({
      onward: {
        c: 0,
        same: 0,
        attachments: '1 attached 1 mapped',
        again: 0,
        info: 'size 4096, count 7, exp_name drm',
        size: 4096,
      },
    }),
    witness: { onward: reached((run) => resultNamed(run, 'same') === 0) },
    faults: ['prime-003-wraps'],
  }),
  property({
    rules: ['PRIME-004'],
    plan: `An object has one buffer, whichever file exports it; each file remembers it for itself.
      - the second file gets the object by importing it, forgets the handle, and exports another`,
    programs: [
      program('two-files', {
        tasks: {
          A: `${TWO_FILES}; b = prime.export(d, g); h = prime.import(e, b); c = prime.export(e, h)
            same = sys.same(b, c); d1 = prime.entries(d); e1 = prime.entries(e)
            count = sys.fdinfo(b)`,
        },
      }),
      program('named', {
        // A name leads to the object without a word to the file's memory of buffers.
        tasks: {
          A: `${TWO_FILES}; n = gem.flink(d, g); h = gem.open(e, n); b = prime.export(d, g)
            before = prime.entries(e); c = prime.export(e, h); same = sys.same(b, c)
            e1 = prime.entries(e); count = sys.fdinfo(b)`,
        },
      }),
    ],
    holds: results({
      'two-files': { same: 0, d1: 1, e1: 1, count: 'size 4096, count 5, exp_name drm' },
      named: { before: 0, same: 0, e1: 1, count: 'size 4096, count 5, exp_name drm' },
    }),
    witness: { shared: reached((run) => resultNamed(run, 'same') === 0, 2) },
    faults: ['prime-004-one-each'],
  }),
  property({
    rules: ['PRIME-015'],
    plan: `An imported object has no place in its device's file: it is mapped through the buffer.
      - offsets of own, imported and unknown handles; stores through one mapping, loads through
        the other`,
    programs: [
      program('offsets', {
        tasks: {
          A: `${TWO_FILES}; w = drm.device(vkms); k = drm.open(w); b = prime.export(d, g)
            h = prime.import(k, b); own = dumb.offset(d, g); imported = dumb.offset(k, h)
            unknown = dumb.offset(k, 9); m = sys.mmap(b); n = sys.mmap(d, offset: own)
            sys.store(m, 5, 17); seen = sys.load(n, 5)`,
        },
      }),
    ],
    holds: results({ offsets: { own: 0, imported: EINVAL, unknown: ENOENT, m: 0, seen: 17 } }),
    witness: { refused: reached((run) => resultNamed(run, 'imported') === EINVAL) },
    faults: ['prime-015-offset-of-imported'],
  }),
];
