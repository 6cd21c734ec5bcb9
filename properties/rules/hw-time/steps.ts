import { type Property, property, reached } from '../../check/property.ts';
import { program } from '../../programs/parse.ts';
import { endStateOf } from '../../run/end-state.ts';
import { exactly } from '../drm-outcomes.ts';

const TICKS = 'hw.platform(); d = hw.device(); hw.ticks(d, 2000); f = fence.create()';
const BLOCKS = 'hw.platform(); g = hw.alloc(); c = hw.cpuMap(g, uncached)';

/** How the runs of each program end. */
const ENDS: Readonly<Record<string, string>> = {
  quiescent: 'quiescent',
  deadlock: 'deadlock',
  stuck: 'stuck',
  both: 'deadlock',
  rescued: 'quiescent',
  'too-late': 'deadlock',
};

/** Properties of steps: what they say of themselves, where they end, and how runs do. */
export const STEP_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-TIME-005'],
    plan: `Each step says what it reads and writes; a search that leaves out orders of steps that have
      nothing in common finds the same ends as one that does not.
      - three tasks, each of which writes a line and reads another one's; a device beside a task
      - a mask, and an interrupt that it may be too late for`,
    programs: [
      program('lines', {
        setup: BLOCKS,
        tasks: {
          A: 'hw.store(c, 0, 1); hw.load(c, 1)',
          B: 'hw.store(c, 1, 1); hw.load(c, 2)',
          C: 'hw.store(c, 2, 1); hw.load(c, 0)',
        },
      }),
      program('device', {
        world: { time: 'free' },
        setup: `${BLOCKS}; d = hw.device(); m = hw.map(d, g); hw.dma(d, read, m); hw.finish(d)
          hw.dma(d, read, m)`,
        tasks: { A: 'hw.store(c, 0, 1); hw.finish(d)' },
      }),
      program('mask', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge); irq.request(l)',
        tasks: { A: 'irq.assert(l)', B: 'irq.mask(l); irq.synchronize(l); irq.handled(l)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      // Each sees what the next one has written, or not; the last write of all is seen.
      lines: [
        'A:,ZERO B:,ZERO C:,A v1 f0 l0',
        'A:,ZERO B:,C v1 f0 l2 C:,ZERO',
        'A:,ZERO B:,C v1 f0 l2 C:,A v1 f0 l0',
        'A:,B v1 f0 l1 B:,ZERO C:,ZERO',
        'A:,B v1 f0 l1 B:,ZERO C:,A v1 f0 l0',
        'A:,B v1 f0 l1 B:,C v1 f0 l2 C:,ZERO',
        'A:,B v1 f0 l1 B:,C v1 f0 l2 C:,A v1 f0 l0',
      ],
      device: ['A:,ZERO', 'A:,A v1 f0 l0'],
      mask: ['A: B:,,0', 'A: B:,,1'],
    }),
    witness: { both: reached((run) => run.outcome === 'A:,ZERO B:,ZERO C:,A v1 f0 l0') },
    faults: ['hw-time-005-lines-are-secret'],
  }),
  property({
    rules: ['HW-TIME-006'],
    plan: `A run that does not go on is quiescent, deadlocked, or stuck where somebody could interrupt all
      who wait. What comes again for ever ends no run, and keeps none going, once all of it has come
      round without a step of a task.
      - nobody waits; a sleep that cannot, and one that can be interrupted; both
      - a sleeper who is woken by the last tick of a common period, and one who would be by a later`,
    programs: [
      program('quiescent', { setup: TICKS, tasks: { A: 'hw.wait(5000)' } }),
      program('deadlock', {
        setup: TICKS,
        tasks: { A: 'fence.wait(f)' },
        mayBlock: ['A'],
      }),
      program('stuck', {
        setup: TICKS,
        tasks: { A: 'fence.wait(f, true)' },
        mayBlock: ['A'],
      }),
      program('both', {
        setup: TICKS,
        tasks: { A: 'fence.wait(f, true)', B: 'fence.wait(f)' },
        mayBlock: ['A', 'B'],
      }),
      program('rescued', {
        setup: `${TICKS}; e = hw.device(); hw.ticks(e, 3000, 2, f)`,
        tasks: { A: 'fence.wait(f)' },
      }),
      program('too-late', {
        setup: `${TICKS}; e = hw.device(); hw.ticks(e, 3000, 4, f)`,
        tasks: { A: 'fence.wait(f)' },
        mayBlock: ['A'],
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 50 }],
    allows: ['deadlock'],
    forbids: ['livelock'],
    holds: (run) => {
      const { name } = run.program;
      const end = endStateOf(run);
      return end === ENDS[name] ? null : `${name} ends ${end}, and not ${ENDS[name]}`;
    },
    witness: { stuck: reached((run) => endStateOf(run) === 'stuck') },
    faults: ['hw-time-006-never-over', 'hw-time-006-too-soon'],
  }),
  property({
    rules: ['HW-TIME-007'],
    plan: `A step of a task ends at each access to a shared line, at each lock, each register and each
      sleep: whatever lies between two of them can be seen. With coarser steps less is seen.
      - a line that two tasks read and write: a write is lost; two lines, one of them written
      - a mask and what it keeps away; a lock that one has and the other needs`,
    programs: [
      program('lost', {
        setup: BLOCKS,
        tasks: {
          A: 'hw.load(c, 0); hw.store(c, 0, 1); hw.load(c, 0)',
          B: 'hw.load(c, 0); hw.store(c, 0, 2); hw.load(c, 0)',
        },
      }),
      program('pair', {
        setup: BLOCKS,
        tasks: { A: 'hw.store(c, 0, 1); hw.store(c, 1, 1)', B: 'hw.load(c, 1); hw.load(c, 0)' },
      }),
      program('register', {
        world: { time: 'free' },
        setup: 'hw.platform(); d = hw.device()',
        tasks: { A: 'hw.writeRegister(d, VALUE, 1)', B: 'hw.register(d); hw.register(d)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      lost: [
        'A:ZERO,,A v1 f0 l0 B:A v1 f0 l0,,B v2 f0 l0',
        'A:B v2 f0 l0,,A v1 f0 l0 B:ZERO,,B v2 f0 l0',
        'A:ZERO,,B v2 f0 l0 B:A v1 f0 l0,,B v2 f0 l0',
        'A:B v2 f0 l0,,A v1 f0 l0 B:ZERO,,A v1 f0 l0',
        'A:ZERO,,A v1 f0 l0 B:ZERO,,B v2 f0 l0',
        'A:ZERO,,B v2 f0 l0 B:ZERO,,B v2 f0 l0',
        'A:ZERO,,A v1 f0 l0 B:ZERO,,A v1 f0 l0',
      ],
      pair: ['A:, B:ZERO,ZERO', 'A:, B:ZERO,A v1 f0 l0', 'A:, B:A v1 f0 l1,A v1 f0 l0'],
      register: ['A: B:0,0', 'A: B:0,1', 'A: B:1,1'],
    }),
    witness: { between: reached((run) => run.outcome === 'A:, B:ZERO,A v1 f0 l0') },
    faults: ['hw-time-007-reads-are-no-steps', 'hw-time-007-writes-are-no-steps'],
  }),
];
