import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

const EBUSY = -16;
const EINVAL = -22;

/** Directions of mappings. */
const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE'] as const;

/** Maps in one direction after the other; the first one is kept. */
function mapsLater(first: string): Program {
  return program(`kept-${first}`, {
    setup: 'b = buf.export(cached: true); a = attach.static(b, gpu)',
    tasks: {
      A: `t = attach.mapUnlocked(a, ${first}); attach.unmapUnlocked(a, t, ${first})
        ${DIRECTIONS.map((one) => `${one} = attach.mapUnlocked(a, ${one})`).join('; ')}`,
    },
  });
}

/** The first table serves its own direction, and all if it was made for both. */
function servesKept(run: Run): string | null {
  const first = run.program.name.split('-')[1];
  const table = resultNamed(run, 't');
  for (const one of DIRECTIONS) {
    const isServed = first === 'BIDIRECTIONAL' || one === first;
    const found = resultNamed(run, one);
    if (found === (isServed ? table : EBUSY)) continue;
    return `${run.program.name}: ${one} gives ${String(found)}`;
  }
  return null;
}

const MAPS = `t = attach.mapUnlocked(a, TO_DEVICE); p1 = dyn.place(b)
  attach.unmapUnlocked(a, t, TO_DEVICE); p2 = dyn.place(b)`;

