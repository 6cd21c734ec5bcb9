import { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { crashesInLastCall, mustCrash } from '../resv/crashes.ts';

const EBADF = -9;
const EINVAL = -22;
const EMFILE = -24;

const BUFFER = 'b = buf.export()';
const WITH_FENCE = `f = fence.create(); ${BUFFER}; r = buf.resv(b); resv.lock(r); resv.reserve(r, 2)
  resv.add(r, f, WRITE); resv.unlock(r)`;

/** What happens to a buffer at its end, in this order. */
const ORDER = ['unlist', 'dput.last', 'ops.release', 'fini', 'free'];

/** The end of the buffer named b, as its events tell it. */
function endOf(run: Run): string | null {
  const buffer = run.environment.find('b', DmaBuf);
  const told = run.sightings.filter(
    ({ object, name }) => (object === buffer || object === buffer.resv) && ORDER.includes(name),
  );
  const names = told.map(({ name }) => name).join(' ');
  return names === ORDER.join(' ') ? null : `at its end: ${names}`;
}

/** Properties of references on buffers, of descriptors, and of the end. */
export const REFERENCES_PROPERTIES: readonly Property[] = [
  property({
    rules: ['BUF-010'],
    plan: `The count of the file is the count of the buffer: one for who exports it, one each for
      dma_buf_get, descriptors, mappings and polls that wait.
      - each of them, one after the other, and back again`,
    programs: [
      program('counts', {
        setup: WITH_FENCE,
        tasks: {
          A: `n1 = buf.count(b); d = buf.fd(b); n2 = buf.count(b); c = buf.get(d)
            n3 = buf.count(b); e = sys.dup(d); n4 = buf.count(b); m = sys.mmap(d)
            n5 = buf.count(b); p = sys.poll(d, in, 0); n6 = buf.count(b); q = sys.poll(d, in, 0)
            n7 = buf.count(b); fence.signal(f); n8 = buf.count(b); sys.munmap(m)
            n9 = buf.count(b); sys.close(e); n10 = buf.count(b); sys.close(d)
            n11 = buf.count(b); buf.put(c); o = buf.releases(b)`,
        },
      }),
    ],
    holds: results({
      counts: {
        ...{ n1: 1, n2: 1, n3: 2, n4: 3, n5: 4, n6: 5, n7: 5, n8: 4, n9: 3, n10: 2, n11: 1 },
        ...{ p: 'none', q: 'none', o: 'A unlisted uncounted' },
      },
    }),
    forbids: ['use-after-free', 'refcount', 'leak'],
    witness: { ended: reached((run) => resultNamed(run, 'o') === 'A unlisted uncounted') },
    faults: ['buf-010-lent', 'buf-010-given-twice', 'buf-010-poll-lends'],
  }),
  property({
    rules: ['BUF-011'],
    plan: `A descriptor takes the caller's reference over; when there is none, the caller keeps it.
      - no buffer; no number left; installed, and closed`,
    programs: [
      program('installed', {
        setup: BUFFER,
        tasks: {
          A: 'n1 = buf.count(b); d = buf.fd(b); n2 = buf.count(b); sys.close(d); o = buf.releases(b)',
        },
      }),
      program('null', { tasks: { A: 'd = buf.fd(null)' } }),
      program('full', {
        setup: BUFFER,
        tasks: {
          A: 'sys.fillTable(); d = buf.fd(b); n = buf.count(b); buf.put(b); o = buf.releases(b)',
        },
      }),
    ],
    holds: results({
      installed: { n1: 1, d: 0, n2: 1, o: 'A unlisted uncounted' },
      null: { d: EINVAL },
      full: { d: EMFILE, n: 1, o: 'A unlisted uncounted' },
    }),
    forbids: ['refcount', 'use-after-free', 'leak'],
    witness: { full: reached((run) => resultNamed(run, 'd') === EMFILE) },
    faults: ['buf-011-takes-one-more', 'buf-011-puts-when-full'],
  }),
  property({
    rules: ['BUF-012'],
    plan: `A descriptor is closed at exec if that was asked for, from its first moment on.
      - asked for and not, also where other flags are given; another task tries to catch it without the flag`,
    programs: [
      program('flags', {
        setup: `${BUFFER}; c = buf.export(); x = buf.export(); y = buf.export()`,
        tasks: {
          A: `d = buf.fd(b, true); m = sys.modes(d); e = buf.fd(c, false); n = sys.modes(e)
            f = buf.fd(x, false, rw: true); o = sys.modes(f); g = buf.fd(y, true, rw: true)
            p = sys.modes(g)`,
        },
      }),
      program('watched', {
        setup: BUFFER,
        tasks: { A: 'd = buf.fd(b, true)', B: 'w = sys.modes(0)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'flags') {
        const [closed, kept] = ['readWrite closeOnExec', 'readWrite'];
        return results({ flags: { m: closed, n: kept, o: kept, p: closed } })(run);
      }
      const w = resultNamed(run, 'w');
      return w === EBADF || w === 'readWrite closeOnExec' ? null : `it is ${String(w)} for a while`;
    },
    witness: { caught: reached((run) => resultNamed(run, 'w') === 'readWrite closeOnExec') },
    faults: ['buf-012-never', 'buf-012-any-flag', 'buf-012-later'],
  }),
  property({
    rules: ['BUF-013'],
    plan: `dma_buf_get finds buffers only, and gives a reference; a put of nothing warns.
      - closed, of another kind, right; null`,
    programs: [
      program('closed', { tasks: { A: 'r = buf.get(7)' } }),
      program('other', { tasks: { A: 't = sys.timeline(); r = buf.get(t); sys.close(t)' } }),
      program('right', {
        setup: `${BUFFER}; d = buf.fd(b)`,
        tasks: { A: 'r = buf.get(d); n = buf.count(b); sys.close(d); buf.put(r)' },
      }),
      program('null', { tasks: { A: 'buf.put(null)' } }),
    ],
    allows: ['warn'],
    holds: both(
      results({
        closed: { r: EBADF },
        other: { t: 0, r: EINVAL },
        right: { r: 0, n: 2 },
        null: {},
      }),
      (run) => {
        const wanted = run.program.name === 'null' ? 1 : 0;
        return warnings(run) === wanted ? null : `${warnings(run)} warnings`;
      },
    ),
    forbids: ['leak'],
    witness: { refused: reached((run) => resultNamed(run, 'r') === EINVAL) },
    faults: ['buf-013-closed-is-invalid', 'buf-013-keeps-the-other', 'buf-013-puts-in-silence'],
  }),
  property({
    rules: ['BUF-014'],
    plan: `The last reference ends the buffer, once, in an order that others can rely on: off the
      list, statistics, exporter, its own reservation, module, name, memory.
      - two tasks drop the last two references; somebody prints the list meanwhile`,
    programs: [
      program('two-puts', {
        setup: `m = module.load(); b = buf.export(owner: m); d = buf.fd(b); dmabuf.setName(d, paint)
          c = buf.get(d)`,
        tasks: { A: 'sys.close(d)', B: 'buf.put(c)' },
        teardown: 'o = buf.releases(b); u = module.users(m)',
      }),
      program('listed', {
        setup: BUFFER,
        tasks: { A: 'buf.put(b)', B: 'l = buf.listing()' },
        teardown: 'o = buf.releases(b)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 1500 }],
    holds: both(endOf, (run) => {
      const o = String(resultNamed(run, 'o'));
      if (!/^[AB] unlisted uncounted( with module)?$/.test(o)) return `released: ${o}`;
      const isOwned = run.program.name === 'two-puts';
      if (isOwned && !o.endsWith('with module')) return 'its module had gone before';
      return isOwned && resultNamed(run, 'u') !== 1 ? 'the module is still in use' : null;
    }),
    forbids: ['leak', 'use-after-free', 'double-free', 'refcount'],
    witness: {
      byA: reached((run) => String(resultNamed(run, 'o')).startsWith('A')),
      byB: reached((run) => String(resultNamed(run, 'o')).startsWith('B')),
    },
    faults: [
      'BUG-BUF-02',
      'BUG-BUF-09',
      'buf-014-counted-until-the-end',
      'buf-014-released-twice',
      'buf-014-module-first',
    ],
  }),
  property({
    rules: ['BUF-015'],
    plan: `A buffer that the kernel has mapped must not be released: that is a BUG, before anything
      else. Attachments that are left are warned of, after the exporter's release.
      - a mapping; an attachment; nothing`,
    programs: [
      program('mapped', { setup: BUFFER, tasks: { A: 'buf.vmapUnlocked(b); buf.put(b)' } }),
      program('attached', {
        setup: BUFFER,
        tasks: {
          A: 'a = attach.static(b, gpu); buf.abandon(a); buf.put(b); o = buf.releases(b)',
        },
      }),
      program('nothing', { setup: BUFFER, tasks: { A: 'buf.put(b); o = buf.releases(b)' } }),
    ],
    allows: ['bug', 'warn', 'refinement', 'leak'],
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'mapped'),
    holds: (run) => {
      const wanted = run.program.name === 'attached' ? 1 : 0;
      if (warnings(run) !== wanted) return `${run.program.name}: ${warnings(run)} warnings`;
      return resultNamed(run, 'o') === 'A unlisted uncounted' ? null : 'it was not released';
    },
    witness: {
      crashed: reached(crashesInLastCall),
      attached: reached((run) => warnings(run) === 1),
    },
    faults: ['buf-015-mapped-and-gone', 'buf-015-attached-and-gone'],
  }),
  property({
    rules: ['BUF-016'],
    plan: `The exporter's release may sleep and take the reservation lock: it runs without that lock,
      and never where sleeping is wrong.
      - the last put in an interrupt, in a signal that ends a poll, in a task; a patient exporter`,
    programs: [
      program('interrupt', {
        setup: BUFFER,
        tasks: { irq: 'buf.put(b)' },
        teardown: 'o = buf.releases(b)',
      }),
      program('poll', {
        setup: `${WITH_FENCE}; d = buf.fd(b); sys.poll(d, in, 0); sys.close(d)`,
        tasks: { irq: 'fence.signal(f)' },
        teardown: 'o = buf.releases(b)',
      }),
      program('shared', {
        setup: 'r = resv.create(); b = buf.export(resv: r)',
        tasks: { A: 'buf.put(b)' },
        teardown: 'o = buf.releases(b)',
      }),
    ],
    holds: (run) => {
      const o = String(resultNamed(run, 'o'));
      const by = run.program.name === 'shared' ? 'A' : 'kworker';
      return o === `${by} unlisted uncounted` ? null : `${run.program.name}: released by ${o}`;
    },
    forbids: ['sleep-in-atomic', 'deadlock', 'lockdep'],
    witness: { deferred: reached((run) => String(resultNamed(run, 'o')).startsWith('kworker'), 2) },
    faults: ['buf-016-at-once', 'buf-016-locked'],
  }),
  property({
    rules: ['BUF-017'],
    plan: `An attachment holds no reference: the importer has one as long as it is attached, and the
      buffer goes when that is dropped, not before.
      - the descriptor is closed by somebody else while the importer maps`,
    programs: [
      program('count', {
        setup: BUFFER,
        tasks: {
          A: `n1 = buf.count(b); a = attach.static(b, gpu); n2 = buf.count(b); attach.detach(b, a)
            n3 = buf.count(b)`,
        },
      }),
      program('closed', {
        setup: `${BUFFER}; d = buf.fd(b); c = buf.get(d)`,
        tasks: {
          A: `a = attach.static(c, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(c, a); buf.put(c)`,
          B: 'sys.close(d)',
        },
        teardown: 'o = buf.calls(b)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 500 }],
    holds: (run) =>
      results({
        count: { n1: 1, n2: 1, n3: 1 },
        closed: { o: 'attach map! unmap! detach release' },
      })(run),
    forbids: ['use-after-free', 'refinement', 'leak'],
    witness: { closed: reached((run) => resultNamed(run, 'o') !== undefined) },
    faults: ['buf-017-attachment-holds'],
  }),
  property({
    rules: ['BUF-018'],
    plan: `A pending fence does not keep a buffer; it is the exporter that keeps the storage until
      nobody uses it any more.
      - an exporter that does not wait, one that does, and a poll that keeps the buffer`,
    programs: [
      program('gone', {
        setup: WITH_FENCE,
        tasks: { A: 'buf.put(b); o = buf.releases(b); s = inspect.isSignaled(f); fence.signal(f)' },
      }),
      program('patient', {
        setup: WITH_FENCE.replace('buf.export()', 'buf.export(patient: true)'),
        tasks: {
          A: 'buf.put(b); s = inspect.isSignaled(f)',
          B: 'task.sleep(10); o = buf.releases(b); fence.signal(f)',
        },
      }),
      program('polled', {
        setup: `${WITH_FENCE}; d = buf.fd(b); sys.poll(d, in, 0)`,
        tasks: {
          A: 'sys.close(d); o = buf.releases(b); s = inspect.isSignaled(f); fence.signal(f)',
        },
      }),
    ],
    holds: results({
      gone: { o: 'A unlisted uncounted', s: false },
      patient: { o: 'A unlisted uncounted', s: true },
      polled: { o: 'never', s: false },
    }),
    forbids: ['deadlock', 'use-after-free', 'bug'],
    witness: { patient: reached((run) => resultNamed(run, 's') === true) },
    faults: ['buf-018-waits-for-fences', 'buf-010-poll-lends'],
  }),
];
