import type { Run } from '../../run/run.ts';
import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, results } from '../observables.ts';

/** A kernel without lock proving: unlocking does not take back what was promised. */
const PROMISES_LAST = { lockProving: false };
const ONE = `r = resv.create(); f = fence.create(); resv.lock(r); resv.reserve(r, 4)
  resv.add(r, f, READ); resv.unlock(r)`;
/** Two slots of one context, the later fence first. */
const TWICE = `r = resv.create(); f = fence.create(seqno: 1, context: 9)
  h = fence.create(seqno: 2, context: 9); e = fence.create(); resv.lock(r); resv.reserve(r, 4)
  resv.add(r, h, READ); resv.add(r, f, READ); resv.unlock(r)`;

/** To how many lists the walks of A came. */
function lists(run: Run): string {
  const began = run.sightings.filter(({ name, task }) => name === 'walk.restart' && task === 'A');
  return `lists ${began.length}`;
}

/** Whether the walk of A was over when B had grown the list. */
function order({ sightings }: Run): string {
  const walked = sightings.findIndex(({ name, task }) => name === 'walk.done' && task === 'A');
  const grown = sightings.findIndex(({ name, task }) => name === 'reserve' && task === 'B');
  return grown < walked ? 'grown first' : 'walked first';
}

function bug({ world }: Run): string {
  return world.crashed ? 'BUG' : 'no BUG';
}