/** Properties of two sides of which each follows moves or does not. */
export const SIDE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DYN-001'],
    plan: `Who supplies callbacks has to supply the notification, and follows moves then; who can pin
      can unpin, and has no mappings kept by the core.
      - importers: without callbacks, with, with half of them; exporters: all four kinds`,
    programs: [
      program('importers', {
        setup: 'b = buf.export(); c = buf.export()',
        tasks: {
          A: `x = attach.dynamic(b, gpu, deaf: true); n = attach.list(b); a = attach.dynamic(b, gpu)
            u = buf.calls(b); s = attach.static(c, gpu); v = buf.calls(c)`,
        },
      }),
      program('exporters', {
        tasks: {
          A: `n = buf.export(dynamic: true, without: [unpin]); o = buf.export(dynamic: true, without: [pin])
            k = buf.export(dynamic: true, cached: true); d = buf.export(dynamic: true)
            s = buf.export(); l = buf.export(cached: true)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: both(
      results({
        // The core maps by itself for the only one that follows moves.
        importers: { x: EINVAL, n: '', a: 0, u: 'attach map!', s: 0, v: 'attach' },
        exporters: { n: EINVAL, o: EINVAL, k: EINVAL },
      }),
      (run) => {
        const made = ['d', 's', 'l'].every((name) => Number(resultNamed(run, name) ?? 0) >= 0);
        const wanted = run.program.name === 'importers' ? 1 : 3;
        if (!made) return 'a proper exporter is refused';
        return warnings(run) === wanted ? null : `${warnings(run)} warnings, not ${wanted}`;
      },
    ),
    witness: { deaf: reached((run) => resultNamed(run, 'x') === EINVAL) },
    faults: ['dyn-001-deaf-is-welcome', 'dyn-001-half-a-pin', 'dyn-001-keeps-what-moves'],
  }),
  property({
    rules: ['DYN-002'],
    plan: `Where one side follows moves, attaching pins, maps for both directions, and keeps that until
      detach: maps give it again, and unmaps do nothing.
      - one on each side; maps in other directions`,
    programs: [
      program('exporter-moves', {
        setup: 'b = dyn.export()',
        tasks: {
          A: `a = attach.static(b, nic); p0 = dyn.place(b); ${MAPS}
            u = attach.mapUnlocked(a, FROM_DEVICE); e = dyn.move(b, vram); p3 = dyn.place(b)
            attach.detach(b, a); p4 = dyn.place(b); f = dyn.move(b, vram); p5 = dyn.place(b)`,
        },
      }),
      program('hears-of', {
        setup: 'b = buf.export(dynamic: true)',
        tasks: {
          A: `a = attach.static(b, nic); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); c = buf.calls(b); attach.detach(b, a)
            d = buf.calls(b)`,
        },
      }),
      program('importer-follows', {
        setup: 'b = buf.export()',
        tasks: {
          A: `a = attach.dynamic(b, nic); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); c = buf.calls(b); attach.detach(b, a)
            d = buf.calls(b)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }],
    forbids: ['refinement', 'attachments'],
    holds: (run) => {
      const wrong = results({
        'exporter-moves': {
          ...{ a: 0, p0: 'system, 1 pins', p1: 'system, 1 pins', p2: 'system, 1 pins' },
          ...{ e: EBUSY, p3: 'system, 1 pins', p4: 'system', f: 0, p5: 'vram' },
        },
        'hears-of': { c: 'attach pin! map!', d: 'attach pin! map! unmap! unpin! detach' },
        'importer-follows': { c: 'attach map!', d: 'attach map! unmap! detach' },
      })(run);
      if (wrong !== null || run.program.name !== 'exporter-moves') return wrong;
      return resultNamed(run, 'u') === resultNamed(run, 't') ? null : 'another table comes';
    },
    witness: { pinned: reached((run) => resultNamed(run, 'p2') === 'system, 1 pins') },
    faults: ['dyn-002-pins-for-nobody', 'dyn-002-one-direction', 'dyn-002-unmaps'],
  }),
  property({
    rules: ['DYN-003'],
    plan: `Maps, unmaps, pins, unpins and notifications come with the reservation locked; the
      exporter's hooks of attach and detach come without. Importers do not lock it again.
      - both sides move, with maps that pin; one of them; an importer with a device`,
    programs: [
      program('both', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b)',
        tasks: {
          A: `a = attach.dynamic(b, nic); t = attach.mapUnlocked(a, TO_DEVICE)
            attach.unmapUnlocked(a, t, TO_DEVICE); resv.lock(r); buf.moveNotify(b); resv.unlock(r)
            m = attach.moves(a); attach.detach(b, a); c = buf.calls(b)`,
        },
      }),
      program('one', {
        setup: 'b = buf.export(dynamic: true)',
        tasks: { A: 'a = attach.static(b, nic); attach.detach(b, a); c = buf.calls(b)' },
      }),
      program('device', {
        world: { moveNotify: true },
        setup: 'b = dyn.export()',
        tasks: {
          A: 'i = dyn.open(b, nic); w = dyn.write(i, 7); e = dyn.move(b, vram); dyn.close(i)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
    forbids: ['lockdep', 'lock-misuse', 'deadlock'],
    holds: results({
      both: { m: 'move!', c: 'attach pin! map! unmap! unpin! detach' },
      one: { c: 'attach pin! map! unmap! unpin! detach' },
      device: { i: 0, w: 0, e: 0 },
    }),
    witness: { told: reached((run) => resultNamed(run, 'm') === 'move!') },
    faults: ['dyn-003-detaches-with-the-lock', 'dyn-003-locks-again', 'dyn-003-pins-without-lock'],
  }),
  property({
    rules: ['DYN-004'],
    plan: `Where both sides follow moves attaching pins nothing. Without the notification in the
      configuration each map pins, and each unmap unpins.
      - both configurations, two maps`,
    programs: [false, true].map((moveNotify) =>
      program(moveNotify ? 'notified' : 'pinning', {
        world: { moveNotify },
        setup: 'b = buf.export(dynamic: true); d = dyn.export(system)',
        tasks: {
          A: `a = attach.dynamic(b, nic); c0 = buf.calls(b); t = attach.mapUnlocked(a, TO_DEVICE)
            u = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)
            attach.unmapUnlocked(a, u, TO_DEVICE); c1 = buf.calls(b); x = attach.dynamic(d, nic)
            v = attach.mapUnlocked(x, TO_DEVICE); p1 = dyn.place(d); e = dyn.move(d, vram)
            attach.unmapUnlocked(x, v, TO_DEVICE); p2 = dyn.place(d)`,
        },
      }),
    ),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 40 }],
    forbids: ['refinement', 'attachments'],
    holds: results({
      pinning: {
        ...{ c0: 'attach', c1: 'attach pin! map! pin! map! unmap! unpin! unmap! unpin!' },
        ...{ p1: 'system, 1 pins', e: EBUSY, p2: 'system' },
      },
      notified: {
        c0: 'attach',
        c1: 'attach map! map! unmap! unmap!',
        p1: 'system',
        e: 0,
        p2: 'vram',
      },
    }),
    witness: { pinned: reached((run) => resultNamed(run, 'p1') === 'system, 1 pins') },
    faults: ['dyn-004-never-pins', 'dyn-004-always-pins', 'dyn-004-stays-pinned'],
  }),
  property({
    rules: ['DYN-005'],
    plan: `A mapping that is kept serves its own direction, and every one if it was made for both.
      - an exporter that asks for it, with every pair of directions; one side that follows moves`,
    programs: [
      ...DIRECTIONS.map(mapsLater),
      program('attached-BIDIRECTIONAL', {
        setup: 'b = buf.export(dynamic: true); a = attach.static(b, gpu)',
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE)
            ${DIRECTIONS.map((one) => `${one} = attach.mapUnlocked(a, ${one})`).join('; ')}`,
        },
      }),
    ],
    holds: servesKept,
    witness: { refused: reached((run) => resultNamed(run, 'FROM_DEVICE') === EBUSY) },
    faults: ['dyn-005-serves-anybody', 'dyn-005-only-the-same', 'dyn-005-keeps-for-both'],
  }),
];
