import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, freer, hints, results } from '../observables.ts';

const EMPTY = 'f = fence.create(); s = syncobj.create()';
const HELD = 'f = fence.create(); s = syncobj.create(fence: f)';
const COUNTED = `${EMPTY}; e = sys.eventfd()`;

/** The fences of an object: who waits for them, who replaces them, who counts them. */
export const SYNCOBJ_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'available-replace',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available, timeout: forever)',
      B: 'syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0', ['SYNCOBJ-019', 'SYNCOBJ-020'], 'whenever the fence comes, it is not missed'),
    ],
  }),
  litmus({
    name: 'submit-replace-signal',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: submit, timeout: forever)',
      B: 'syncobj.replace(s, f); fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome(
        'A 0; B 0',
        ['SYNCOBJ-018', 'SYNCOBJ-019'],
        'neither the fence nor its end is missed',
      ),
    ],
  }),
  litmus({
    name: 'submit-timeout',
    window: 'SYNCOBJ-019',
    world: { time: 'free' },
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available, timeout: 1)',
      B: 'syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0', ['SYNCOBJ-020'], 'the fence came in time, or before the last look'),
      outcome('A -ETIME', ['SYNCOBJ-015'], 'time ran out first'),
    ],
  }),
  litmus({
    name: 'wait-replace',
    window: 'SYNCOBJ-018',
    setup: HELD,
    tasks: { A: 'syncobj.wait([s], timeout: 5)', B: 'syncobj.signal(s)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['SYNCOBJ-012'], 'the stub was there at the first look'),
      outcome('A -ETIME; B 0', ['SYNCOBJ-012', 'SYNCOBJ-018'], 'the old fence was captured'),
    ],
  }),
  litmus({
    name: 'wait-reset',
    window: 'SYNCOBJ-018',
    setup: HELD,
    tasks: { A: 'syncobj.wait([s])', B: 'syncobj.replace(s)' },
    sees: [results],
    outcomes: [
      outcome('A -EINVAL', ['SYNCOBJ-016'], 'it was reset before the look'),
      outcome('A -ETIME', ['SYNCOBJ-018'], 'captured, and pending'),
    ],
  }),
  litmus({
    name: 'available-reset',
    window: 'SYNCOBJ-020',
    setup: HELD,
    tasks: { A: 'syncobj.wait([s], flags: available, timeout: 5)', B: 'syncobj.replace(s)' },
    sees: [results],
    outcomes: [
      outcome('A 0', ['SYNCOBJ-020'], 'it was there at the first look'),
      outcome('A -ETIME', ['SYNCOBJ-020'], 'it was gone, and none came'),
    ],
  }),
  litmus({
    name: 'submit-replace-reset',
    window: 'SYNCOBJ-020',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available, timeout: 5)',
      B: 'syncobj.replace(s, f); syncobj.replace(s)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0', ['SYNCOBJ-020'], 'captured: the reset does not undo it'),
      outcome('A -ETIME', ['SYNCOBJ-020'], 'it came and went between two looks, or before'),
    ],
  }),
  litmus({
    name: 'wait-signal',
    window: 'SYNCOBJ-018',
    setup: HELD,
    tasks: { A: 'syncobj.wait([s], timeout: forever)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [outcome('A 0; B 0', ['SYNCOBJ-017'], 'no wake-up is lost')],
  }),
  litmus({
    name: 'wait-interrupted',
    window: 'SYNCOBJ-018',
    world: { time: 'free' },
    setup: HELD,
    tasks: { A: 'syncobj.wait([s], timeout: 5)', B: 'task.interrupt(A)' },
    sees: [results],
    outcomes: [
      outcome('A -ERESTARTSYS', ['SYNCOBJ-015'], 'interrupted with time left'),
      outcome('A -ETIME', ['SYNCOBJ-015'], 'the timer fired: time is looked at first'),
    ],
  }),
  litmus({
    name: 'transfer-replace',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: { A: 'syncobj.waitForSubmit(s)', B: 'syncobj.replace(s, f)' },
    sees: [results],
    outcomes: [outcome('A f', ['SYNCOBJ-019', 'SYNCOBJ-029'], 'whenever it comes, it is found')],
  }),
  litmus({
    name: 'transfer-interrupted',
    window: 'SYNCOBJ-019',
    world: { time: 'free' },
    setup: EMPTY,
    tasks: { A: 'syncobj.waitForSubmit(s)', B: 'task.interrupt(A)' },
    sees: [results],
    outcomes: [
      outcome('A -ERESTARTSYS', ['SYNCOBJ-029'], 'interrupted with time left'),
      outcome('A -ETIME', ['SYNCOBJ-029'], 'five seconds were over'),
    ],
  }),
  litmus({
    name: 'transfer-timeout',
    window: 'SYNCOBJ-019',
    world: { time: 'free' },
    setup: EMPTY,
    tasks: { A: 'syncobj.waitForSubmit(s)', B: 'syncobj.replace(s, f)' },
    sees: [results],
    outcomes: [
      outcome('A f', ['SYNCOBJ-029'], 'it came in time, or before the last look'),
      outcome('A -ETIME', ['SYNCOBJ-029'], 'five seconds were over'),
    ],
  }),
  litmus({
    name: 'deadline-replace',
    window: 'SYNCOBJ-018',
    setup: 'f = fence.create(deadline: true); s = syncobj.create()',
    tasks: {
      A: 'syncobj.wait([s], flags: submit+deadline, timeout: 5, deadlineNs: 9)',
      B: 'syncobj.replace(s, f)',
    },
    sees: [results, hints('f')],
    outcomes: [
      outcome('A -ETIME, hint pending', ['SYNCOBJ-021'], 'it was there when all were registered'),
      outcome('A -ETIME, hint none', ['SYNCOBJ-021'], 'it came later in the same wait'),
    ],
  }),
  litmus({
    name: 'get-replace',
    window: 'SYNCOBJ-010',
    setup: `${HELD}; fence.put(f)`,
    tasks: { A: 'syncobj.fenceGet(s)', B: 'syncobj.replace(s)' },
    sees: [results],
    outcomes: [
      outcome('A f', ['SYNCOBJ-010'], 'the reference was taken in time'),
      outcome('', ['SYNCOBJ-010'], 'nothing was there, or no more'),
    ],
  }),
  litmus({
    name: 'replace-replace',
    window: 'SYNCOBJ-010',
    setup: `${EMPTY}; g = fence.create()`,
    tasks: { A: 'syncobj.replace(s, f)', B: 'syncobj.replace(s, g)' },
    teardown: 'syncobj.look(s)',
    sees: [atTheEnd],
    outcomes: [
      outcome('finally fence f', ['SYNCOBJ-010'], 'A was last'),
      outcome('finally fence g', ['SYNCOBJ-010'], 'B was last'),
    ],
  }),
  litmus({
    name: 'point-point',
    window: 'SYNCOBJ-010',
    setup: `${EMPTY}; g = fence.create()`,
    tasks: { A: 'syncobj.addPoint(s, f, 1)', B: 'syncobj.addPoint(s, g, 2)' },
    // A query arms what it looks at, until that is done.
    teardown: 'fence.signal(f); syncobj.query(s); fence.signal(g)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A true; B true, finally 0 1 0', ['SYNCOBJ-028'], 'in order: point 1 is done'),
      outcome('A true; B true, finally 0 0 0', ['SYNCOBJ-023'], 'out of order: all must be done'),
    ],
  }),
  litmus({
    name: 'point-reset',
    window: 'SYNCOBJ-010',
    setup: EMPTY,
    tasks: { A: 'syncobj.addPoint(s, f, 1)', B: 'syncobj.replace(s)' },
    teardown: 'syncobj.look(s)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A true, finally timeline 1', ['SYNCOBJ-035'], 'added last'),
      outcome('A true, finally empty', ['SYNCOBJ-012'], 'reset last'),
    ],
  }),
  litmus({
    name: 'wait-point',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], points: [2], flags: available, timeout: forever)',
      B: 'syncobj.addPoint(s, f, 2)',
    },
    sees: [results],
    outcomes: [outcome('A 0; B true', ['SYNCOBJ-019', 'SYNCOBJ-027'], 'available is enough')],
  }),
  litmus({
    name: 'count-replace',
    window: 'SYNCOBJ-031',
    setup: COUNTED,
    tasks: { A: 'syncobj.eventfd(s, e, isForAvailable: true)', B: 'syncobj.replace(s, f)' },
    teardown: 'sys.readCount(e)',
    sees: [results, atTheEnd],
    outcomes: [outcome(', finally 1', ['SYNCOBJ-031'], 'counted exactly once')],
  }),
  litmus({
    name: 'count-signal',
    window: 'SYNCOBJ-031',
    setup: `${HELD}; e = sys.eventfd()`,
    tasks: { A: 'syncobj.eventfd(s, e)', B: 'fence.signal(f)' },
    teardown: 'sys.readCount(e)',
    sees: [results, atTheEnd],
    outcomes: [outcome('B 0, finally 1', ['SYNCOBJ-031'], 'counted exactly once')],
  }),
  litmus({
    name: 'count-end',
    window: 'SYNCOBJ-032',
    setup: `${COUNTED}; syncobj.get(s); syncobj.eventfd(s, e)`,
    tasks: { A: 'syncobj.put(s)', B: 'syncobj.replace(s, f); syncobj.put(s)' },
    teardown: 'fence.signal(f); sys.readCount(e)',
    sees: [freer('s'), atTheEnd],
    outcomes: [
      outcome('s freed by A, finally 0 1', ['SYNCOBJ-032'], 'a captured fence fires later'),
      outcome('s freed by B, finally 0 1', ['SYNCOBJ-032'], 'a captured fence fires later'),
    ],
  }),
  litmus({
    name: 'put-put',
    window: 'SYNCOBJ-034',
    setup: `${EMPTY}; syncobj.get(s)`,
    tasks: { A: 'syncobj.put(s)', B: 'syncobj.put(s)' },
    sees: [freer('s')],
    outcomes: [
      outcome('s freed by A', ['SYNCOBJ-004'], 'A was last'),
      outcome('s freed by B', ['SYNCOBJ-004'], 'B was last'),
    ],
  }),
];
