import { litmus, type Litmus, outcome } from '../litmus.ts';
import { resultNamed } from '../../check/results.ts';
import { atTheEnd, type Observable, results } from '../observables.ts';

/** A kernel in which importers hear of moves, instead of pinning with each map. */
const HEARS = { moveNotify: true };

/** Somebody sees how far the other one has come, and then tells of a move. */
const MOVES = `word.readAcquire(w); resv.lock(r); buf.moveNotify(b); resv.unlock(r)`;

/** What calls with these names returned. */
function named(...names: readonly string[]): Observable {
  return (run) => `finally ${names.map((name) => String(resultNamed(run, name))).join(' ')}`;
}

/** What is seen of the list, the lock and the exporter, from one step of attaching to the next. */
const STAGES = [
  ['', 'false', 'attach'],
  ['gpu', 'true', 'attach'],
  ['gpu', 'false', 'attach'],
  ['gpu', 'true', 'attach map!'],
  ['gpu', 'false', 'attach map!'],
] as const;

/** A look at each, at any stages in this order. */
function threeLooks(): readonly string[] {
  const texts = STAGES.flatMap(([list], first) =>
    STAGES.slice(first).flatMap(([, lock], second) =>
      STAGES.slice(first + second).map(([, , calls]) => `${list} ${lock} ${calls}`),
    ),
  );
  return [...new Set(texts)];
}

/** Attaching, detaching and mapping, against moves of the storage. */
export const ATTACH_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'attach-notify',
    window: 'RW-27',
    setup: 'b = buf.export(dynamic: true); r = buf.resv(b); w = word.create(0)',
    tasks: { A: 'word.writeRelease(w, 1); a = attach.dynamic(b, gpu)', B: MOVES },
    teardown: 'attach.moves(a)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome(
        'A 0; B 0 0, finally ',
        ['ATTACH-004'],
        'the move was over before it was on the list',
      ),
      outcome('A 0; B 0 0, finally move!', ['ATTACH-028'], 'on the list in time'),
      outcome('A 0; B 1 0, finally ', ['ATTACH-003'], 'begun, and not yet on the list'),
      outcome('A 0; B 1 0, finally move!', ['ATTACH-028'], 'on the list in time'),
    ],
  }),
  litmus({
    name: 'attach-map-notify',
    window: 'RW-27',
    setup: 'b = buf.export(); r = buf.resv(b)',
    tasks: {
      A: 'a = attach.dynamic(b, gpu)',
      B: 'resv.lock(r); buf.moveNotify(b); resv.unlock(r)',
    },
    teardown: 'attach.mappedMoves(a)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0; B 0, finally ', ['ATTACH-004'], 'the move was over before it was on the list'),
      outcome('A 0; B 0, finally unmapped', ['ATTACH-005'], 'between the two holds of the lock'),
      outcome('A 0; B 0, finally mapped', ['ATTACH-005', 'ATTACH-028'], 'attached and mapped'),
    ],
  }),
  litmus({
    name: 'attach-two-holds',
    window: 'RW-27',
    setup: 'b = buf.export(); r = buf.resv(b)',
    tasks: {
      A: 'a = attach.dynamic(b, gpu)',
      B: 'attach.list(b); resv.isLocked(r); buf.calls(b)',
    },
    sees: [results],
    outcomes: threeLooks().map((text) =>
      outcome(`A 0; B ${text}`, ['ATTACH-004', 'ATTACH-005'], 'each look at a stage of its own'),
    ),
  }),
  litmus({
    name: 'detach-notify',
    window: 'RW-28',
    setup: `b = buf.export(dynamic: true); r = buf.resv(b); w = word.create(0)
      a = attach.dynamic(b, gpu)`,
    tasks: { A: 'word.writeRelease(w, 1); attach.detach(b, a)', B: MOVES },
    teardown: 'attach.moves(a)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('B 0 0, finally ', ['ATTACH-007'], 'unlinked before the walk'),
      outcome('B 0 0, finally move!', ['ATTACH-028'], 'told before it was unlinked'),
      outcome('B 1 0, finally ', ['ATTACH-007'], 'unlinked before the walk'),
      outcome('B 1 0, finally move!', ['ATTACH-028'], 'begun, and still on the list'),
    ],
  }),
  litmus({
    name: 'detach-unmap-notify',
    window: 'RW-28',
    setup: 'b = buf.export(); r = buf.resv(b); a = attach.dynamic(b, gpu)',
    tasks: {
      A: 'attach.detach(b, a)',
      B: 'resv.lock(r); buf.moveNotify(b); resv.unlock(r)',
    },
    teardown: 'attach.mappedMoves(a)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('B 0, finally ', ['ATTACH-007'], 'unmapped and unlinked in one hold'),
      outcome('B 0, finally mapped', ['ATTACH-007', 'ATTACH-028'], 'told while all was there'),
    ],
  }),
  litmus({
    name: 'map-move',
    window: 'RW-29',
    world: HEARS,
    setup: 'b = exporter.moving(1); a = attach.dynamic(b, gpu); w = word.create(0)',
    tasks: {
      A: 'word.writeRelease(w, 1); t = attach.mapUnlocked(a, TO_DEVICE)',
      B: 'word.readAcquire(w); exporter.moveEmpty(b)',
    },
    teardown: `m = attach.moves(a); s = exporter.shows(b, t)
      attach.unmapUnlocked(a, t, TO_DEVICE)`,
    sees: [results, named('m', 's')],
    outcomes: [
      outcome('A b.table; B 0 0, finally move! here', ['ATTACH-032'], 'mapped after the move'),
      outcome(
        'A b.table; B 0 0, finally move! elsewhere',
        ['ATTACH-030'],
        'mapped before, and told',
      ),
      outcome('A b.table; B 1 0, finally move! here', ['ATTACH-032'], 'begun, and behind the move'),
      outcome(
        'A b.table; B 1 0, finally move! elsewhere',
        ['ATTACH-030'],
        'mapped before, and told',
      ),
    ],
  }),
  litmus({
    name: 'map-pin-move',
    window: 'RW-29',
    setup: 'b = exporter.moving(1); a = attach.dynamic(b, gpu)',
    tasks: { A: 't = attach.mapUnlocked(a, TO_DEVICE)', B: 'exporter.moveEmpty(b)' },
    teardown: 's = exporter.shows(b, t); attach.unmapUnlocked(a, t, TO_DEVICE)',
    sees: [results, named('s')],
    outcomes: [
      outcome('A b.table; B 0, finally here', ['ATTACH-032'], 'mapped after the move'),
      outcome(
        'A b.table; B -EBUSY, finally here',
        ['ATTACH-014', 'ATTACH-021'],
        'mapped, and so pinned',
      ),
    ],
  }),
  litmus({
    name: 'unmap-move',
    window: 'RW-29',
    setup: `b = exporter.moving(1); a = attach.dynamic(b, gpu); w = word.create(0)
      t = attach.mapUnlocked(a, TO_DEVICE)`,
    tasks: {
      A: 'word.writeRelease(w, 1); attach.unmapUnlocked(a, t, TO_DEVICE)',
      B: 'word.readAcquire(w); exporter.moveEmpty(b)',
    },
    sees: [results],
    outcomes: [
      outcome('B 0 0', ['ATTACH-021'], 'unmapped, and so unpinned'),
      outcome('B 0 -EBUSY', ['ATTACH-014'], 'still pinned by the map'),
      outcome('B 1 0', ['ATTACH-021'], 'unmapped, and so unpinned'),
      outcome('B 1 -EBUSY', ['ATTACH-014', 'ATTACH-026'], 'begun, and still pinned'),
    ],
  }),
];
