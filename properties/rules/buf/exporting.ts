import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const ENOENT = -2;
const ENOMEM = -12;
const EINVAL = -22;

/** A program with one export, and what it must come to. */
const exported = (name: string, args: string) =>
  program(name, { tasks: { A: `r = buf.export(${args}); c = buf.statistics()` } });

/** What is refused is refused with a warning, what is accepted without. */
function warned(run: Run): string | null {
  const wanted = run.program.name.endsWith('ok') ? 0 : 1;
  const count = warnings(run);
  return count === wanted ? null : `${run.program.name}: ${count} warnings, not ${wanted}`;
}

const REFUSED = { r: EINVAL, c: '' };
const ACCEPTED = { r: 0, c: '1 mock 4096' };

/** An export of which one allocation may fail. */
function failing(run: Run): string | null {
  const isFailed = run.world.failuresLeft === 0;
  const [r, users, listed] = ['r', 'u', 'l'].map((name) => resultNamed(run, name));
  if (r !== (isFailed ? ENOMEM : 0)) return `the export returns ${String(r)}`;
  if (users !== (isFailed ? 1 : 2)) return `the module has ${String(users)} users`;
  const isEmpty = String(listed).startsWith('Total 0');
  if (isEmpty !== isFailed) return `the list says ${String(listed)}`;
  const calls = resultNamed(run, 'c');
  return calls === '' ? null : `the exporter was asked to ${String(calls)}`;
}

