import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { reports, reportsOnly, reportText } from './evidence.ts';

function alone(
  name: string,
  calls: string,
  setup = 'f = fence.create(); m = mutex.create()',
): Program {
  return program(name, { setup, tasks: { A: calls } });
}

const SECTION = 'b = section.begin()';
const END = 'section.end(b)';
/** The mutex is needed on the way to a signal. */
const NEEDS_MUTEX = `${SECTION}; mutex.lock(m); mutex.unlock(m); ${END}`;
/** It is held at a wait. */
const WAITS_WITH_MUTEX = 'mutex.lock(m); fence.waitTimeout(f, 0); mutex.unlock(m)';

/** Each lock of memory management, and how a section comes to take it. */
const OUTER = {
  mmap: 'order.enter(mmap); order.leave(mmap)',
  context: 'x = ww.init(); ww.fini(x)',
  reservation: 'resv.lock(r); resv.unlock(r)',
  reclaim: 'order.enter(reclaim); order.leave(reclaim)',
  notifier: 'order.enter(notifier); order.leave(notifier)',
  files: 'order.enter(files); order.leave(files)',
};

/** Properties of signalling sections, as lock proving sees them. */
export const SECTION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CONTRACT-021'],
    plan: `Begin returns true and records nothing inside of a section and in atomic context, otherwise
      it records and returns false.
      - outermost, nested three deep, after a section has ended
      - a spinlock, preemption off, a hard and a soft interrupt; control: only interrupts off
      - in a section that began in atomic context, and so recorded nothing`,
    programs: [
      alone(
        'nested',
        `a = section.begin(); b = section.begin(); c = section.begin()
        h = section.held(); section.end(c); section.end(b); i = section.held(); section.end(a)
        j = section.held(); d = section.begin(); section.end(d)`,
      ),
      alone(
        'spinlock',
        `fence.lock(f); a = section.begin(); h = section.held(); section.end(a)
        fence.unlock(f)`,
      ),
      alone(
        'preemption',
        `preempt.disable(); a = section.begin(); h = section.held()
        preempt.enable(); b = section.begin(); i = section.held(); section.end(b); section.end(a)`,
      ),
      alone(
        'irqs-off',
        `irqs.disable(); a = section.begin(); h = section.held(); section.end(a)
        irqs.enable()`,
      ),
      program('hardirq', {
        tasks: { irq: 'a = section.begin(); h = section.held(); section.end(a)' },
      }),
    ],
    holds: results({
      nested: {
        a: false,
        b: true,
        c: true,
        h: 'dma_fence_map',
        i: 'dma_fence_map',
        j: 'nothing',
        d: false,
      },
      spinlock: { a: true, h: 'f.issuer.lock' },
      preemption: { a: true, h: 'nothing', b: false, i: 'dma_fence_map' },
      'irqs-off': { a: false, h: 'dma_fence_map' },
      hardirq: { a: true, h: 'nothing' },
    }),
    witness: {
      recorded: reached((run) => resultNamed(run, 'a') === false, 2),
      notRecorded: reached((run) => resultNamed(run, 'a') === true, 3),
    },
    faults: ['contract-021-records-in-atomic', 'contract-021-no-nesting', 'contract-021-irqs-off'],
  }),
  property({
    rules: ['CONTRACT-022'],
    plan: `End gives the hold back that its begin has taken, and no other. A validator that is absent,
      or silent after a report, records nothing.
      - inner before outer, and the other way round; without lock proving; after a report`,
    programs: [
      alone(
        'ends',
        `a = section.begin(); b = section.begin(); section.end(b); h = section.held()
        section.end(a); i = section.held()`,
      ),
      alone(
        'crossed',
        `a = section.begin(); b = section.begin(); section.end(a); h = section.held()
        section.end(b); i = section.held()`,
      ),
      program('unproven', {
        world: { lockProving: false },
        tasks: { A: 'a = section.begin(); h = section.held(); section.end(a); i = section.held()' },
      }),
      alone(
        'silent',
        `mutex.lock(m); n = mutex.create(); mutex.lock(n); mutex.unlock(n)
        mutex.unlock(m); a = section.begin(); h = section.held(); section.end(a)
        i = section.held()`,
      ),
    ],
    allows: ['lockdep'],
    holds: results({
      ends: { a: false, b: true, h: 'dma_fence_map', i: 'nothing' },
      crossed: { a: false, b: true, h: 'nothing', i: 'nothing' },
      unproven: { a: true, h: 'nothing', i: 'nothing' },
      silent: { a: true, h: 'nothing', i: 'nothing' },
    }),
    witness: {
      given: reached((run) => resultNamed(run, 'h') === 'dma_fence_map'),
      silent: reached((run) => reports(run) === 1),
    },
    faults: ['contract-022-inner-ends', 'contract-022-keeps', 'contract-022-records-unproven'],
  }),
  property({
    rules: ['CONTRACT-023'],
    plan: `A wait takes the map for itself alone for a moment, with the waiter's own section set aside.
      - a wait in a section, without and with a lock that was taken in it
      - the section is there again afterwards; a lock held at a wait comes before the map`,
    programs: [
      alone('in-section', `${SECTION}; fence.waitTimeout(f, 0); h = section.held(); ${END}`),
      alone(
        'again',
        `${SECTION}; section.mightWait(); section.mightWait(); h = section.held()
        mutex.lock(m); mutex.unlock(m); ${END}; ${WAITS_WITH_MUTEX}`,
      ),
      alone('lock-in-section', `${SECTION}; ${WAITS_WITH_MUTEX}; h = section.held(); ${END}`),
      alone(
        'lock-around',
        `mutex.lock(m); ${SECTION}; fence.waitTimeout(f, 0)
        h = section.held(); ${END}; mutex.unlock(m)`,
      ),
    ],
    allows: ['lockdep'],
    holds: both(
      reportsOnly('again', 'lock-in-section'),
      results({
        'in-section': { h: 'dma_fence_map' },
        again: { h: 'dma_fence_map' },
        'lock-in-section': { h: 'dma_fence_map' },
        'lock-around': { h: 'm.lock dma_fence_map' },
      }),
    ),
    witness: {
      silent: reached((run) => reports(run) === 0, 2),
      reported: reached((run) => reports(run) === 1, 2),
    },
    faults: ['contract-023-own-section', 'contract-023-shares', 'contract-023-forgets-section'],
  }),
  property({
    rules: ['CONTRACT-024'],
    plan: `A lock that is held at a wait and taken in a section is reported, whichever comes first, and
      by which tasks; so is a lock under which it was taken, through others.
      - section first, wait first, two tasks one after the other
      - one lock in between, two locks in between
      - control: sections and waits with different locks; a lock that is only taken under the one that
        is held at a wait`,
    programs: [
      alone('section-first', `${NEEDS_MUTEX}; ${WAITS_WITH_MUTEX}`),
      alone('wait-first', `${WAITS_WITH_MUTEX}; ${NEEDS_MUTEX}`),
      program('two-tasks', {
        setup: 'f = fence.create(); m = mutex.create()',
        tasks: { A: NEEDS_MUTEX, B: WAITS_WITH_MUTEX },
      }),
      alone(
        'through-another',
        `${SECTION}; ww.lock(w, null); ww.unlock(w); ${END}
          ww.lock(w, null); mutex.lock(m); mutex.unlock(m); ww.unlock(w); ${WAITS_WITH_MUTEX}`,
        'f = fence.create(); m = mutex.create(); w = ww.mutex()',
      ),
      alone(
        'through-two',
        `${SECTION}; ww.lock(w, null); ww.unlock(w); ${END}
          ww.lock(w, null); order.enter(files); order.leave(files); ww.unlock(w)
          order.enter(files); mutex.lock(m); mutex.unlock(m); order.leave(files)
          ${WAITS_WITH_MUTEX}`,
        'f = fence.create(); m = mutex.create(); w = ww.mutex()',
      ),
      alone(
        'other-way',
        `${NEEDS_MUTEX}; ww.lock(w, null); mutex.lock(m); mutex.unlock(m)
          fence.waitTimeout(f, 0); ww.unlock(w)`,
        'f = fence.create(); m = mutex.create(); w = ww.mutex()',
      ),
      alone(
        'control',
        `${NEEDS_MUTEX}; order.enter(mmap); fence.waitTimeout(f, 0); order.leave(mmap)`,
      ),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 300 }],
    allows: ['lockdep'],
    holds: (run) => {
      const text = reportText(run);
      const { name } = run.program;
      if (name === 'control' || name === 'other-way') return text === '' ? null : text;
      return text.includes('dma_fence_map') ? null : `${name}: ${text || 'no report'}`;
    },
    witness: { reported: reached((run) => reports(run) === 1, 5) },
    faults: ['contract-024-waits-unseen', 'contract-024-only-inside'],
  }),
  property({
    rules: ['CONTRACT-025'],
    plan: `From the boot on lock proving knows that everything around a reservation may be held at a
      wait: a section that takes one of these is reported without any wait.
      - mmap lock, acquire context, reservation, reclaim, notifier; control: lock of file mappings`,
    programs: Object.entries(OUTER).map(([name, calls]) =>
      alone(name, `${SECTION}; ${calls}; ${END}`, 'r = resv.create()'),
    ),
    allows: ['lockdep'],
    holds: reportsOnly('mmap', 'context', 'reservation', 'reclaim', 'notifier'),
    witness: { reported: reached((run) => reports(run) === 1, 5) },
    faults: ['resv-065-untaught', 'contract-025-no-wait-taught'],
  }),
  property({
    rules: ['CONTRACT-026'],
    plan: `An allocation that may reclaim touches the lock of notifiers, and with filesystems that of
      reclaim around it; what counts are its flags in the scope of its task.
      - each kind in a section: all that reclaim are reported
      - in a scope without filesystems and without input and output: under a lock that reclaim takes
      - who is part of reclaim, who opts out`,
    programs: [
      ...['GFP_KERNEL', 'GFP_NOFS', 'GFP_NOIO', 'GFP_NOWAIT', 'GFP_ATOMIC'].map((gfp) =>
        alone(`section-${gfp}`, `${SECTION}; memory.allocate(${gfp}); ${END}`),
      ),
      ...['GFP_KERNEL', 'GFP_NOFS', 'GFP_NOIO'].map((gfp) =>
        alone(
          `reclaim-takes-${gfp}`,
          `order.enter(reclaim); mutex.lock(m); mutex.unlock(m)
          order.leave(reclaim); mutex.lock(m); memory.allocate(${gfp}); mutex.unlock(m)`,
        ),
      ),
      ...['nofs', 'noio', 'reclaim'].map((scope) =>
        alone(
          `scope-${scope}`,
          `order.enter(reclaim); mutex.lock(m); mutex.unlock(m)
          order.leave(reclaim); mutex.lock(m); s = memory.scope(${scope}); memory.allocate()
          memory.endScope(s); mutex.unlock(m)`,
        ),
      ),
      alone(
        'scope-ends',
        `order.enter(reclaim); mutex.lock(m); mutex.unlock(m)
        order.leave(reclaim); mutex.lock(m); s = memory.scope(nofs); memory.endScope(s)
        memory.allocate(); mutex.unlock(m)`,
      ),
      alone(
        'section-nofs',
        `s = memory.scope(nofs); ${SECTION}; memory.allocate(); ${END}
        memory.endScope(s)`,
      ),
      alone(
        'section-reclaimer',
        `s = memory.scope(reclaim); ${SECTION}; memory.allocate(); ${END}
        memory.endScope(s)`,
      ),
      alone('section-unproven', `${SECTION}; memory.allocate(GFP_KERNEL|__GFP_NOLOCKDEP); ${END}`),
    ],
    allows: ['lockdep'],
    holds: reportsOnly(
      'section-GFP_KERNEL',
      'section-GFP_NOFS',
      'section-GFP_NOIO',
      'reclaim-takes-GFP_KERNEL',
      'scope-ends',
      'section-nofs',
    ),
    witness: {
      reported: reached((run) => reports(run) === 1, 6),
      silent: reached((run) => reports(run) === 0, 9),
    },
    faults: [
      'contract-026-only-filesystems',
      'contract-026-ignores-scope',
      'contract-026-reclaimer',
      'contract-026-opted-out',
    ],
  }),
];
