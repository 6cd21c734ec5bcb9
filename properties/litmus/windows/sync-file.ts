import { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, atTheEnd, type Observable, releaser, results } from '../observables.ts';

/** How often somebody who sleeps on the file was woken. */
const woken: Observable = (run) => `woken ${run.resultsOf('teardown').join(' ')}`;

/** How often the callback of the file was called. */
const called: Observable = ({ environment }) =>
  `called ${environment.find('s', SyncFile).callback.calls}`;

const FILE = 'f = fence.create(); s = syncFile.create(f)';

/** sync_files: polled, closed, merged and asked while their fence signals. */
export const SYNC_FILE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'wait-signal',
    window: 'RACE-27',
    setup: FILE,
    tasks: { A: 'syncFile.wait(s)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [outcome('A 1; B 0', ['SYNCFILE-011', 'SYNCFILE-014'], 'no wake-up is lost')],
  }),
  litmus({
    name: 'second-poller',
    window: 'RACE-27',
    setup: FILE,
    tasks: { A: 'syncFile.wait(s)', B: 'syncFile.poll(s); fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0 0', ['SYNCFILE-012', 'SYNCFILE-014'], 'whoever attempted, A is woken'),
    ],
  }),
  litmus({
    name: 'poll-signal',
    window: 'RACE-27',
    setup: `${FILE}; lockless.sleepOn(s)`,
    tasks: { A: 'syncFile.poll(s)', B: 'fence.signal(f)' },
    teardown: 'lockless.syncFile(s, [woken])',
    sees: [results, armed('f'), woken],
    outcomes: [
      outcome('A 0; B 0, f armed, woken 1', ['SYNCFILE-011'], 'polled before the signal'),
      outcome('A 1; B 0, f armed, woken 1', ['SYNCFILE-013'], 'refused late, or signaled after it'),
      outcome('A 1; B 0, f unarmed, woken 1', ['SYNCFILE-013'], 'refused: everybody is woken'),
    ],
  }),
  litmus({
    name: 'callback-wakes',
    window: 'RACE-27',
    setup: `${FILE}; lockless.sleepOn(s); syncFile.poll(s)`,
    tasks: {
      A: 'fence.signal(f)',
      B: 'lockless.fence(f, [stamped]); lockless.syncFile(s, [locked, woken])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 0', ['SYNCFILE-014'], 'B was early'),
      outcome('A 0; B 0 0 1', ['SYNCFILE-014'], 'woken before the last look'),
      outcome('A 0; B 0 1 0', ['SYNCFILE-029'], 'the queue is locked, nobody woken yet'),
      outcome('A 0; B 0 1 1', ['SYNCFILE-029'], 'woken after the queue was seen locked'),
      outcome(
        'A 0; B 1 0 0',
        ['FENCE-031'],
        'TIMESTAMP is set before the callback takes the queue',
      ),
      outcome('A 0; B 1 0 1', ['SYNCFILE-014'], 'woken'),
      outcome('A 0; B 1 1 0', ['SYNCFILE-029'], 'the queue is locked, nobody woken yet'),
      outcome('A 0; B 1 1 1', ['SYNCFILE-029'], 'woken after the queue was seen locked'),
    ],
  }),
  litmus({
    name: 'refusal-wakes',
    window: 'RACE-27',
    setup: 'f = fence.create(enable: refuses); s = syncFile.create(f); lockless.sleepOn(s)',
    tasks: {
      A: 'syncFile.poll(s)',
      B: 'lockless.fence(f, [stamped]); lockless.syncFile(s, [locked, woken])',
    },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0 0 0', ['SYNCFILE-012'], 'B was early'),
      outcome('A 1; B 0 0 1', ['SYNCFILE-013'], 'woken before the last look'),
      outcome('A 1; B 0 1 0', ['SYNCFILE-013'], 'the queue is locked, nobody woken yet'),
      outcome('A 1; B 0 1 1', ['SYNCFILE-013'], 'woken after the queue was seen locked'),
      outcome('A 1; B 1 0 0', ['FENCE-044'], 'refused, and the queue not locked yet'),
      outcome('A 1; B 1 0 1', ['SYNCFILE-013'], 'woken'),
      outcome('A 1; B 1 1 0', ['SYNCFILE-013'], 'the queue is locked, nobody woken yet'),
      outcome('A 1; B 1 1 1', ['SYNCFILE-013'], 'woken after the queue was seen locked'),
    ],
  }),
  litmus({
    name: 'close-signal',
    window: 'RACE-28',
    setup: `${FILE}; syncFile.poll(s)`,
    tasks: { A: 'syncFile.put(s)', B: 'fence.signal(f)' },
    sees: [results, called],
    outcomes: [
      outcome('B 0, called 0', ['SYNCFILE-015', 'FENCE-047'], 'taken back before the signal'),
      outcome('B 0, called 1', ['SYNCFILE-015', 'FENCE-048'], 'the file outlives the callback'),
    ],
  }),
  litmus({
    name: 'close-put',
    window: 'RACE-28',
    setup: 'f = fence.create(release: counted); s = syncFile.create(f)',
    tasks: { A: 'syncFile.put(s)', B: 'fence.put(f)' },
    sees: [releaser('f')],
    outcomes: [
      outcome('f released by A', ['SYNCFILE-001', 'SYNCFILE-015'], 'the file held the last one'),
      outcome('f released by B', ['SYNCFILE-015', 'FENCE-006'], 'the file was closed before'),
    ],
  }),
  litmus({
    name: 'file-info-signal',
    window: 'RACE-29',
    setup: FILE,
    tasks: { A: 'syncFile.fileInfo(s, 1)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A status 0 of 0; B 0', ['SYNCFILE-021'], 'pending in both samples'),
      outcome('A status 0 of 0+; B 0', ['SYNCFILE-022'], 'signaled between the two samples'),
      outcome('A status 1 of 1+; B 0', ['SYNCFILE-019'], 'signaled before both'),
    ],
  }),
  litmus({
    name: 'file-info-of-two',
    window: 'RACE-29',
    setup: `f = fence.create(); fence.get(f); g = fence.create(); a = array.create([f, g])
      s = syncFile.create(a)`,
    tasks: { A: 'syncFile.fileInfo(s, 2)', B: 'fence.signal(f)' },
    teardown: 'fence.signal(g)',
    sees: [results],
    outcomes: [
      outcome('A status 0 of 0 0; B 0', ['SYNCFILE-019'], 'f was pending'),
      outcome('A status 0 of 0+ 0; B 0', ['SYNCFILE-022'], 'f signaled between its samples'),
      outcome('A status 0 of 1+ 0; B 0', ['SYNCFILE-019'], 'the first that is not positive counts'),
    ],
  }),
  litmus({
    name: 'file-info-of-container',
    window: 'RACE-29',
    setup: `f = fence.create(); fence.get(f); fence.setError(f, -5); a = array.create([f])
      s = syncFile.create(a)`,
    tasks: { A: 'syncFile.fileInfo(s, 0); syncFile.fileInfo(s, 1)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A status 0 status 0 of 0; B 0', ['SYNCFILE-017'], 'pending for both forms'),
      outcome('A status 0 status 0 of 0+; B 0', ['SYNCFILE-022'], 'signaled in the second form'),
      outcome('A status 0 status -5 of -5+; B 0', ['SYNCFILE-019'], 'signaled between the forms'),
      outcome(
        'A status 1 status -5 of -5+; B 0',
        ['SYNCFILE-020'],
        'never armed: the error is lost',
      ),
    ],
  }),
  litmus({
    name: 'get-fence-close',
    window: 'RACE-30',
    setup: `${FILE}; syncFile.install(s)`,
    tasks: { A: 'syncFile.getFence(0)', B: 'syncFile.close(0)' },
    sees: [results],
    outcomes: [
      outcome('A f; B 0', ['SYNCFILE-002', 'SYNCFILE-003'], 'the file was found in time'),
      outcome('A NULL; B 0', ['SYNCFILE-002'], 'the descriptor was closed, or the file dying'),
    ],
  }),
  litmus({
    name: 'merge-close',
    window: 'RACE-30',
    setup: `${FILE}; g = fence.create(); t = syncFile.create(g); syncFile.install(t)`,
    tasks: { A: 'syncFile.merge(s, 0)', B: 'syncFile.close(0)' },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0', ['SYNCFILE-007', 'SYNCFILE-008'], 'the second file was found in time'),
      outcome('A -ENOENT; B 0', ['SYNCFILE-006', 'SYNCFILE-007'], 'it was not: nothing is left'),
    ],
  }),
  litmus({
    name: 'publish-signal',
    window: 'RACE-37',
    setup: 'f = fence.create()',
    tasks: {
      A: 's = syncFile.create(f); syncFile.install(s); syncFile.poll(s)',
      B: 'fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0 0; B 0', ['SYNCFILE-011', 'SYNCFILE-026'], 'published before the job was done'),
      outcome('A 0 1; B 0', ['SYNCFILE-011', 'SYNCFILE-026'], 'the job was done already'),
    ],
  }),
  litmus({
    name: 'merge-ioctl-signal',
    window: 'RACE-26',
    setup: `${FILE}; g = fence.create(); t = syncFile.create(g); syncFile.install(t)`,
    tasks: { A: 'syncFile.merge(s, 0)', B: 'fence.signal(f)' },
    teardown: 'sys.info(1)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 1; B 0, finally merged 0 2', ['SYNCFILE-009'], 'f was pending when collected'),
      outcome('A 1; B 0, finally merged 0 1', ['SYNCFILE-009'], 'f had signaled: g alone is left'),
    ],
  }),
  litmus({
    name: 'merge-ioctl-close-of-both',
    window: 'RACE-30',
    setup: `${FILE}; syncFile.install(s); g = fence.create(); t = syncFile.create(g)
      syncFile.install(t)`,
    tasks: { A: 'm = sys.merge(0, 1)', B: 'syncFile.close(0)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['SYNCFILE-008'], 'the request keeps the first file open'),
      outcome('A -EBADF; B 0', ['SYNCFILE-007'], 'there is no file to ask'),
    ],
  }),
  litmus({
    name: 'file-info-close',
    window: 'RACE-30',
    setup: 'f = fence.create(seqno: 3, context: 9); s = syncFile.create(f); syncFile.install(s)',
    tasks: { A: 'sys.info(0)', B: 'syncFile.close(0); fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A mock-mock9-3 0 1; B 0 0', ['SYNCFILE-017'], 'the request keeps the file open'),
      outcome('A mock-mock9-3 1 1; B 0 0', ['SYNCFILE-017'], 'and finds the fence signaled'),
      outcome('A -EBADF; B 0 0', ['SYNCFILE-017'], 'there is no file to ask'),
    ],
  }),
];
