import { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { MockExporter } from '../../programs/mock-exporter.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const EBUSY = -16;
const ENOMEM = -12;
const ERESTARTSYS = -512;

const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE'] as const;

const ATTACHED = 'b = buf.export(); r = buf.resv(b); a = attach.static(b, gpu)';

/** Which direction each op of the exporter was called with, as `map 1`. */
function directions(run: Run): string {
  const { priv } = run.environment.find('b', DmaBuf);
  if (!(priv instanceof MockExporter)) return '';
  return priv.sights
    .filter(({ direction }) => direction !== null)
    .map(({ op, direction }) => `${op} ${direction}`)
    .join(' ');
}

/** One map for each direction, after a first one that the core keeps. */
function keptTable(kept: string): Program {
  const asks = DIRECTIONS.map((asked, index) => `r${index} = attach.map(a, ${asked})`).join('\n');
  return program(`kept-${kept}`, {
    setup: 'b = buf.export(cached: true); r = buf.resv(b); a = attach.static(b, gpu)',
    tasks: {
      A: `resv.lock(r); t = attach.map(a, ${kept})
        ${asks}
        c = buf.calls(b); resv.unlock(r)`,
    },
  });
}

function keptAnswers(): Record<string, Record<string, string | number>> {
  return Object.fromEntries(
    DIRECTIONS.map((kept) => {
      const answers = DIRECTIONS.map((asked, index) => {
        const isServed = asked === kept || kept === 'BIDIRECTIONAL';
        return [`r${index}`, isServed ? 't' : EBUSY];
      });
      return [`kept-${kept}`, { c: 'attach map!', ...Object.fromEntries(answers) }];
    }),
  );
}

/** A fence that stands for a move is pending while somebody maps; then it signals. */
function moveUnderWay(name: string, attach: string, interruptionsMax = 0): Program {
  return program(name, {
    world: { moveNotify: true, interruptionsMax },
    setup: `${attach}; r = buf.resv(b); f = fence.create(); resv.lock(r); resv.reserve(r, 1)
      resv.add(r, f, KERNEL); resv.unlock(r)`,
    tasks: {
      A: `t = attach.mapUnlocked(a, TO_DEVICE); s = fence.isSignaled(f); c = buf.calls(b)
        attach.giveBack(a, t, TO_DEVICE)`,
      B: 'fence.signal(f)',
    },
  });
}

/** Properties of mapping. */
export const MAPPING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ATTACH-015'],
    plan: `A map asks the exporter, with the direction and under the lock; nothing is -ENOMEM.
      - each direction; no table; an error`,
    programs: [
      program('directions', {
        setup: ATTACHED,
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)
            u = attach.mapUnlocked(a, FROM_DEVICE); attach.unmapUnlocked(a, u, FROM_DEVICE)
            v = attach.mapUnlocked(a, BIDIRECTIONAL); attach.unmapUnlocked(a, v, BIDIRECTIONAL)
            c = buf.calls(b)`,
        },
      }),
      program('no-table', {
        setup: 'b = buf.export(fails: [map]); a = attach.static(b, gpu)',
        tasks: { A: 't = attach.mapUnlocked(a, TO_DEVICE); c = buf.calls(b)' },
      }),
      program('error', {
        setup: 'b = buf.export(fails: [map], error: -16); a = attach.static(b, gpu)',
        tasks: { A: 't = attach.mapUnlocked(a, TO_DEVICE); c = buf.calls(b)' },
      }),
    ],
    forbids: ['locking', 'refinement'],
    holds: (run) => {
      const calls = 'attach map! unmap! map! unmap! map! unmap!';
      const wrong = results({
        directions: { c: calls },
        'no-table': { t: ENOMEM, c: 'attach map!' },
        error: { t: EBUSY, c: 'attach map!' },
      })(run);
      if (wrong !== null || run.program.name !== 'directions') return wrong;
      const seen = directions(run);
      return seen === 'map 1 unmap 1 map 2 unmap 2 map 0 unmap 0' ? null : `called for ${seen}`;
    },
    witness: { noTable: reached((run) => resultNamed(run, 't') === ENOMEM) },
    faults: ['attach-015-both-ways', 'attach-015-other-error', 'attach-015-null-is-busy'],
  }),
  property({
    rules: ['ATTACH-016'],
    plan: `What the core keeps answers its own direction, or all when it is for both; others are
      refused with -EBUSY. The exporter is not asked again.
      - each kept direction with each that is asked for`,
    programs: DIRECTIONS.map(keptTable),
    forbids: ['refinement'],
    holds: results(keptAnswers()),
    witness: { busy: reached((run) => resultNamed(run, 'r1') === EBUSY, 2) },
    faults: ['attach-016-serves-all', 'attach-016-only-equal', 'attach-016-asks-again'],
  }),
  property({
    rules: ['ATTACH-017'],
    plan: `For an exporter that says so, the first mapping is kept until detach.
      - two maps and unmaps; detach; an exporter that does not say so`,
    programs: [true, false].map((cached) =>
      program(cached ? 'kept' : 'not-kept', {
        setup: `b = buf.export(cached: ${cached}); r = buf.resv(b); a = attach.static(b, gpu)`,
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)
            u = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, u, TO_DEVICE)
            attach.detach(b, a); c = buf.calls(b)`,
        },
      }),
    ),
    forbids: ['refinement', 'leak'],
    holds: results({
      kept: { u: 't', c: 'attach map! unmap! detach' },
      'not-kept': { u: 'u', c: 'attach map! unmap! map! unmap! detach' },
    }),
    witness: { kept: reached((run) => resultNamed(run, 'u') === 't') },
    faults: ['attach-017-keeps-nothing', 'attach-017-keeps-always'],
  }),
  property({
    rules: ['ATTACH-019'],
    plan: `A map for a static importer comes back when the KERNEL fences are done, or is interrupted
      and undone. One for a dynamic importer does not wait.
      - both importers; a signal that may come; an answer from what is kept`,
    programs: [
      moveUnderWay('static', 'b = buf.export(); a = attach.static(b, gpu)'),
      moveUnderWay('dynamic', 'b = buf.export(dynamic: true); a = attach.dynamic(b, gpu)'),
      moveUnderWay('kept', 'b = buf.export(); a = attach.dynamic(b, gpu)'),
      moveUnderWay('interrupted', 'b = buf.export(); a = attach.static(b, gpu)', 1),
    ],
    schedules: EVERY_RESULT,
    forbids: ['attachments', 'deadlock'],
    holds: (run) => {
      const { name } = run.program;
      if (resultNamed(run, 't') === ERESTARTSYS) {
        return results({ [name]: { c: 'attach map! unmap!' } })(run);
      }
      const isDone = resultNamed(run, 's') === true;
      const waits = name === 'static' || name === 'interrupted';
      return waits && !isDone ? `${name}: it came back before the move was over` : null;
    },
    outcomes: (outcomes, { name }) => {
      const isEarly = [...outcomes].some((text) => text.includes('false'));
      const mayBeEarly = name === 'dynamic' || name === 'kept';
      return isEarly === mayBeEarly || name === 'interrupted' ? null : `${name} waits: ${!isEarly}`;
    },
    witness: {
      early: reached((run) => resultNamed(run, 's') === false, 2),
      interrupted: reached((run) => resultNamed(run, 't') === ERESTARTSYS),
    },
    faults: ['BUG-BUF-05', 'attach-019-dynamic-waits', 'attach-019-stays-mapped'],
  }),
  property({
    rules: ['ATTACH-021'],
    plan: `Unless importers hear of moves, each map of a dynamic exporter pins and each unmap unpins.
      - a map that works, one that fails, a pin that fails; a kernel in which importers hear`,
    programs: [
      ['works', 'dynamic: true', false],
      ['map-fails', 'dynamic: true, fails: [map], error: -16', false],
      ['pin-fails', 'dynamic: true, fails: [pin], error: -16', false],
      ['hears', 'dynamic: true', true],
    ].map(([name, options, moveNotify]) =>
      program(String(name), {
        world: { moveNotify: moveNotify === true },
        setup: `b = buf.export(${String(options)}); a = attach.dynamic(b, gpu)`,
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE)
            ${String(name).endsWith('fails') ? '' : 'attach.unmapUnlocked(a, t, TO_DEVICE)'}
            c = buf.calls(b)`,
        },
      }),
    ),
    forbids: ['refinement'],
    holds: results({
      works: { t: 't', c: 'attach pin! map! unmap! unpin!' },
      'map-fails': { t: EBUSY, c: 'attach pin! map! unpin!' },
      'pin-fails': { t: EBUSY, c: 'attach pin!' },
      hears: { t: 't', c: 'attach map! unmap!' },
    }),
    witness: { failed: reached((run) => resultNamed(run, 't') === EBUSY, 2) },
    faults: ['attach-021-stays-pinned', 'attach-021-pins-for-nobody', 'attach-021-unpins-first'],
  }),
  property({
    rules: ['ATTACH-023'],
    plan: `Page pointers are hidden between map and unmap, and shown to the exporter again.
      - a mapping of one's own; one that is kept, until detach`,
    programs: [
      program('own', {
        setup: ATTACHED,
        tasks: { A: 't = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)' },
      }),
      program('kept', {
        setup: 'b = buf.export(cached: true); a = attach.static(b, gpu)',
        tasks: {
          A: `t = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)
            attach.mapUnlocked(a, TO_DEVICE); attach.detach(b, a)`,
        },
      }),
    ],
    forbids: ['attachments'],
    witness: { mapped: reached((run) => resultNamed(run, 't') === 't', 2) },
    faults: ['attach-023-in-sight', 'attach-023-stay-hidden'],
  }),
  property({
    rules: ['ATTACH-025'],
    plan: `Unmapping what is kept does nothing, anything else asks the exporter once; nothing warns.
      - both kinds of table; no attachment, no table`,
    programs: [
      program('kept', {
        setup: 'b = buf.export(cached: true); r = buf.resv(b); a = attach.static(b, gpu)',
        tasks: {
          A: 't = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE); c = buf.calls(b)',
        },
      }),
      program('own', {
        setup: ATTACHED,
        tasks: {
          A: 't = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE); c = buf.calls(b)',
        },
      }),
      program('nothing', {
        setup: ATTACHED,
        tasks: {
          A: `resv.lock(r); t = attach.map(a, TO_DEVICE)
            attach.unmap(null, t, TO_DEVICE); attach.unmap(a, null, TO_DEVICE)
            c = buf.calls(b); attach.unmap(a, t, TO_DEVICE); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['warn'],
    forbids: ['refinement'],
    holds: both(
      results({
        kept: { c: 'attach map!' },
        own: { c: 'attach map! unmap!' },
        nothing: { c: 'attach map!' },
      }),
      (run) => {
        const wanted = run.program.name === 'nothing' ? 2 : 0;
        return warnings(run) === wanted ? null : `${run.program.name}: ${warnings(run)} warnings`;
      },
    ),
    witness: { warned: reached((run) => warnings(run) === 2) },
    faults: ['attach-025-unmaps-what-is-kept', 'attach-025-twice'],
  }),
  property({
    rules: ['ATTACH-026'],
    plan: `Mapping needs the reservation lock; the unlocked forms take it, whatever signals come.
      - with and without; inside a section that must not sleep; with a signal`,
    programs: [
      program('without', {
        setup: ATTACHED,
        tasks: { A: 't = attach.map(a, TO_DEVICE); attach.unmap(a, t, TO_DEVICE)' },
      }),
      program('with', {
        setup: ATTACHED,
        tasks: {
          A: `resv.lock(r); t = attach.map(a, TO_DEVICE); attach.unmap(a, t, TO_DEVICE)
            resv.unlock(r)`,
        },
      }),
      program('unlocked', {
        setup: 'b = buf.export(); r = buf.resv(b); a = attach.dynamic(b, gpu)',
        tasks: {
          A: 't = attach.mapUnlocked(a, TO_DEVICE); attach.giveBack(a, t, TO_DEVICE)',
          B: 'resv.lock(r); task.interrupt(A); resv.unlock(r)',
        },
      }),
    ],
    allows: ['lock-misuse'],
    holds: (run) => {
      const { name } = run.program;
      const misused = run.violations.filter(({ kind }) => kind === 'lock-misuse').length;
      const wanted = name === 'without' ? 2 : 0;
      if (misused !== wanted) return `${name}: ${misused} reports, not ${wanted}`;
      const table = resultNamed(run, 't');
      return typeof table === 'string' ? null : `${name}: no table, but ${String(table)}`;
    },
    witness: { reported: reached((run) => run.violations.length === 2) },
    faults: ['attach-026-trusts', 'attach-026-unlocked', 'attach-026-interruptible'],
  }),
];