/** Properties of exports: what is accepted, and what a buffer is made of. */
export const EXPORTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['BUF-001'],
    plan: `An export without private data, operations, or one of the three that all need is
      refused with a warning.
      - each of them missing in turn; control: the smallest exporter`,
    programs: [
      exported('orphan', 'orphan: true'),
      exported('opless', 'opless: true'),
      exported('mapless', 'without: [map]'),
      exported('unmapless', 'without: [unmap]'),
      exported('releaseless', 'without: [release]'),
      exported('smallest-ok', 'without: [attach, detach, begin, end, mmap, vmap, vunmap]'),
    ],
    allows: ['warn', 'leak'],
    holds: both(
      results({
        orphan: REFUSED,
        opless: REFUSED,
        mapless: REFUSED,
        unmapless: REFUSED,
        releaseless: REFUSED,
        'smallest-ok': ACCEPTED,
      }),
      warned,
    ),
    witness: { refused: reached((run) => resultNamed(run, 'r') === EINVAL, 5) },
    faults: ['buf-001-silently', 'buf-001-nobody-private'],
  }),
  property({
    rules: ['BUF-002'],
    plan: `pin and unpin come together or not at all; with them the exporter is a dynamic one, so
      that a static importer is served from a pinned mapping.
      - the four combinations`,
    programs: [
      exported('pin', 'with: [pin]'),
      exported('unpin', 'with: [unpin]'),
      program('none-ok', {
        tasks: { A: 'b = buf.export(); a = attach.static(b, gpu); c = buf.calls(b)' },
      }),
      program('both-ok', {
        tasks: { A: 'b = buf.export(dynamic: true); a = attach.static(b, gpu); c = buf.calls(b)' },
      }),
    ],
    allows: ['warn'],
    holds: both(
      results({
        pin: REFUSED,
        unpin: REFUSED,
        'none-ok': { b: 0, a: 0, c: 'attach' },
        'both-ok': { b: 0, a: 0, c: 'attach pin! map!' },
      }),
      warned,
    ),
    witness: { dynamic: reached((run) => resultNamed(run, 'c') === 'attach pin! map!') },
    faults: ['buf-002-a-lone-pin', 'buf-002-a-lone-unpin'],
  }),
  property({
    rules: ['BUF-003'],
    plan: `An exporter whose mappings the core keeps must not be a dynamic one.
      - kept and dynamic; control: kept and static`,
    programs: [
      exported('kept-dynamic', 'dynamic: true, cached: true'),
      exported('kept-static-ok', 'cached: true'),
    ],
    allows: ['warn'],
    holds: both(results({ 'kept-dynamic': REFUSED, 'kept-static-ok': ACCEPTED }), warned),
    witness: { refused: reached((run) => resultNamed(run, 'r') === EINVAL) },
    faults: ['buf-003-kept-and-moved'],
  }),
  property({
    rules: ['BUF-004'],
    plan: `A buffer keeps the module of its exporter loaded, from export to release.
      - a module that is being unloaded exports nothing`,
    programs: [
      program('loaded', {
        setup: 'm = module.load()',
        tasks: {
          A: `b = buf.export(owner: m); u1 = module.users(m); buf.put(b); u2 = module.users(m)
            module.unload(m); r = buf.export(owner: m); u3 = module.users(m)`,
        },
      }),
    ],
    holds: results({ loaded: { b: 0, u1: 2, u2: 1, r: ENOENT, u3: 0 } }),
    witness: { gone: reached((run) => resultNamed(run, 'r') === ENOENT) },
    faults: ['buf-004-not-kept', 'buf-004-kept-for-ever'],
  }),
  property({
    rules: ['BUF-005'],
    plan: `An export that fails later on undoes everything, and asks nothing of the exporter, who
      still has its storage. Nobody else has seen the buffer.
      - each allocation fails; a name is missing; somebody prints the list meanwhile`,
    programs: [
      program('memory', {
        world: { failuresMax: 1 },
        setup: 'm = module.load()',
        tasks: {
          A: `r = buf.export(owner: m); c = buf.calls(r); u = module.users(m)
            l = buf.listing()`,
        },
      }),
      program('nameless', {
        setup: 'm = module.load()',
        tasks: {
          A: `r = buf.export(owner: m, nameless: true); c = buf.calls(r)
            u = module.users(m); s = buf.statistics()`,
          B: 'l = buf.listing()',
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'memory') return failing(run);
      const empty = { l: 'Total 0 objects, 0 bytes', s: '' };
      return results({ nameless: { r: EINVAL, c: '', u: 1, ...empty } })(run);
    },
    forbids: ['leak', 'use-after-free', 'refinement', 'refcount'],
    witness: {
      failed: reached((run) => resultNamed(run, 'r') === ENOMEM, 3),
      made: reached((run) => resultNamed(run, 'r') === 0),
    },
    faults: ['buf-005-module-kept', 'buf-005-released', 'BUG-BUF-04'],
  }),
  property({
    rules: ['BUF-006'],
    plan: `The size is taken as it is, and stays.
      - nothing, half a page too much; what seeking and the inode say`,
    programs: [
      program('nothing', {
        tasks: {
          A: 'b = buf.export(size: 0); f = buf.fd(b); e = sys.lseek(f, 0, 2); s = sys.size(f)',
        },
      }),
      program('unaligned', {
        tasks: {
          A: `b = buf.export(size: 6144); f = buf.fd(b); e = sys.lseek(f, 0, 2); s = sys.size(f)
            a = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(b, a); e2 = sys.lseek(f, 0, 2)`,
        },
      }),
    ],
    holds: results({
      nothing: { b: 0, e: 0, s: 0 },
      unaligned: { b: 0, e: 6144, s: 6144, e2: 6144 },
    }),
    witness: { unaligned: reached((run) => resultNamed(run, 'e2') === 6144) },
    faults: ['buf-006-whole-pages', 'buf-006-never-empty'],
  }),
  property({
    rules: ['BUF-007'],
    plan: `Access mode and O_NONBLOCK reach the file; O_CLOEXEC at export has no effect.
      - all of them at once, and each access mode`,
    programs: [
      program('all', {
        tasks: {
          A: `b = buf.export(flags: ${0x800 | 0x80000}); f = buf.fd(b); m = sys.modes(f)
            l = buf.listing()`,
        },
      }),
      program('modes', {
        tasks: {
          A: `b = buf.export(flags: 1); f = buf.fd(b); m = sys.modes(f); c = buf.export(flags: 2)
            g = buf.fd(c); n = sys.modes(g); d = buf.export(flags: 3); h = buf.fd(d)
            o = sys.modes(h)`,
        },
      }),
    ],
    holds: results({
      all: {
        m: 'readOnly',
        l: '00004096 00000800 00080005 00000001 mock 00000001 <none>; Attached Devices:; Total 0 devices attached; Total 1 objects, 4096 bytes',
      },
      modes: { m: 'writeOnly', n: 'readWrite', o: 'none' },
    }),
    witness: { shown: reached((run) => resultNamed(run, 'l') !== undefined) },
    faults: ['buf-007-always-blocking', 'buf-007-always-both'],
  }),
  property({
    rules: ['BUF-008'],
    plan: `A buffer has a reservation of its own, which ends with it, or shares one, which does not.
      - two buffers on one object exclude each other; both end, and the object is still good`,
    programs: [
      program('own', {
        tasks: {
          A: `b = buf.export(); rv = buf.resv(b); c = buf.export(); sv = buf.resv(c); resv.lock(rv)
            t = resv.trylock(sv); resv.unlock(sv); resv.unlock(rv); buf.put(b)
            x = inspect.isFreed(rv); y = inspect.isFreed(sv)`,
        },
      }),
      program('shared', {
        setup: 'r = resv.create()',
        tasks: {
          A: `b = buf.export(resv: r); rv = buf.resv(b); c = buf.export(resv: r); sv = buf.resv(c)
            resv.lock(rv); t = resv.trylock(sv); resv.unlock(sv); buf.put(b); buf.put(c)
            x = inspect.isFreed(r); resv.lock(r); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['lockdep'],
    holds: results({
      own: { t: true, x: true, y: false },
      shared: { t: false, x: false },
    }),
    forbids: ['use-after-free', 'leak', 'double-free'],
    witness: { shared: reached((run) => resultNamed(run, 't') === false) },
    faults: ['buf-008-always-ends', 'buf-008-never-ends'],
  }),
  property({
    rules: ['BUF-009'],
    plan: `Each buffer has a number of its own, larger than all before, also when those are gone.`,
    programs: [
      program('numbers', {
        tasks: {
          A: `b = buf.export(); i = buf.inode(b); c = buf.export(); j = buf.inode(c); buf.put(b)
            buf.put(c); d = buf.export(); k = buf.inode(d)`,
        },
      }),
    ],
    holds: results({ numbers: { i: 1, j: 2, k: 3 } }),
    witness: { third: reached((run) => resultNamed(run, 'k') === 3) },
    faults: ['buf-009-used-again'],
  }),
];
