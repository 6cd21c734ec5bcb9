import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { importersDuties, moverDuties } from './duties.ts';

function sleeps(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'sleep-in-atomic').length;
}

const RESV = 'f = fence.create(); b = buf.export(); r = buf.resv(b)';

/** What importers and exporters owe each other, and who may sleep. */
export const DUTY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['LOCKING-010'],
    plan: `Asking a reservation, walking it, adding to it, and references work where nobody may sleep;
      everything else is reported there.
      - in an interrupt: questions, references, the callback of a poll; control: map, attach, begin`,
    programs: [
      program('questions-ok', {
        setup: `${RESV}; resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE); resv.unlock(r)`,
        tasks: {
          irq: 't = resv.test(r, READ); l = resv.isLocked(r); k = resv.trylock(r); resv.unlock(r)',
        },
      }),
      program('references-ok', {
        setup: `${RESV}; d = buf.fd(b); c = buf.get(d)`,
        tasks: { irq: 'buf.put(c)' },
      }),
      program('poll-ok', {
        setup: `${RESV}; resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE); resv.unlock(r)
          d = buf.fd(b); sys.poll(d, in, 0)`,
        tasks: { irq: 'fence.signal(f)' },
      }),
      program('begin', { setup: RESV, tasks: { irq: 'buf.begin(b, TO_DEVICE)' } }),
      program('attach', { setup: RESV, tasks: { irq: 'attach.static(b, gpu)' } }),
      program('vmap', {
        setup: RESV,
        tasks: { irq: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)' },
      }),
    ],
    allows: ['sleep-in-atomic', 'lockdep'],
    holds: (run) => {
      const isMeant = !run.program.name.endsWith('ok');
      return sleeps(run) > 0 === isMeant ? null : `${run.program.name}: ${sleeps(run)} reports`;
    },
    witness: { reported: reached((run) => sleeps(run) > 0, 3) },
    faults: ['locking-010-test-sleeps', 'locking-010-callback-sleeps', 'cpu-006-unproven'],
  }),
  property({
    rules: ['LOCKING-011'],
    plan: `An importer gives everything back: unmaps in the direction that it mapped, unpins, detaches,
      and only then drops its reference.
      - a core that maps and pins by itself does so, too; two importers at once; failures`,
    programs: [
      program('static-on-dynamic', {
        setup: 'b = buf.export(dynamic: true)',
        tasks: {
          A: `a = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(b, a); c = buf.calls(b)`,
        },
      }),
      program('kept', {
        setup: 'b = buf.export(cached: true)',
        tasks: {
          A: `a = attach.static(b, gpu); t = attach.mapUnlocked(a, FROM_DEVICE)
            attach.unmapUnlocked(a, t, FROM_DEVICE); attach.detach(b, a); c = buf.calls(b)`,
        },
      }),
      program('refused', {
        setup: 'b = buf.export(fails: [map], error: -16, dynamic: true)',
        tasks: { A: 'q = attach.static(b, gpu); c = buf.calls(b)' },
      }),
      program('two', {
        setup: 'b = buf.export(dynamic: true); d = buf.fd(b); e = buf.get(d); g = buf.get(d)',
        tasks: {
          A: 'a = attach.static(e, gpu); attach.detach(e, a); buf.put(e)',
          B: 's = attach.static(g, camera); attach.detach(g, s); buf.put(g); sys.close(d)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    holds: both(importersDuties, (run) => {
      const wanted: Readonly<Record<string, string>> = {
        'static-on-dynamic': 'attach pin! map! unmap! unpin! detach',
        kept: 'attach map! unmap! detach',
        refused: 'attach pin! map! unpin! detach',
      };
      const calls = wanted[run.program.name];
      return calls === undefined ? null : results({ [run.program.name]: { c: calls } })(run);
    }),
    forbids: ['leak', 'use-after-free'],
    witness: {
      kept: reached((run) => resultNamed(run, 'c') === 'attach map! unmap! detach'),
      refused: reached((run) => resultNamed(run, 'q') === -16),
    },
    faults: ['locking-011-stays-pinned', 'locking-011-other-direction', 'locking-011-stays-mapped'],
  }),
  property({
    rules: ['LOCKING-012'],
    plan: `An exporter keeps the storage until the release, refuses devices at attach only, and moves
      nothing that is pinned or mapped for an importer that hears of no moves.
      - a heap that is read to the end; an exporter that refuses a device; a pin, and no move`,
    programs: [
      program('kept', {
        setup: `b = buf.exportReal(system); d = buf.fd(b); m = sys.mmap(d, prot: read+write)
            sys.store(m, 0, 7); c = buf.get(d)`,
        tasks: {
          A: `a = attach.static(c, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); attach.detach(c, a); v = buf.vmapUnlocked(c)
            w = buf.peek(v); buf.vunmapUnlocked(c, v); x = sys.load(m); buf.put(c)`,
          B: 'sys.close(d)',
        },
      }),
      program('unreachable', {
        setup: 'b = buf.export(fails: [attach], error: -16)',
        tasks: { A: 'q = attach.static(b, gpu); c = buf.calls(b)' },
      }),
      program('pinned', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: {
          A: `resv.lock(r); attach.pin(a); t = attach.map(a, TO_DEVICE)
            attach.unmap(a, t, TO_DEVICE); attach.unpin(a); buf.moveNotify(b); resv.unlock(r)
            n = attach.moves(a)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    holds: both(
      moverDuties,
      results({
        kept: { w: 7, x: 7 },
        unreachable: { q: -16, c: 'attach' },
        pinned: { n: 'move!' },
      }),
    ),
    forbids: ['use-after-free', 'leak', 'refcount', 'double-free'],
    witness: {
      kept: reached((run) => resultNamed(run, 'x') === 7),
      moved: reached((run) => resultNamed(run, 'n') === 'move!'),
    },
    faults: ['locking-012-freed-at-detach', 'locking-012-refuses-later', 'locking-012-not-told'],
  }),
];
