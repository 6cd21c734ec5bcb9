import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { exactly } from '../drm-outcomes.ts';

/** Nature and the schedule have chosen nothing special. */
function isDefault({ choices }: Run): boolean {
  return choices.every((choice) => choice === 0);
}

/** Properties of virtual time. */
export const CLOCK_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-TIME-001'],
    plan: `Time is a whole number of nanoseconds. It moves only to when something is due, never back, and
      no step takes time by itself.
      - a register, a walk, lines, a wait, a timer: every moment at which time stops
      - an interrupt that was due long before it can be taken`,
    programs: [
      program('moments', {
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g, toDevice)
          w = word.create(0)`,
        tasks: {
          A: `t = hw.watchTime(); hw.writeRegister(d, VALUE, 1); word.write(w, 1); word.write(w, 2)
            hw.dma(d, read, m, 2); hw.finish(d); hw.wait(2001); hw.wait(1); task.sleep(1)
            word.read(w); moments = hw.times(t)`,
        },
      }),
      program('late', {
        setup: 'hw.platform(); l = irq.line(edge)',
        tasks: {
          A: `irq.request(l, counts, true); t = hw.watchTime(); irq.assert(l); irq.section(l, true, 3000)
            hw.wait(10); irq.synchronize(l); moments = hw.times(t); n = irq.handled(l)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 1000 }],
    holds: (run) =>
      results({
        // A walk, two lines of 20 ns in one step, the register, two waits; then one jiffy from 0.
        moments: { moments: '200,240,300,2241,2242,1000000' },
        late: { moments: '3000,3010', n: 1 },
      })(run),
    witness: { late: reached((run) => resultNamed(run, 'n') === 1) },
    faults: ['hw-time-001-steps-take-time', 'hw-time-001-goes-back', 'hw-time-001-microseconds'],
  }),
  property({
    rules: ['HW-TIME-002'],
    plan: `Whatever is due at the same time may come in any order; when nothing special is chosen, tasks
      come first, and then what is due in the order in which it was arranged.
      - three waits that end together; two interrupts, arranged in the other order than their lanes
      - tasks and something that is due at once`,
    programs: [
      program('together', {
        setup: 'hw.platform(); l = irq.line(edge)',
        tasks: {
          A: 'hw.wait(1000); irq.sign(l)',
          B: 'hw.wait(1000); irq.sign(l)',
          C: 'hw.wait(1000); irq.sign(l)',
        },
      }),
      program('arranged', {
        setup: `hw.platform(); a = irq.line(edge); b = irq.line(edge); irq.request(a, signs)
          irq.request(b, signs)`,
        tasks: { A: 'irq.assert(b); irq.assert(a); hw.wait(5000); s = irq.signatures(a)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 2000 }],
    holds: (run) => {
      if (run.program.name === 'together') return null;
      const signatures = resultNamed(run, 's');
      if (!isDefault(run) || signatures === 'b a') return null;
      return `without a choice they come as ${String(signatures)}`;
    },
    ...exactly({
      together: [
        'A:,0 B:,1 C:,2',
        'A:,0 B:,2 C:,1',
        'A:,1 B:,0 C:,2',
        'A:,1 B:,2 C:,0',
        'A:,2 B:,0 C:,1',
        'A:,2 B:,1 C:,0',
      ],
      arranged: ['A:,,,a b', 'A:,,,b a'],
    }),
    witness: {
      last: reached((run) => run.outcome === 'A:,2 B:,1 C:,0'),
      default: reached((run) => run.program.name === 'arranged' && isDefault(run)),
    },
    faults: ['hw-time-002-first-only', 'hw-time-002-newest-first'],
  }),
  property({
    rules: ['HW-TIME-003'],
    plan: `Discrete time advances only when no task can make a step; free time may do so between any two
      steps of a task, as if processors were slow.
      - a device at work beside a task that looks at the clock twice, in both ways`,
    programs: (['discrete', 'free'] as const).map((time) =>
      program(time, {
        world: { time },
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g)
          w = word.create(0); hw.dma(d, read, m)`,
        tasks: { A: 'x = hw.time(); word.read(w); y = hw.time()' },
      }),
    ),
    schedules: [{ kind: 'stateful', statesMax: 1000 }],
    ...exactly({
      discrete: ['A:0,0,0'],
      // A walk of 200 ns, and a line of 20.
      free: ['A:0,0,0', 'A:0,0,200', 'A:0,0,220'],
    }),
    witness: { raced: reached((run) => run.outcome === 'A:0,0,220') },
    faults: ['hw-time-003-discrete-races', 'hw-time-003-free-waits'],
  }),
  property({
    rules: ['HW-TIME-004'],
    plan: `A timer fires once, in an interrupt, not before its time and at most a tick after it. Cancelling
      says whether it was pending; doing so synchronously waits for a function that runs.
      - just before and at its time; armed again; armed anew
      - cancelled in both ways while it fires; hardware that goes first for less and more than a tick`,
    programs: [
      program('once', {
        setup: 't = timer.create(); hw.platform()',
        tasks: {
          A: `timer.arm(t, 5); hw.wait(4999999); early = timer.fired(t); hw.wait(2); due = timer.fired(t)
            where = timer.context(t); hw.wait(9000000); again = timer.fired(t)
            gone = timer.cancel(t); timer.arm(t, 1); timer.arm(t, 3); hw.wait(2000000)
            moved = timer.fired(t); hw.wait(2000000); last = timer.fired(t); timer.arm(t, 1)
            pending = timer.cancel(t); hw.wait(2000000); end = timer.fired(t)`,
        },
      }),
      program('cancel', {
        world: { time: 'free' },
        setup: 't = timer.create(); hw.platform()',
        tasks: { A: 'timer.arm(t, 1); timer.cancel(t); timer.fired(t)' },
      }),
      program('synchronously', {
        world: { time: 'free' },
        setup: 't = timer.create(); hw.platform()',
        tasks: { A: 'timer.arm(t, 1); timer.cancelSync(t); timer.fired(t)' },
      }),
      program('within-a-tick', {
        world: { time: 'free' },
        setup: 't = timer.create(); hw.platform()',
        tasks: { A: 'timer.arm(t, 1); hw.wait(3000000); timer.cancelSync(t)' },
      }),
      program('after-a-tick', {
        world: { time: 'free' },
        setup: 't = timer.create(); hw.platform()',
        tasks: { A: 'timer.arm(t, 1); hw.wait(6000000); timer.cancelSync(t)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 1000 }],
    holds: (run) => {
      if (run.program.name !== 'once') return null;
      return results({
        once: {
          early: 0,
          due: 1,
          where: 'softirq',
          again: 1,
          gone: false,
          moved: 1,
          last: 2,
          pending: true,
          end: 2,
        },
      })(run);
    },
    ...exactly({
      cancel: ['A:,true,0', 'A:,false,0', 'A:,false,1'],
      synchronously: ['A:,true,0', 'A:,false,1'],
      'within-a-tick': ['A:,,true', 'A:,,false'],
      'after-a-tick': ['A:,,false'],
    }),
    witness: { running: reached((run) => run.outcome === 'A:,false,0') },
    faults: [
      'hw-time-004-early',
      'hw-time-004-cancel-says-yes',
      'hw-time-004-does-not-wait',
      'hw-time-004-any-delay',
      'hw-time-004-fires-again',
    ],
  }),
];
