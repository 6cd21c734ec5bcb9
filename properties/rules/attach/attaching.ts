import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EBUSY = -16;
const EINVAL = -22;
const ENOMEM = -12;

/** Every pair of sides that can follow moves or not, and what the exporter hears at attach. */
const PAIRS = [
  ['static', 'static', 'attach'],
  ['static', 'dynamic', 'attach map!'],
  ['dynamic', 'static', 'attach pin! map!'],
  ['dynamic', 'dynamic', 'attach'],
] as const;

/** What it hears when each of them is detached. */
const UNDONE: Readonly<Record<string, string>> = {
  'static-static': 'detach',
  'static-dynamic': 'unmap! detach',
  'dynamic-static': 'unmap! unpin! detach',
  'dynamic-dynamic': 'detach',
};

function warnsTimes(expected: Readonly<Record<string, number>>): (run: Run) => string | null {
  return (run) => {
    const wanted = expected[run.program.name] ?? 0;
    const count = warnings(run);
    return count === wanted ? null : `${run.program.name}: ${count} warnings, not ${wanted}`;
  };
}

/** Properties of attaching and detaching. */
export const ATTACHING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ATTACH-001'],
    plan: `Wrong arguments are refused with a warning, missing memory without, before any callback.
      - no buffer, no device, an importer without move_notify; no memory`,
    programs: [
      program('refused', {
        setup: 'b = buf.export()',
        tasks: {
          A: `n = attach.static(null, gpu); d = attach.static(b); p = attach.dynamic(null, gpu)
            x = attach.dynamic(b, gpu, deaf: true); calls = buf.calls(b)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'b = buf.export()',
        tasks: { A: 'a = attach.static(b, gpu); calls = buf.calls(b); list = attach.list(b)' },
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      if (run.program.name === 'refused') {
        const errors = { n: EINVAL, d: EINVAL, p: EINVAL, x: EINVAL };
        return both(
          results({ refused: { ...errors, calls: '' } }),
          warnsTimes({ refused: 4 }),
        )(run);
      }
      const isMade = resultNamed(run, 'a') === 0;
      const wanted = isMade
        ? { a: 0, calls: 'attach', list: 'gpu' }
        : { a: ENOMEM, calls: '', list: '' };
      return both(results({ 'no-memory': wanted }), warnsTimes({}))(run);
    },
    witness: {
      refused: reached((run) => resultNamed(run, 'x') === EINVAL),
      noMemory: reached((run) => resultNamed(run, 'a') === ENOMEM),
    },
    faults: ['attach-001-deaf-is-static', 'attach-001-memory-last'],
  }),
  property({
    rules: ['ATTACH-002'],
    plan: `The plain attach is the dynamic one without operations of the importer: no peer-to-peer,
      nothing to tell, and the storage is pinned for it.
      - with a static and a dynamic exporter`,
    programs: [
      program('dynamic', {
        setup: 'b = buf.export(dynamic: true); r = buf.resv(b)',
        tasks: {
          A: `a = attach.static(b, gpu); c = buf.calls(b); p = attach.peer2peer(a)
            resv.lock(r); buf.moveNotify(b); resv.unlock(r); m = attach.moves(a)`,
        },
      }),
      program('static', {
        setup: 'b = buf.export()',
        tasks: {
          A: 'a = attach.static(b, gpu); c = buf.calls(b); p = attach.peer2peer(a); m = attach.moves(a)',
        },
      }),
    ],
    holds: results({
      dynamic: { a: 0, c: 'attach pin! map!', p: false, m: '' },
      static: { a: 0, c: 'attach', p: false, m: '' },
    }),
    witness: { pinned: reached((run) => resultNamed(run, 'c') === 'attach pin! map!') },
    faults: ['attach-002-with-operations'],
  }),
  property({
    rules: ['ATTACH-003'],
    plan: `The exporter is asked first, without the lock; what it refuses ends there, with its error.
      - a refusal, with nothing on the list and no other call; an exporter that is not to be asked`,
    programs: [
      program('refuses', {
        setup: 'b = buf.export(dynamic: true, fails: [attach], error: -16)',
        tasks: {
          A: 'a = attach.static(b, gpu); list = attach.list(b); calls = buf.calls(b)',
        },
      }),
      program('accepts', {
        setup: 'b = buf.export()',
        tasks: { A: 'a = attach.static(b, gpu); list = attach.list(b); calls = buf.calls(b)' },
      }),
      program('has-none', {
        setup: 'b = buf.export(without: [attach])',
        tasks: { A: 'a = attach.static(b, gpu); list = attach.list(b); calls = buf.calls(b)' },
      }),
    ],
    forbids: ['warn', 'lock-misuse', 'deadlock'],
    holds: results({
      refuses: { a: EBUSY, list: '', calls: 'attach' },
      accepts: { a: 0, list: 'gpu', calls: 'attach' },
      'has-none': { a: 0, list: 'gpu', calls: '' },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'a') === EBUSY) },
    faults: ['attach-003-own-error', 'attach-003-with-the-lock', 'attach-003-listed-first'],
  }),
  property({
    rules: ['ATTACH-004'],
    plan: `Attachments enter the list at its head, under the lock: walks see the newest first.
      - three in a row; two tasks at once`,
    programs: [
      program('in-a-row', {
        setup: 'b = buf.export()',
        tasks: {
          A: `attach.static(b, gpu); attach.static(b, display); attach.static(b, camera)
            list = attach.list(b)`,
        },
      }),
      program('at-once', {
        setup: 'b = buf.export()',
        tasks: { A: 'attach.static(b, gpu)', B: 'attach.static(b, display)' },
        teardown: 'list = attach.list(b)',
      }),
    ],
    forbids: ['locking', 'refinement'],
    holds: (run) => {
      const list = resultNamed(run, 'list');
      if (run.program.name === 'in-a-row') {
        return results({ 'in-a-row': { list: 'camera display gpu' } })(run);
      }
      const isWhole = list === 'gpu display' || list === 'display gpu';
      return isWhole ? null : `the list is ${String(list)}`;
    },
    witness: { both: reached((run) => resultNamed(run, 'list') === 'gpu display') },
    faults: ['attach-004-at-the-tail', 'attach-004-without-the-lock'],
  }),
  property({
    rules: ['ATTACH-005'],
    plan: `Where exactly one side follows moves, attach pins and maps for both directions, under the
      lock, and keeps that.
      - all four pairs; what a map is then answered with, in each direction`,
    programs: PAIRS.map(([exporter, importer]) =>
      program(`${exporter}-${importer}`, {
        setup: `b = buf.export(dynamic: ${exporter === 'dynamic'})`,
        tasks: {
          A: `a = attach.${importer}(b, gpu); c = buf.calls(b)
            t = attach.mapUnlocked(a, TO_DEVICE); u = attach.mapUnlocked(a, FROM_DEVICE)
            attach.giveBack(a, t, TO_DEVICE); attach.giveBack(a, u, FROM_DEVICE)`,
        },
      }),
    ),
    forbids: ['refinement', 'locking'],
    holds: (run) => {
      const { name } = run.program;
      const calls = PAIRS.find(([first, second]) => name === `${first}-${second}`)?.[2] ?? '';
      const wrong = results({ [name]: { c: calls } })(run);
      if (wrong !== null) return wrong;
      const isKept = resultNamed(run, 't') === resultNamed(run, 'u');
      return isKept === calls.includes('map') ? null : `${name}: kept is ${isKept}`;
    },
    witness: {
      pinned: reached((run) => resultNamed(run, 'c') === 'attach pin! map!'),
      mapped: reached((run) => resultNamed(run, 'c') === 'attach map!'),
    },
    faults: ['attach-005-maps-always', 'attach-005-never', 'attach-005-to-device'],
  }),
  property({
    rules: ['ATTACH-006'],
    plan: `If that pin or map fails, all is undone, in reverse, and the error comes back.
      - the pin fails; the map fails, with an error and with nothing; with and without a pin`,
    programs: [
      ['pin', 'dynamic: true, fails: [pin], error: -16', 'static'],
      ['map', 'dynamic: true, fails: [map], error: -16', 'static'],
      ['nothing', 'dynamic: true, fails: [map]', 'static'],
      ['unpinned', 'fails: [map], error: -16', 'dynamic'],
    ].map(([name = '', options = '', importer = '']) =>
      program(name, {
        setup: `b = buf.export(${options})`,
        tasks: { A: `a = attach.${importer}(b, gpu); calls = buf.calls(b); list = attach.list(b)` },
      }),
    ),
    forbids: ['refinement', 'leak'],
    holds: results({
      pin: { a: EBUSY, calls: 'attach pin! detach', list: '' },
      map: { a: EBUSY, calls: 'attach pin! map! unpin! detach', list: '' },
      nothing: { a: ENOMEM, calls: 'attach pin! map! unpin! detach', list: '' },
      unpinned: { a: EBUSY, calls: 'attach map! detach', list: '' },
    }),
    witness: { undone: reached((run) => resultNamed(run, 'list') === '', 4) },
    faults: ['attach-006-stays-pinned', 'attach-006-stays-attached'],
  }),
  property({
    rules: ['ATTACH-007'],
    plan: `Detach takes back what the core mapped and pinned, then unlinks, all in one hold of the
      lock, and tells the exporter without it.
      - all four pairs; an exporter that is not to be told`,
    programs: [
      ...PAIRS.map(([exporter, importer]) =>
        program(`${exporter}-${importer}`, {
          setup: `b = buf.export(dynamic: ${exporter === 'dynamic'}); a = attach.${importer}(b, gpu)`,
          tasks: {
            A: 'attach.detach(b, a); calls = buf.calls(b); list = attach.list(b); f = inspect.isFreed(a)',
          },
        }),
      ),
      program('not-told', {
        setup: 'b = buf.export(without: [detach]); a = attach.static(b, gpu)',
        tasks: {
          A: 'attach.detach(b, a); calls = buf.calls(b); list = attach.list(b); f = inspect.isFreed(a)',
        },
      }),
    ],
    forbids: ['refinement', 'locking', 'leak'],
    holds: (run) => {
      const { name } = run.program;
      const before =
        PAIRS.find(([first, second]) => name === `${first}-${second}`)?.[2] ?? 'attach';
      const calls = [before, UNDONE[name] ?? ''].filter((text) => text !== '').join(' ');
      return results({ [name]: { calls, list: '', f: true } })(run);
    },
    witness: { freed: reached((run) => resultNamed(run, 'f') === true, 5) },
    faults: ['attach-007-stays-pinned', 'attach-007-unpins-first', 'attach-007-unlinks-first'],
  }),
  property({
    rules: ['ATTACH-008'],
    plan: `Detaching nothing, from nothing, or from another buffer warns and does nothing.
      - each of them, with an attachment on the list`,
    programs: [
      program('wrong', {
        setup: 'b = buf.export(); c = buf.export(); a = attach.static(b, gpu)',
        tasks: {
          A: `attach.detach(null, a); attach.detach(b, null); attach.detach(c, a)
            list = attach.list(b); calls = buf.calls(b); others = buf.calls(c)`,
        },
      }),
    ],
    allows: ['warn'],
    forbids: ['use-after-free', 'double-free'],
    holds: both(
      results({ wrong: { list: 'gpu', calls: 'attach', others: '' } }),
      warnsTimes({ wrong: 3 }),
    ),
    witness: { stays: reached((run) => resultNamed(run, 'list') === 'gpu') },
    faults: ['attach-008-any-buffer'],
  }),
  property({
    rules: ['ATTACH-010'],
    plan: `The exporter maps for attachments only: after its attach operation, and before detach.
      - the pairs that are mapped at attach; a map after detach is caught`,
    programs: [
      program('at-attach', {
        setup: 'b = buf.export()',
        tasks: { A: 'a = attach.dynamic(b, gpu); attach.detach(b, a); calls = buf.calls(b)' },
      }),
    ],
    forbids: ['refinement', 'use-after-free'],
    holds: results({ 'at-attach': { calls: 'attach map! unmap! detach' } }),
    witness: { mapped: reached((run) => resultNamed(run, 'calls') !== undefined) },
    faults: ['attach-010-maps-before-it-is-listed', 'attach-007-unlinks-first'],
  }),
  property({
    rules: ['ATTACH-011'],
    plan: `Peer-to-peer is what the importer allows, and false for one that says nothing.
      - allowed, not allowed, static`,
    programs: [
      program('flags', {
        setup: 'b = buf.export(dynamic: true)',
        tasks: {
          A: `a = attach.dynamic(b, gpu, peer2peer: true); x = attach.peer2peer(a)
            c = attach.dynamic(b, display); y = attach.peer2peer(c)
            d = attach.static(b, camera); z = attach.peer2peer(d)`,
        },
      }),
    ],
    holds: results({ flags: { x: true, y: false, z: false } }),
    witness: { allowed: reached((run) => resultNamed(run, 'x') === true) },
    faults: ['attach-011-never', 'attach-011-always'],
  }),
];
