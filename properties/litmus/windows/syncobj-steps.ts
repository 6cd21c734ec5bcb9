import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, happened, hints, type Observable, results } from '../observables.ts';

const EMPTY = 'f = fence.create(); s = syncobj.create()';
const DEVICE = 'v = drm.device(virtio_gpu); d = drm.open(v); h = so.create(d)';

/** Why B sees these words of a fence, and of the task that waits for it. */
function whyWoken(seen: Record<'listed' | 'stamped' | 'state' | 'after', number>): string {
  const { listed, stamped, state, after } = seen;
  if (stamped === 0) return 'B looked at the fence before its end, and at A at any time later';
  if (state === 0) return 'A was not asleep, or has been woken';
  if (after === 1) return 'A sets its state before each look';
  if (listed === 0) return 'A has set its state, and no callback of it was there';
  return 'callbacks run after TIMESTAMP is set';
}

/** What A returned where C has seen that A sleeps, and that B has both of its references. */
const handedOver: Observable = (run) => {
  const [listed, references] = run.resultsOf('C').map(String).join(' ').split(' ');
  if (listed !== '1' || references !== '3') return 'C looked at another moment';
  return `A first ${run.resultsOf('A').map(String).join(' ')}`;
};

/** In which order an object's words change, as somebody sees it who takes no lock. */
export const SYNCOBJ_STEP_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'get-is-seen',
    window: 'SYNCOBJ-034',
    setup: EMPTY,
    tasks: { A: 'syncobj.get(s)', B: 'lockless.syncobj(s, [references])' },
    sees: [results],
    outcomes: [outcome('B 1', ['SYNCOBJ-004'], 'before'), outcome('B 2', ['SYNCOBJ-004'], 'after')],
  }),
  litmus({
    name: 'locked-before-stored',
    window: 'SYNCOBJ-010',
    setup: EMPTY,
    tasks: { A: 'syncobj.replace(s, f)', B: 'lockless.syncobj(s, [locked, filled])' },
    sees: [results],
    outcomes: [
      outcome('B 0 0', ['SYNCOBJ-010'], 'before'),
      outcome('B 0 1', ['SYNCOBJ-010'], 'stored between the looks, or before'),
      outcome('B 1 0', ['SYNCOBJ-010'], 'the lock comes before the store'),
      outcome('B 1 1', ['SYNCOBJ-010'], 'stored between the looks, or told under the lock'),
    ],
  }),
  litmus({
    name: 'point-locks',
    window: 'SYNCOBJ-010',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.addPoint(s, f, 1)',
      B: 'lockless.fence(f, [references]); syncobj.replace(s)',
    },
    teardown: 'syncobj.look(s)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A true; B 1, finally timeline 1', ['SYNCOBJ-035'], 'added after the reset'),
      outcome('A true; B 1, finally empty', ['SYNCOBJ-012'], 'added between look and reset'),
      outcome('A true; B 2, finally timeline 1', ['SYNCOBJ-035'], 'referenced, but not added yet'),
      outcome('A true; B 2, finally empty', ['SYNCOBJ-012'], 'added before the reset'),
    ],
  }),
  litmus({
    name: 'point-is-stored',
    window: 'SYNCOBJ-010',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.addPoint(s, f, 1)',
      B: 'context.alloc(1); lockless.syncobj(s, [filled])',
    },
    sees: [results],
    outcomes: [
      outcome('A true; B 2 0', ['SYNCOBJ-035'], 'B was early'),
      outcome('A true; B 2 1', ['SYNCOBJ-035'], 'B was early, and late for its second look'),
      outcome(
        'A true; B 3 0',
        ['SYNCOBJ-035'],
        'A has a new context, and the point is not stored yet',
      ),
      outcome('A true; B 3 1', ['SYNCOBJ-035'], 'stored'),
    ],
  }),
  litmus({
    name: 'registered-before-sleeping',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available, timeout: forever)',
      B: 'lockless.syncobj(s, [waiters]); lockless.task(A); syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['SYNCOBJ-019'], 'B was early'),
      outcome('A 0; B 0 1', ['SYNCOBJ-019'], 'A went to sleep between the looks'),
      outcome('A 0; B 1 0', ['SYNCOBJ-019'], 'registered, and its state not set yet'),
      outcome('A 0; B 1 1', ['SYNCOBJ-019'], 'A sleeps'),
    ],
  }),
  litmus({
    name: 'referenced-before-handed-over',
    window: 'SYNCOBJ-018',
    setup: `${EMPTY}; fence.signal(f); g = fence.create(); o = syncobj.create()
      syncobj.replace(o, g)`,
    tasks: {
      A: 'syncobj.wait([s, o], flags: submit, timeout: forever)',
      B: 'syncobj.replace(s, f)',
      C: 'lockless.fence(g, [listed]); lockless.fence(f, [references]); fence.signal(g)',
    },
    sees: [handedOver],
    outcomes: [
      outcome('A first 0', ['SYNCOBJ-017'], 'B handed f over before A looked again'),
      outcome('A first 1', ['SYNCOBJ-017'], 'A looked again when C signaled, and only g was there'),
      outcome('C looked at another moment', ['SYNCOBJ-018'], 'too early, or when all was over'),
    ],
  }),
  litmus({
    name: 'referenced-before-registered',
    window: 'SYNCOBJ-034',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.waitForSubmit(s)',
      B: 'lockless.syncobj(s, [references, waiters]); syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A f; B 1 0', ['SYNCOBJ-019'], 'B was early'),
      outcome('A f; B 1 1', ['SYNCOBJ-019'], 'A came between the looks'),
      outcome('A f; B 2 0', ['SYNCOBJ-034'], 'A has its reference, and is on no list yet'),
      outcome('A f; B 2 1', ['SYNCOBJ-034'], 'registered'),
    ],
  }),
  litmus({
    name: 'lookup-registers-before-sleeping',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.waitForSubmit(s)',
      B: 'lockless.syncobj(s, [waiters]); lockless.task(A); syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A f; B 0 0', ['SYNCOBJ-019'], 'B was early'),
      outcome('A f; B 0 1', ['SYNCOBJ-019'], 'A went to sleep between the looks'),
      outcome('A f; B 1 0', ['SYNCOBJ-019'], 'registered, and its state not set yet'),
      outcome('A f; B 1 1', ['SYNCOBJ-019'], 'A sleeps'),
    ],
  }),
  litmus({
    name: 'look-after-state',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available)',
      B: 'lockless.task(A); syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['SYNCOBJ-020'], 'found by one of the looks'),
      outcome('A -ETIME; B 0', ['SYNCOBJ-015'], 'A had looked before it came'),
      outcome('A 0; B 1', ['SYNCOBJ-020'], 'A looks once more behind its new state'),
      outcome('A -ETIME; B 1', ['SYNCOBJ-015'], 'A had looked before it came'),
    ],
  }),
  litmus({
    name: 'lookup-after-state',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.waitForSubmit(s)',
      B: 'task.interrupt(A); lockless.task(A); syncobj.replace(s, f)',
    },
    sees: [results],
    outcomes: [
      outcome('A f; B 0', ['SYNCOBJ-029'], 'found by one of the looks'),
      outcome('A -ERESTARTSYS; B 0', ['SYNCOBJ-029'], 'A had looked before it came'),
      outcome('A f; B 1', ['SYNCOBJ-029'], 'A looks once more behind its new state'),
      outcome('A -ERESTARTSYS; B 1', ['SYNCOBJ-029'], 'A had looked before it came'),
    ],
  }),
  litmus({
    name: 'interrupted-after-look',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available, timeout: forever)',
      B: 'syncobj.replace(s, f); task.interrupt(A)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0', ['SYNCOBJ-019'], 'the fence was seen first'),
      outcome('A -ERESTARTSYS', ['SYNCOBJ-015'], 'both came between look and test'),
    ],
  }),
  litmus({
    name: 'lookup-interrupted-after-look',
    window: 'SYNCOBJ-019',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.waitForSubmit(s)',
      B: 'syncobj.replace(s, f); task.interrupt(A)',
    },
    sees: [results],
    outcomes: [
      outcome('A f', ['SYNCOBJ-029'], 'the fence was seen first'),
      outcome('A -ERESTARTSYS', ['SYNCOBJ-029'], 'both came between look and test'),
    ],
  }),
  litmus({
    name: 'deadline-after-registration',
    window: 'SYNCOBJ-018',
    setup: 'f = fence.create(deadline: true); s = syncobj.create()',
    tasks: {
      A: 'syncobj.wait([s], flags: available, deadlineNs: 9)',
      B: 'lockless.syncobj(s, [waiters]); syncobj.replace(s, f)',
    },
    sees: [results, hints('f')],
    outcomes: [
      outcome(
        'A 0; B 0, hint none',
        ['SYNCOBJ-021'],
        'found by the first look, or after the deadline went out',
      ),
      outcome(
        'A 0; B 0, hint pending',
        ['SYNCOBJ-021'],
        'B was early; it came around the registration',
      ),
      outcome('A 0; B 1, hint none', ['SYNCOBJ-021'], 'it came after the deadline went out'),
      outcome(
        'A 0; B 1, hint pending',
        ['SYNCOBJ-021'],
        'registered, and then the fences are looked at',
      ),
      outcome('A -ETIME; B 0, hint none', ['SYNCOBJ-015'], 'it came too late'),
      outcome('A -ETIME; B 1, hint none', ['SYNCOBJ-015'], 'it came too late'),
    ],
  }),
  litmus({
    name: 'registration-finds-it',
    window: 'SYNCOBJ-019',
    setup: 'f = fence.create(deadline: true); s = syncobj.create()',
    tasks: {
      A: 'syncobj.wait([s], flags: available, deadlineNs: 9)',
      B: 'syncobj.replace(s, f)',
    },
    sees: [results, happened({ 'wait.join': 'joined' }, 'not joined'), hints('f')],
    outcomes: [
      outcome('A 0, not joined, hint none', ['SYNCOBJ-021'], 'there at the first look'),
      outcome(
        'A 0, not joined, hint pending',
        ['SYNCOBJ-019'],
        'it came between look and registration',
      ),
      outcome('A 0, joined, hint pending', ['SYNCOBJ-018'], 'it came after the registration'),
      outcome('A 0, joined, hint none', ['SYNCOBJ-021'], 'it came after the deadline went out'),
      outcome('A -ETIME, joined, hint none', ['SYNCOBJ-015'], 'it came too late'),
    ],
  }),
  litmus({
    name: 'awake-before-it-leaves',
    window: 'SYNCOBJ-018',
    setup: EMPTY,
    tasks: {
      A: 'syncobj.wait([s], flags: available)',
      B: 'lockless.task(A); lockless.task(A); lockless.syncobj(s, [waiters])',
    },
    sees: [results],
    outcomes: [
      outcome('A -ETIME; B 0 0 0', ['SYNCOBJ-015'], 'before all of it, or after'),
      outcome(
        'A -ETIME; B 0 0 1',
        ['SYNCOBJ-019'],
        'registered before the last look, or not off the list yet',
      ),
      outcome('A -ETIME; B 0 1 0', ['SYNCOBJ-015'], 'gone by the last look'),
      outcome('A -ETIME; B 0 1 1', ['SYNCOBJ-019'], 'it looks for fences'),
      outcome('A -ETIME; B 1 0 0', ['SYNCOBJ-015'], 'gone by the last look'),
      outcome('A -ETIME; B 1 0 1', ['SYNCOBJ-018'], 'awake again, and on the list still'),
      outcome('A -ETIME; B 1 1 0', ['SYNCOBJ-015'], 'gone by the last look'),
      outcome('A -ETIME; B 1 1 1', ['SYNCOBJ-019'], 'it looks for fences'),
    ],
  }),
  litmus({
    name: 'counter-is-held',
    window: 'SYNCOBJ-031',
    setup: `${EMPTY}; e = sys.eventfd()`,
    tasks: {
      A: 'syncobj.eventfd(s, e)',
      B: 'lockless.counter(e); lockless.syncobj(s, [counters])',
    },
    sees: [results],
    outcomes: [
      outcome('B 1 0', ['SYNCOBJ-031'], 'before'),
      outcome('B 1 1', ['SYNCOBJ-031'], 'registered between the looks'),
      outcome('B 2 0', ['SYNCOBJ-031'], 'the counter is held before it is registered'),
      outcome('B 2 1', ['SYNCOBJ-031'], 'registered'),
    ],
  }),
  // As long as w is 0, the interrupt keeps A from running, whatever its state says.
  litmus({
    name: 'stamped-before-woken',
    window: 'SYNCOBJ-018',
    setup: 'w = word.create(0); f = fence.create(); s = syncobj.create(fence: f)',
    tasks: {
      A: 'syncobj.wait([s], timeout: forever)',
      'irq@A': 'fence.signal(f); word.writeOnce(w, 1)',
      B: 'lockless.fence(f, [listed, stamped]); lockless.task(A); word.readOnce(w)',
    },
    sees: [results],
    outcomes: [0, 1].flatMap((listed) =>
      [0, 1].flatMap((stamped) =>
        [0, 1].flatMap((state) =>
          [0, 1].map((after) =>
            outcome(
              `A 0; irq 0; B ${listed} ${stamped} ${state} ${after}`,
              listed + stamped + state === 3 && after === 0 ? ['FENCE-029'] : ['SYNCOBJ-018'],
              whyWoken({ listed, stamped, state, after }),
            ),
          ),
        ),
      ),
    ),
  }),
  litmus({
    name: 'find-destroy',
    window: 'SYNCOBJ-034',
    setup: `w = word.create(0); ${DEVICE}`,
    tasks: {
      A: 'word.writeOnce(w, 1); so.findFence(d, h)',
      B: 'word.readOnce(w); so.destroy(d, h)',
    },
    sees: [results],
    outcomes: [
      outcome('A -EINVAL; B 0 0', ['SYNCOBJ-029'], 'found, and empty'),
      outcome('A -EINVAL; B 1 0', ['SYNCOBJ-029'], 'found, and empty'),
      outcome('A -ENOENT; B 0 0', ['SYNCOBJ-004'], 'destroyed before A began'),
      outcome('A -ENOENT; B 1 0', ['SYNCOBJ-004'], 'destroyed after A had begun'),
    ],
  }),
  litmus({
    name: 'add-add',
    window: 'SYNCOBJ-034',
    setup: `${DEVICE}; x = so.toFd(d, h)`,
    tasks: {
      A: 'so.fromFd(d, x)',
      B: 'lockless.syncobj(h.syncobj, [references]); so.create(d)',
    },
    sees: [results],
    outcomes: [
      outcome('A 2; B 2 3', ['SYNCOBJ-003'], 'A was first'),
      outcome('A 3; B 2 2', ['SYNCOBJ-003'], 'B was first'),
      outcome('A 2; B 3 3', ['SYNCOBJ-003'], 'A was first'),
      outcome('A 3; B 3 2', ['SYNCOBJ-007'], 'A has its reference, and no number yet'),
    ],
  }),
  litmus({
    name: 'destroy-unplug',
    window: 'SYNCOBJ-034',
    setup: DEVICE,
    tasks: { A: 'so.destroy(d, h)', B: 'drm.unplug(v); lockless.syncobjs(d)' },
    sees: [results],
    outcomes: [
      outcome('A -ENODEV; B 1', ['SYNCOBJ-004'], 'the device was gone'),
      outcome('A 0; B 1', ['SYNCOBJ-004'], 'the call had begun, and the number is taken still'),
      outcome('A 0; B 0', ['SYNCOBJ-004'], 'destroyed'),
    ],
  }),
];
