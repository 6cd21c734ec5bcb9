import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { BY_THE_CLOCK, RACING } from './schedules.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { hangs, none, reports, watchOf } from './evidence.ts';

function alone(name: string, options: string, calls: string): Program {
  const setup = `g = gpu.create(${options}); c = gpu.context(g); d = gpu.context(g)
    r = resv.create(); m = mutex.create()`;
  return program(name, { setup, tasks: { A: calls } });
}

/** Jobs come, one of them hangs, somebody waits, and the ring is full for a moment. */
const BUSY = `a = gpu.submit(c, short, r); b = gpu.submit(d, endless, r); x = gpu.submit(c, short)
  y = gpu.submit(c, short, r); fence.wait(y)`;
const BUSY_PROGRAMS = [alone('minimum', '', BUSY), alone('preferred', 'recovery: preferred', BUSY)];

const isBusy = {
  recovered: reached((run: Run) => hangs(run) === 1, 2),
};

function asleep(run: Run): number {
  return run.violations.filter(({ kind }) => kind === 'sleep-in-atomic').length;
}

/** Programs whose name says `ok` are silent, and all others are reported. */
function reportedUnlessOk(run: Run): string | null {
  const isMeant = !run.program.name.endsWith('ok');
  return asleep(run) > 0 === isMeant ? null : `${run.program.name}: ${asleep(run)} reports`;
}

/** Waits of task A between the beginning and the end of a call. */
function waitsInside(run: Run, out: string): number {
  const call = run.calls.find((record) => record.call.out === out);
  if (call === undefined) return 0;
  const { begin, end } = call;
  return run.sightings.filter(
    ({ name, object, step, task }) =>
      name === 'begin' &&
      object.kind === 'waiter' &&
      task === 'A' &&
      step >= begin &&
      step <= (end ?? step),
  ).length;
}