/** Reservation objects: replacing, copying, and reservations that outlive their lock session. */
export const RESV_REWRITE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'walk-replace',
    window: 'RW-03',
    isWide: true,
    setup: TWICE,
    tasks: {
      A: 'resv.walk(r, READ)',
      B: 'resv.lock(r); resv.replace(r, 9, e, READ); resv.unlock(r)',
    },
    sees: [results],
    outcomes: [
      outcome('A h f; B 0', ['RESV-033', 'RESV-042'], 'both before they are replaced'),
      outcome('A h e; B 0', ['RESV-033', 'RESV-041'], 'the old one and the replacement'),
      outcome('A e f; B 0', ['RESV-033', 'RESV-042'], 'the first is replaced, the second is not'),
      outcome('A e e; B 0', ['RESV-033', 'RESV-041'], 'the replacement twice'),
    ],
  }),
  litmus({
    name: 'replaced-dying',
    window: 'RW-03',
    isWide: true,
    setup: `r = resv.create(); f = fence.create(seqno: 1, context: 9); e = fence.create()
      resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ); resv.unlock(r); fence.put(f)`,
    tasks: {
      A: 'resv.walk(r, READ)',
      B: 'resv.lock(r); resv.replace(r, 9, e, READ); resv.unlock(r)',
    },
    sees: [results, lists],
    outcomes: [
      outcome('A f; B 0, lists 1', ['RESV-042'], 'the old fence, with a reference in time'),
      outcome('A e; B 0, lists 1', ['RESV-042'], 'the replacement'),
      outcome('A e; B 0, lists 2', ['RESV-039', 'RESV-044'], 'the old one was dying: it restarts'),
    ],
  }),
  litmus({
    name: 'copy-of-nothing',
    window: 'RW-04',
    isWide: true,
    setup: `${ONE}; s = resv.create()`,
    tasks: {
      A: 'resv.walk(r, READ)',
      B: 'resv.lock(r); resv.copy(r, s); resv.unlock(r)',
    },
    sees: [results, lists],
    outcomes: [
      outcome('A f; B 0 0, lists 1', ['RESV-043'], 'it ends before the list is gone'),
      outcome('A f; B 0 0, lists 2', ['RESV-069'], 'given, then there is no list: it ends'),
      outcome('A none; B 0 0, lists 1', ['RESV-046'], 'there was no list'),
      outcome('A none; B 0 0, lists 2', ['RESV-069'], 'the list went during the first step'),
    ],
  }),
  litmus({
    name: 'copy-publishes',
    window: 'RW-04',
    isWide: true,
    setup: `${ONE}; s = resv.create()`,
    tasks: {
      A: 'resv.lock(s); resv.copy(s, r); resv.unlock(s)',
      B: 'resv.lock(r); resv.reserve(r, 8); resv.list(s); resv.unlock(r)',
    },
    // B looks in the step in which it has grown its own list.
    sees: [(run) => results(run).replace(/resvList\S*/, 'list'), lists, order],
    outcomes: [
      outcome('A 0 0; B 0 0 none, lists 1, grown first', ['RESV-046'], 'the walk has not begun'),
      outcome('A 0 0; B 0 0 none, lists 2, grown first', ['RESV-039'], 'grown during the walk'),
      outcome('A 0 0; B 0 0 none, lists 1, walked first', ['RESV-046'], 'not published yet'),
      outcome('A 0 0; B 0 0 list, lists 1, walked first', ['RESV-046'], 'published'),
    ],
  }),
  litmus({
    name: 'two-growths',
    window: 'RW-06',
    isWide: true,
    setup: ONE,
    tasks: {
      A: 'c = resv.begin(r, READ); resv.first(c); resv.next(c); resv.end(c)',
      B: 'resv.lock(r); resv.reserve(r, 8); resv.reserve(r, 20); resv.unlock(r)',
    },
    sees: [results],
    outcomes: [
      outcome('A f/READ anew none; B 0 0 0', ['RESV-043'], 'not exchanged between its steps'),
      outcome(
        'A f/READ anew f/READ anew; B 0 0 0',
        ['RESV-039'],
        'exchanged, once or twice: a third list is no first one',
      ),
    ],
  }),
  litmus({
    name: 'wait-replaced',
    window: 'RW-07',
    isWide: true,
    setup: `r = resv.create(); f = fence.create(seqno: 1, context: 9); e = fence.create()
      resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.wait(r, READ)',
      B: 'resv.lock(r); resv.replace(r, 9, e, READ); resv.unlock(r); fence.signal(f); fence.signal(e)',
    },
    sees: [results, armed('f'), armed('e')],
    outcomes: [
      outcome(
        'A max; B 0 0 0, f armed, e unarmed',
        ['RESV-058'],
        'it goes on waiting for the old fence, and then is done',
      ),
      outcome('A max; B 0 0 0, f unarmed, e armed', ['RESV-058'], 'it waits for the replacement'),
      outcome('A max; B 0 0 0, f unarmed, e unarmed', ['RESV-054'], 'all is done when it comes'),
    ],
  }),
  litmus({
    name: 'unlocked-between',
    window: 'RW-18',
    isWide: true,
    world: PROMISES_LAST,
    allows: ['bug', 'refinement', 'leak', 'lock-misuse'],
    setup: `r = resv.create(); f = fence.create(); g = fence.create(); i = fence.create()
      j = fence.create(); k = fence.create(); resv.lock(r); resv.reserve(r, 4)
      resv.add(r, i, READ); resv.add(r, j, READ); resv.add(r, k, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.lock(r); resv.reserve(r, 1); resv.unlock(r); resv.lock(r); resv.add(r, f, READ); resv.unlock(r)',
      B: 'resv.lock(r); resv.reserve(r, 1); resv.add(r, g, READ); resv.unlock(r)',
    },
    sees: [bug],
    outcomes: [
      outcome('no BUG', ['RESV-020'], 'B comes before the reservation, or after the add'),
      outcome('BUG', ['RESV-021', 'RESV-029'], 'B has taken the slot in between'),
    ],
  }),
  litmus({
    name: 'unlocked-between-debug',
    window: 'RW-18',
    allows: ['bug', 'refinement', 'leak', 'lock-misuse'],
    setup: `r = resv.create(); f = fence.create(); g = fence.create(); resv.lock(r)
      resv.reserve(r, 1); resv.add(r, g, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.lock(r); resv.reserve(r, 1); resv.unlock(r); resv.lock(r); resv.add(r, f, READ); resv.unlock(r)',
      B: 'resv.lock(r); resv.unlock(r)',
    },
    sees: [bug],
    outcomes: [outcome('BUG', ['RESV-008', 'RESV-021'], 'nothing is promised any more')],
  }),
  litmus({
    name: 'collected-and-gone',
    window: 'RW-36',
    isWide: true,
    setup: ONE,
    tasks: {
      A: 'resv.listFences(r, READ)',
      B: 'fence.signal(f); resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results, lists],
    outcomes: [
      outcome('A f; B 0 0 0, lists 1', ['RESV-049'], 'collected, and the walk is over'),
      outcome('A f; B 0 0 0, lists 2', ['RESV-070'], 'collected; the new list has nothing'),
      outcome('A none; B 0 0 0, lists 1', ['RESV-049'], 'it had signaled'),
      outcome('A none; B 0 0 0, lists 2', ['RESV-039'], 'met, and left out by the new list'),
    ],
  }),
  litmus({
    name: 'copied-and-gone',
    window: 'RW-36',
    isWide: true,
    setup: `${ONE}; s = resv.create()`,
    tasks: {
      A: 'resv.lock(s); resv.copy(s, r); resv.slots(s); resv.unlock(s)',
      B: 'fence.signal(f); resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results, lists],
    outcomes: [
      outcome('A 0 0 f/READ; B 0 0 0, lists 1', ['RESV-046'], 'copied, and the walk is over'),
      outcome('A 0 0 f/READ; B 0 0 0, lists 2', ['RESV-070'], 'copied; the new list has nothing'),
      outcome('A 0 0 ; B 0 0 0, lists 1', ['RESV-046'], 'it had signaled'),
      outcome('A 0 0 ; B 0 0 0, lists 2', ['RESV-039'], 'met, and left out by the new list'),
    ],
  }),
];
