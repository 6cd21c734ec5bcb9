import { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { Environment } from '../../programs/environment.ts';
import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, born, freer, happened, results, shownTo, status } from '../observables.ts';

const OPEN = 't = timeline.open()';
const POINT = `${OPEN}; p = timeline.point(t, 5)`;

/** What became of a point when its timeline was closed. */
const fate = happened({ failPoint: 'failed' }, 'left alone');
const order = happened({ close: 'closed', unlist: 'unlisted' }, 'nothing');

function contextOf(environment: Environment, name: string): number {
  return environment.find(name, SyncTimeline).context;
}

/** Files of software timelines: opened, closed, listed and asked while others use them. */
export const SW_SYNC_FILE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'inc-close',
    window: 'RACE-34',
    setup: 't = sys.timeline(); p = sys.createFence(t, 5)',
    tasks: { A: 'sys.inc(t, 5)', B: 'sys.close(t)' },
    sees: [results, status('p.fence')],
    outcomes: [
      outcome('A 0; B 0, p.fence 1', ['SWSYNC-008'], 'the request kept the file open'),
      outcome('A -EBADF; B 0, p.fence -ENOENT', ['SWSYNC-012'], 'the descriptor was gone'),
    ],
  }),
  litmus({
    name: 'create-close',
    window: 'RACE-34',
    setup: 't = sys.timeline()',
    tasks: { A: 'p = sys.createFence(t, 5)', B: 'sys.close(t)' },
    sees: [results, born('p.fence'), fate],
    outcomes: [
      outcome(
        'A 0; B 0, p.fence born pending, failed',
        ['SWSYNC-012'],
        'the request kept the file open',
      ),
      outcome(
        'A -EBADF; B 0, p.fence not born, left alone',
        ['SWSYNC-003'],
        'the descriptor was gone',
      ),
    ],
  }),
  litmus({
    name: 'close-put',
    window: 'RACE-34',
    setup: POINT,
    tasks: { A: 'timeline.close(t)', B: 'fence.put(p)' },
    sees: [order, fate, freer('t')],
    outcomes: [
      outcome('unlisted closed, left alone, t freed by A', ['SWSYNC-016'], 'no point any more'),
      outcome('unlisted closed, left alone, t freed by B', ['SWSYNC-014'], 'the point counts last'),
      outcome('closed unlisted, left alone, t freed by A', ['SWSYNC-013'], 'the point was dying'),
      outcome('closed unlisted, left alone, t freed by B', ['SWSYNC-014'], 'the point was dying'),
      outcome('closed unlisted, failed, t freed by A', ['SWSYNC-012'], 'the file counts last'),
      outcome('closed unlisted, failed, t freed by B', ['SWSYNC-014'], 'the point counts last'),
    ],
  }),
  litmus({
    name: 'file-before-close',
    window: 'RACE-34',
    setup: OPEN,
    tasks: { A: 'timeline.close(t)', B: 'lockless.timeline(t, [file, open])' },
    sees: [results],
    outcomes: [
      outcome('B 1 1', ['SWSYNC-001'], 'before the close'),
      outcome('B 1 0', ['SWSYNC-012'], 'closed between the looks'),
      outcome('B 0 1', ['SWSYNC-012'], 'no request any more, and not released yet'),
      outcome('B 0 0', ['SWSYNC-012'], 'released'),
    ],
  }),
  litmus({
    name: 'count-before-listing',
    window: 'RACE-34',
    setup: OPEN,
    tasks: { A: 'timeline.close(t)', B: 'lockless.timeline(t, [references, known])' },
    sees: [results],
    outcomes: [
      outcome('B 1 1', ['SWSYNC-023'], 'before the end'),
      outcome('B 1 0', ['SWSYNC-014'], 'gone between the looks'),
      outcome('B 0 1', ['SWSYNC-014', 'SWSYNC-023'], 'dying, and listed until it has the lock'),
      outcome('B 0 0', ['SWSYNC-014'], 'gone'),
    ],
  }),
  litmus({
    name: 'late-deadline-on-a-point',
    window: 'RACE-35',
    setup: POINT,
    tasks: { A: 'fence.setDeadline(p, 7)', 'B@A': 'timeline.inc(t, 5); lockless.hinted(p)' },
    teardown: 'lockless.hinted(p)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('B 0 0, finally 0', ['FENCE-087', 'SWSYNC-017'], 'it polled signaled'),
      outcome('B 0 1, finally 1', ['SWSYNC-017'], 'set before the last look'),
      outcome('B 0 0, finally 1', ['SWSYNC-017', 'FENCE-088'], 'polled pending, set when signaled'),
    ],
  }),
  litmus({
    name: 'deadline-read',
    window: 'RACE-35',
    setup: 't = sys.timeline(); p = sys.createFence(t, 5)',
    tasks: {
      A: 'sys.getDeadline(t, p)',
      B: 'lockless.file(p); lockless.file(p); fence.setDeadline(p.fence, 7)',
    },
    sees: [results],
    outcomes: [
      outcome('A -ENOENT; B 1 1', ['SWSYNC-018'], 'read before it was set'),
      outcome('A 7; B 1 1', ['SWSYNC-018'], 'set before it was read'),
      outcome('A -ENOENT; B 1 2', ['SWSYNC-018'], 'read before it was set'),
      outcome('A 7; B 1 2', ['SWSYNC-018'], 'set before it was read'),
      outcome('A -ENOENT; B 2 1', ['SWSYNC-018'], 'read before it was set'),
      outcome('A 7; B 2 1', ['SWSYNC-018'], 'set after the file was let go, before the lock'),
      outcome('A -ENOENT; B 2 2', ['SWSYNC-018'], 'read before it was set'),
      outcome('A 7; B 2 2', ['SWSYNC-018'], 'set before it was read'),
    ],
  }),
  litmus({
    name: 'open-open',
    window: 'RACE-37',
    tasks: { A: 't = timeline.open()', B: 'u = timeline.open()' },
    teardown: 'timeline.all()',
    sees: [
      ({ environment }) => (contextOf(environment, 't') < contextOf(environment, 'u') ? 't' : 'u'),
      atTheEnd,
    ],
    outcomes: [
      outcome('t, finally t u', ['SWSYNC-001', 'SWSYNC-023'], 'A was first'),
      outcome('t, finally u t', ['FENCE-003', 'SWSYNC-023'], 'first at the counter, second here'),
      outcome('u, finally u t', ['SWSYNC-001', 'SWSYNC-023'], 'B was first'),
      outcome('u, finally t u', ['FENCE-003', 'SWSYNC-023'], 'first at the counter, second here'),
    ],
  }),
  litmus({
    name: 'info-open',
    window: 'RACE-37',
    tasks: { A: 'sys.swSyncInfo()', B: 't = timeline.open()' },
    sees: [shownTo('A')],
    outcomes: [
      outcome('A is shown nothing', ['SWSYNC-023'], 'not listed yet'),
      outcome('A is shown init: 0', ['SWSYNC-023'], 'a timeline without points'),
    ],
  }),
  litmus({
    name: 'info-inc',
    window: 'RACE-32',
    setup: POINT,
    tasks: { A: 'sys.swSyncInfo()', B: 'timeline.inc(t, 5)' },
    sees: [shownTo('A')],
    outcomes: [
      outcome('A is shown init: 0, fence active: 5 / 0', ['SWSYNC-023'], 'before INC'),
      outcome('A is shown init: 0', ['SWSYNC-023'], 'the value was read without the lock'),
      outcome('A is shown init: 5', ['SWSYNC-023'], 'points signaled by INC never appear'),
    ],
  }),
  litmus({
    name: 'info-locks-before-it-reads',
    window: 'RACE-32',
    setup: OPEN,
    tasks: { A: 'sys.swSyncInfo()', B: 'lockless.timelineList(); timeline.inc(t, 5)' },
    sees: [(run) => `B ${run.resultsOf('B').join(' ')}`, shownTo('A')],
    outcomes: [
      outcome('B 0 0, A is shown init: 0', ['SWSYNC-023'], 'it was printed before INC'),
      outcome('B 0 0, A is shown init: 5', ['SWSYNC-023'], 'it was printed after INC'),
      outcome('B 1 0, A is shown init: 0', ['SWSYNC-023'], 'the value had been read'),
      outcome('B 1 0, A is shown init: 5', ['SWSYNC-023'], 'the list is locked, no value read yet'),
    ],
  }),
];
