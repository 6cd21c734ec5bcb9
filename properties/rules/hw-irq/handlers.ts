import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

/** Properties of handlers, and of those who share something with them. */
export const HANDLER_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-IRQ-004'],
    plan: `A handler runs to its end on its processor, where nothing else does meanwhile; others go on.
      Handlers of one line never run at the same time, those of two lines may.
      - a task on the processor of the handler, and one beside it, that look whether it runs
      - a line that is sent to another processor while its handler runs; two lines at once`,
    programs: [
      program('own-processor', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge)',
        tasks: { A: 'irq.request(l, counts, true); irq.assert(l); irq.running(l)' },
      }),
      program('beside', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l)',
        tasks: { A: 'irq.assert(l); irq.running(l)' },
      }),
      program('moved', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l)',
        tasks: { A: 'irq.assert(l); irq.here(l); irq.assert(l); hw.wait(5000); irq.met(l)' },
      }),
      program('two-lines', {
        world: { time: 'free' },
        setup: `hw.platform(); l = irq.line(edge); irq.request(l); k = irq.line(edge)
          irq.request(k)`,
        tasks: { A: 'irq.assert(l); irq.assert(k); hw.wait(5000); irq.met(l); irq.met(k)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 10_000 }],
    ...exactly({
      'own-processor': ['A:,,0'],
      beside: ['A:,0', 'A:,1'],
      moved: ['A:,,,,0 of its own, 0 of all'],
      'two-lines': [
        'A:,,,0 of its own, 0 of all,0 of its own, 0 of all',
        'A:,,,0 of its own, 1 of all,0 of its own, 0 of all',
        'A:,,,0 of its own, 0 of all,0 of its own, 1 of all',
      ],
    }),
    witness: { beside: reached((run) => run.outcome === 'A:,1') },
    faults: ['hw-irq-004-two-processors', 'hw-irq-004-one-at-a-time', 'hw-irq-004-task-goes-on'],
  }),
  property({
    rules: ['HW-IRQ-005'],
    plan: `Synchronising waits for the handler that runs and for the delivery that was on its way; to
      switch the device off stops neither. A driver that goes without it leaves its handler with
      memory that is gone.
      - an edge before the call, one beside it; the count afterwards
      - a driver that goes properly; one that does not`,
    programs: [
      program('wait', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l)',
        tasks: { A: 'irq.assert(l); irq.synchronize(l); irq.handled(l)', B: 'irq.running(l)' },
      }),
      program('inside', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l); irq.assert(l)',
        tasks: { A: 'irq.mask(l); irq.synchronize(l); irq.running(l); irq.running(l)' },
      }),
      program('switched-off', {
        world: { time: 'free' },
        setup: `hw.platform(); d = hw.device(); l = irq.device(d); g = hw.alloc()
          m = hw.map(d, g, toDevice)`,
        tasks: {
          A: `hw.dma(d, read, m); hw.finish(d); hw.writeRegister(d, SILENT, 1)
            hw.readRegister(d, SILENT); before = irq.handled(l); hw.wait(5000)
            after = irq.handled(l)`,
        },
      }),
      program('teardown', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l)',
        tasks: { A: 'irq.assert(l); irq.teardown(l)', B: 'irq.assert(l)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['use-after-free', 'deadlock'],
    ...exactly({
      wait: ['A:,,1 B:0', 'A:,,1 B:1'],
      inside: ['A:,,0,0'],
      teardown: ['A:, B:'],
    }),
    witness: {
      waited: reached((run) => run.outcome === 'A:,,1 B:1'),
      inFlight: reached(
        (run) => resultNamed(run, 'before') === 0 && resultNamed(run, 'after') === 1,
        0,
      ),
    },
    faults: ['hw-irq-005-forgets-latched', 'hw-irq-005-forgets-running', 'hw-irq-005-free-goes-on'],
  }),
  property({
    rules: ['HW-IRQ-006'],
    plan: `A handler may not sleep, nor take what sleeps: the kernel says so. What takes longer goes to
      a worker.
      - a handler that sleeps; one that leaves it to a worker, which may`,
    programs: [
      program('sleeps', {
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l, sleeps)',
        tasks: { A: 'irq.assert(l); hw.wait(5000); n = irq.handled(l)' },
      }),
      program('defers', {
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l, defers)',
        tasks: {
          A: 'irq.assert(l); hw.wait(5000); n = irq.handled(l); task.sleep(5); m = irq.handled(l)',
        },
      }),
    ],
    allows: ['sleep-in-atomic'],
    forbids: ['deadlock'],
    holds: (run) => {
      const complaints = run.violations.filter(({ kind }) => kind === 'sleep-in-atomic').length;
      const expected = run.program.name === 'sleeps' ? 1 : 0;
      if (complaints !== expected) return `${complaints} complaints about sleep in a handler`;
      return results({ sleeps: {}, defers: { n: 1, m: 101 } })(run);
    },
    witness: { complained: reached((run) => run.violations.length > 0) },
    faults: ['hw-irq-006-handler-is-a-task'],
  }),
  property({
    rules: ['HW-IRQ-007'],
    plan: `A section without interrupts delays those of its processor alone. A lock that is shared with a
      handler and taken with interrupts on can be waited for by the handler for ever.
      - the section and a handler that takes its lock, on one processor; a line of another processor
      - the same with interrupts on: the deadlock is reached`,
    programs: [
      program('section', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); k = irq.line(edge); irq.request(k)',
        tasks: {
          A: `irq.request(l, locks, true); irq.assert(l); irq.assert(k); irq.section(l)
            irq.running(l)`,
        },
      }),
      program('unsafe', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge)',
        tasks: { A: 'irq.request(l, locks, true); irq.assert(l); irq.section(l, false)' },
        mayBlock: ['A', 'irq/l'],
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    allows: ['lockdep'],
    ...exactly({
      section: ['A:,,,0,0', 'A:,,,0,1', 'A:,,,1,0', 'A:,,,1,1'],
      unsafe: ['A:,,0', 'A:,,1', 'A:, A blocks irq/l blocks'],
    }),
    witness: { deadlocked: reached((run) => run.blocked.length > 0) },
    faults: ['hw-irq-007-elsewhere', 'hw-irq-007-everywhere'],
  }),
];