/** Properties about locks and memory on the way to a signal. */
export const LOCK_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-007'],
    plan: `Nothing waits for itself at any moment: fences, jobs, units, faults, memory, locks.
      - a device at work that recovers; work that faults beside fences, when memory is short
      - lock proving and the search for a circle after each step are silent`,
    programs: [
      ...BUSY_PROGRAMS,
      program('faults', {
        setup: `g = gpu.create(remedy: preempts, full: true, copies: engine); c = gpu.context(g)
          l = gpu.context(g, true); r = resv.create()`,
        tasks: {
          A: `k = gpu.submit(l, faulting); task.sleep(1); a = gpu.submit(c, short, r)
            fence.wait(a)`,
        },
      }),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'deadlock'],
    holds: (run) => watchOf(run).cycle,
    witness: {
      recovered: reached((run) => hangs(run) === 1, 2),
      faultWaited: reached((run) => watchOf(run).faultWaited),
    },
    faults: ['contract-008-recovery-locks', 'contract-032-no-preemption-in-fault'],
  }),
  property({
    rules: ['CONTRACT-008'],
    plan: `A lock that submissions hold while they wait for the ring is not taken on the way to a signal.
      - a full ring behind a job that hangs, with each kind of recovery`,
    programs: BUSY_PROGRAMS,
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'deadlock'],
    witness: isBusy,
    faults: ['contract-008-recovery-locks', 'contract-008-completion-locks'],
  }),
  property({
    rules: ['CONTRACT-009'],
    plan: `One may wait with a reservation locked, and completion takes no such lock, nor any outside.
      - waits under the lock for a good job and for one that hangs`,
    programs: [
      ...BUSY_PROGRAMS,
      alone(
        'under-lock',
        '',
        `a = gpu.submit(c, short, r); b = gpu.submit(d, endless, r); resv.lock(r); fence.wait(a)
          fence.wait(b); resv.unlock(r)`,
      ),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'deadlock'],
    witness: { recovered: reached((run) => hangs(run) === 1, 3) },
    faults: ['contract-009-reservation', 'contract-009-mmap'],
  }),
  property({
    rules: ['CONTRACT-010'],
    plan: `Reclaim may wait for fences, and so completion allocates nothing that reclaims.
      - memory is taken back while a job runs and while one hangs`,
    programs: [
      ...BUSY_PROGRAMS,
      alone('reclaim', '', 'a = gpu.submit(c, endless, r); q = gpu.takeBack(g, reclaim)'),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'sleep-in-atomic'],
    witness: {
      recovered: reached((run) => hangs(run) === 1, 3),
      waited: reached((run) => waitsInside(run, 'q') > 0),
    },
    faults: ['contract-010-recovery-allocates', 'contract-010-completion-allocates'],
  }),
  property({
    rules: ['CONTRACT-011'],
    plan: `Notifiers may wait for fences, and so completion does not allocate without filesystems, or
      without input and output, either.
      - a notifier while a job runs and while one hangs`,
    programs: [
      ...BUSY_PROGRAMS,
      alone('notifier', '', 'a = gpu.submit(c, endless, r); q = gpu.takeBack(g, notifier)'),
    ],
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'sleep-in-atomic'],
    witness: {
      recovered: reached((run) => hangs(run) === 1, 3),
      waited: reached((run) => waitsInside(run, 'q') > 0),
    },
    faults: ['contract-011-without-filesystems', 'contract-011-without-io'],
  }),
  property({
    rules: ['CONTRACT-012'],
    plan: `What completion allocates may fail, and the fence completes all the same.
      - each allocation fails once, with a job that runs and one that hangs`,
    programs: ['short', 'endless'].map((work) =>
      program(work, {
        world: { failuresMax: 1 },
        setup: 'g = gpu.create(); c = gpu.context(g)',
        tasks: { A: `a = gpu.submit(c, ${work}); task.sleep(50); s = gpu.pending(g)` },
      }),
    ),
    schedules: BY_THE_CLOCK,
    forbids: ['lockdep', 'deadlock', 'leak'],
    holds: (run) => (resultNamed(run, 's') === 0 ? null : 'a fence is pending for ever'),
    witness: {
      submissionFailed: reached((run) => resultNamed(run, 'a') === -12, 2),
      completionFailed: reached(
        (run) => resultNamed(run, 'a') === 0 && run.world.failuresLeft === 0,
        2,
      ),
    },
    faults: ['contract-012-needs-note', 'contract-012-note-reclaims'],
  }),
  property({
    rules: ['CONTRACT-013'],
    plan: `Memory, nodes and slots for completion are there before the fence is visible.
      - submissions with and without a reservation, one task and two`,
    programs: [
      alone('one', '', 'a = gpu.submit(c, short, r); b = gpu.submit(c, short)'),
      program('two', {
        setup: 'g = gpu.create(); c = gpu.context(g); r = resv.create()',
        tasks: { A: 'a = gpu.submit(c, short, r)', B: 'resv.wait(r, READ)' },
      }),
    ],
    schedules: RACING,
    forbids: ['lockdep', 'sleep-in-atomic', 'bug'],
    witness: {
      published: reached((run) => watchOf(run).fences.some((one) => one.publishedAt !== null), 2),
    },
    faults: ['contract-013-job-later', 'contract-013-slot-later'],
  }),
  property({
    rules: ['CONTRACT-014'],
    plan: `A driver of a GPU waits for its jobs when memory is taken from it, and any other does not.
      - reclaim and notifiers, a job that runs, no job`,
    programs: ['reclaim', 'notifier'].flatMap((place) => [
      alone(`gpu-${place}`, '', `a = gpu.submit(c, short, r); q = gpu.takeBack(g, ${place})`),
      alone(
        `camera-${place}`,
        'kind: camera',
        `a = gpu.submit(c, short, r); q = gpu.takeBack(g, ${place}); fence.wait(a)`,
      ),
      alone(`idle-${place}`, 'kind: camera', `q = gpu.takeBack(g, ${place})`),
    ]),
    schedules: BY_THE_CLOCK,
    holds: (run) => {
      const isCamera = run.program.name.startsWith('camera');
      if (isCamera && waitsInside(run, 'q') > 0) return 'a driver of no GPU waits for a fence';
      const q = resultNamed(run, 'q');
      return q === !isCamera ? null : `${run.program.name}: q is ${String(q)}`;
    },
    witness: { waited: reached((run) => waitsInside(run, 'q') > 0, 2) },
    faults: ['contract-014-camera-waits'],
  }),
  property({
    rules: ['CONTRACT-015'],
    plan: `A wait is reported where one may not sleep, also when it has nothing to wait for.
      - an interrupt, a spinlock, the fence's own lock, preemption off, a read section, a callback
      - control: a task that holds a mutex, in a signalling section`,
    programs: [
      program('irq', { setup: 'f = fence.create()', tasks: { irq: 'fence.waitTimeout(f, 0)' } }),
      ...Object.entries({
        'own-lock': ['fence.lock(f)', 'fence.unlock(f)'],
        'other-lock': ['fence.lock(e)', 'fence.unlock(e)'],
        preemption: ['preempt.disable()', 'preempt.enable()'],
        reading: ['rcu.readLock()', 'rcu.readUnlock()'],
        'irqs-off': ['irqs.disable()', 'irqs.enable()'],
        'mutex-ok': ['mutex.lock(m)', 'mutex.unlock(m)'],
        'section-ok': ['b = section.begin()', 'section.end(b)'],
        'nothing-ok': ['', ''],
      }).map(([name, [enter = '', leave = '']]) =>
        program(name, {
          setup: 'f = fence.create(); e = fence.create(); m = mutex.create(); fence.signal(f)',
          tasks: { A: `${enter}; ${waitFor(name)}; ${leave}` },
        }),
      ),
      program('callback', {
        setup:
          'e = fence.create(); f = fence.create(); cb = callback.create(wait); fence.addCallback(e, cb)',
        tasks: { A: 'fence.signal(e)' },
      }),
    ],
    allows: ['sleep-in-atomic', 'lockdep', 'deadlock', 'lock-misuse'],
    holds: reportedUnlessOk,
    witness: { reported: reached((run) => asleep(run) > 0, 7) },
    faults: ['contract-015-nobody-looks', 'contract-015-only-sleepers'],
  }),
  property({
    rules: ['CONTRACT-016'],
    plan: `A fence may be completed by a hard interrupt, so its lock is held with interrupts off.
      - every call that takes the lock, while an interrupt completes the fence
      - the stub's getter is the exception`,
    programs: [
      ...[
        'fence.addCallback(f, cb)',
        'fence.removeCallback(f, cb2)',
        'fence.getStatus(f)',
        'fence.isSignaled(f)',
        'fence.enableSwSignaling(f)',
        'fence.waitTimeout(f, 1)',
        'fence.signal(f)',
        'fence.signalTimestamp(f, 5)',
      ].map((call) =>
        program(call.slice(6, call.indexOf('(')), {
          setup: `f = fence.create(); cb = callback.create(); cb2 = callback.create()
            fence.addCallback(f, cb2)`,
          tasks: { A: call, 'irq@A': 'fence.signal(f)' },
        }),
      ),
      program('stub', { tasks: { A: 's = stub.get()' } }),
    ],
    schedules: RACING,
    forbids: ['lockdep', 'deadlock'],
    witness: { signaled: reached((run) => run.resultOf('irq', 'fence.signal') === 0, 8) },
    faults: ['contract-016-status', 'contract-016-callbacks'],
  }),
  property({
    rules: ['CONTRACT-017'],
    plan: `What sleeps, or allocates with reclaim, is reported in a callback; longer work is put off.
      - a mutex, an allocation that reclaims, a wait
      - control: an allocation that does not, work that is put off`,
    programs: ['allocate', 'lock', 'wait', 'allocateAtomic-ok', 'defer-ok'].map((does) =>
      program(does, {
        setup: `f = fence.create(); cb = callback.doing(${does.replace('-ok', '')})
          fence.addCallback(f, cb)`,
        tasks: { A: 'fence.signal(f)' },
      }),
    ),
    allows: ['sleep-in-atomic', 'lockdep', 'deadlock'],
    holds: reportedUnlessOk,
    witness: {
      reported: reached((run) => asleep(run) > 0, 3),
      called: reached((run) => run.environment.callback('cb').calls === 1, 5),
    },
    faults: ['contract-017-unlocked'],
  }),
  property({
    rules: ['CONTRACT-018'],
    plan: `A fence is visible to others, and is signaled, inside of signalling sections.
      - jobs that run, that hang, that tell nobody; with each kind of recovery`,
    programs: [...BUSY_PROGRAMS, alone('polled', '', 'a = gpu.submit(c, polled, r)')],
    schedules: BY_THE_CLOCK,
    holds: (run) =>
      none(
        'outside of a section',
        watchOf(run)
          .fences.filter((one) => !one.isSignaledInSection || isPublishedOutside(one))
          .map(({ fence }) => fence.label),
      ),
    witness: { ...isBusy, several: reached((run) => watchOf(run).fences.length > 3, 2) },
    faults: ['contract-018-signals-outside', 'contract-018-begins-late'],
  }),
  property({
    rules: ['CONTRACT-019'],
    plan: `Adding a fence to a reservation makes it visible, not unlocking that: a section is open there.
      - one task; another one that looks at the reservation without its lock meanwhile`,
    programs: [
      alone('one', '', 'a = gpu.submit(c, short, r)'),
      program('two', {
        setup: 'g = gpu.create(); c = gpu.context(g); r = resv.create()',
        tasks: { A: 'a = gpu.submit(c, short, r)', B: 't = resv.test(r, READ)' },
      }),
    ],
    schedules: RACING,
    holds: (run) =>
      none(
        'added outside of a section',
        watchOf(run)
          .fences.filter(isPublishedOutside)
          .map(({ fence }) => fence.label),
      ),
    witness: {
      foundEarly: reached((run) => resultNamed(run, 't') === false),
      empty: reached((run) => resultNamed(run, 't') === true),
    },
    faults: ['contract-018-begins-late', 'contract-019-begins-at-unlock'],
  }),
  property({
    rules: ['CONTRACT-020'],
    plan: `Who ends jobs only because it came by needs no section, and so may take locks that are held at
      waits.
      - the lock of submissions, which is held while the ring is full
      - control: the same in a section is reported`,
    programs: [
      alone(
        'by-the-way',
        '',
        `${BUSY}; e = gpu.submit(c, polled); task.sleep(3); n = gpu.collect(g)`,
      ),
      alone(
        'alone',
        '',
        `e = gpu.submit(c, polled); task.sleep(3); n = gpu.collect(g); a = gpu.submit(c, short)
          b = gpu.submit(c, short); x = gpu.submit(c, short); y = gpu.submit(c, short)`,
      ),
      alone(
        'control',
        '',
        `b = section.begin(); n = gpu.collect(g); section.end(b); a = gpu.submit(c, short)
          b = gpu.submit(c, short); x = gpu.submit(c, short); y = gpu.submit(c, short)`,
      ),
    ],
    schedules: BY_THE_CLOCK,
    allows: ['lockdep'],
    holds: (run) => {
      const wanted = run.program.name === 'control' ? 1 : 0;
      return reports(run) === wanted ? null : `${run.program.name}: ${reports(run)} reports`;
    },
    witness: {
      collected: reached((run) => resultNamed(run, 'n') === 1),
      reported: reached((run) => reports(run) === 1),
    },
    faults: ['contract-020-annotated'],
  }),
];

/** How each place waits, so that both kinds of wait are there. */
function waitFor(name: string): string {
  return name === 'preemption' || name === 'reading'
    ? 'fence.waitTimeout(f, 5)'
    : 'fence.waitTimeout(e, 0)';
}

function isPublishedOutside(one: {
  readonly publishedAt: number | null;
  readonly isPublishedInSection: boolean;
}): boolean {
  return one.publishedAt !== null && !one.isPublishedInSection;
}
