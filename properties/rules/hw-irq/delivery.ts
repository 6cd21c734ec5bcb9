import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const EDGE = 'hw.platform(); l = irq.line(edge); irq.request(l)';

/** Properties of how interrupts come. */
export const DELIVERY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-IRQ-001'],
    plan: `Edges that come before the delivery are one delivery. A level is pending as long as the
      device says so: it comes again at the end of its interrupt, and goes if it is taken back.
      - three edges in a row, delivered at any moment; in discrete time together
      - a level that its handler acknowledges, that nobody does, and one that is taken back in time`,
    programs: [
      program('edges', {
        world: { time: 'free' },
        setup: EDGE,
        tasks: {
          A: `irq.assert(l); irq.assert(l); irq.assert(l); hw.wait(5000); irq.synchronize(l)
            irq.handled(l)`,
        },
      }),
      program('together', {
        setup: EDGE,
        tasks: {
          A: 'irq.assert(l); irq.assert(l); irq.assert(l); hw.wait(5000); n = irq.handled(l)',
        },
      }),
      program('levels', {
        setup: `hw.platform(); a = irq.line(level); irq.request(a, acknowledges)
          s = irq.line(level); irq.request(s); b = irq.line(level); irq.request(b)`,
        tasks: {
          A: `irq.assert(a, true); hw.wait(5000); once = irq.handled(a); irq.assert(s, true)
            hw.wait(3500); storm = irq.handled(s); irq.assert(s, false); hw.wait(5000)
            over = irq.handled(s); irq.assert(b, true); irq.assert(b, false); hw.wait(5000)
            back = irq.handled(b)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: results({
      edges: {},
      together: { n: 1 },
      levels: { once: 1, storm: 3, over: 3, back: 0 },
    }),
    ...exactly({ edges: ['A:,,,,,1', 'A:,,,,,2', 'A:,,,,,3'] }),
    witness: { coalesced: reached((run) => run.outcome === 'A:,,,,,1') },
    faults: [
      'hw-irq-001-edges-are-counted',
      'hw-irq-001-level-comes-once',
      'hw-irq-001-level-is-remembered',
    ],
  }),
  property({
    rules: ['HW-IRQ-002'],
    plan: `An interrupt is taken after its latency, at any point between two steps of its processor,
      when it is not masked, no handler of its line runs, and interrupts are on there.
      - before, at and after the latency; each point of a task on that processor
      - masked; while its handler runs; in a section without interrupts`,
    programs: [
      program('latency', {
        setup: EDGE,
        tasks: {
          A: `irq.assert(l); hw.wait(999); early = irq.handled(l); hw.wait(2); late = irq.handled(l)
            irq.mask(l); irq.assert(l); hw.wait(5000); masked = irq.handled(l)`,
        },
      }),
      program('between', {
        world: { time: 'free' },
        setup: 'hw.platform(); l = irq.line(edge)',
        tasks: {
          A: 'irq.request(l, counts, true); irq.assert(l); x = irq.handled(l); y = irq.handled(l)',
        },
      }),
      program('choice', {
        setup: 'hw.platform(latencies: true); l = irq.line(edge); irq.request(l)',
        tasks: {
          A: `irq.assert(l); hw.wait(1001); irq.handled(l); hw.wait(9000); irq.handled(l)
            hw.wait(40000); irq.handled(l)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: (run) =>
      results({ latency: { early: 0, late: 1, masked: 1 }, between: {}, choice: {} })(run),
    ...exactly({
      between: ['A:,,0,0', 'A:,,0,1', 'A:,,1,1'],
      choice: ['A:,,1,,1,,1', 'A:,,0,,1,,1', 'A:,,0,,0,,1'],
    }),
    witness: { inside: reached((run) => run.outcome === 'A:,,0,1') },
    faults: ['hw-irq-002-at-once', 'hw-irq-002-only-when-idle', 'hw-irq-002-one-latency'],
  }),
  property({
    rules: ['HW-IRQ-003'],
    plan: `An edge while the line is masked comes when it is unmasked; a controller that loses it needs
      a driver that asks the device.
      - masked before, and after the edge; the lossy controller, and the status that it leaves`,
    programs: [
      program('masked', {
        setup: EDGE,
        tasks: {
          A: `irq.mask(l); irq.assert(l); irq.assert(l); hw.wait(5000); before = irq.handled(l)
            irq.unmask(l); hw.wait(5000); after = irq.handled(l)`,
        },
      }),
      program('in-flight', {
        setup: EDGE,
        tasks: {
          A: `irq.assert(l); irq.mask(l); hw.wait(5000); before = irq.handled(l); irq.unmask(l)
            hw.wait(5000); after = irq.handled(l)`,
        },
      }),
      program('lossy', {
        setup: 'hw.platform(lossy: true); l = irq.line(edge); irq.request(l)',
        tasks: {
          A: `irq.mask(l); irq.assert(l, true); irq.unmask(l); hw.wait(5000)
            after = irq.handled(l); status = irq.status(l); irq.assert(l); hw.wait(5000)
            next = irq.handled(l)`,
        },
      }),
    ],
    holds: results({
      masked: { before: 0, after: 1 },
      'in-flight': { before: 0, after: 1 },
      lossy: { after: 0, status: true, next: 1 },
    }),
    witness: { lost: reached((run) => resultNamed(run, 'status') === true) },
    faults: ['hw-irq-003-forgets', 'hw-irq-003-mask-does-nothing', 'hw-irq-003-lossy-remembers'],
  }),
  property({
    rules: ['HW-IRQ-008'],
    plan: `An injected mistake loses an interrupt, delays it, makes one that nobody asked for, or lets
      a later one of another line come first. Whoever asks the device is right all the same.
      - one mistake anywhere; the status says what the count of interrupts does not
      - two lines, each with any latency`,
    programs: [
      program('mistake', {
        world: { hardwareFaultsMax: 1 },
        setup: EDGE,
        tasks: {
          A: `irq.assert(l, true); task.sleep(1); irq.handled(l); task.sleep(60); irq.handled(l)
            irq.status(l)`,
        },
      }),
      program('reordered', {
        setup: `hw.platform(latencies: true); l = irq.line(edge); irq.request(l)
          k = irq.line(edge); irq.request(k)`,
        tasks: {
          A: 'irq.assert(l); irq.assert(k); hw.wait(5000); irq.handled(l); irq.handled(k)',
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      mistake: [
        'A:,,0,,0,true', // lost
        'A:,,0,,1,true', // late
        'A:,,1,,1,true',
        'A:,,1,,2,true', // spurious, afterwards or before
        'A:,,2,,2,true',
      ],
      reordered: ['A:,,,0,0', 'A:,,,0,1', 'A:,,,1,0', 'A:,,,1,1'],
    }),
    witness: {
      lost: reached((run) => run.outcome === 'A:,,0,,0,true'),
      spurious: reached((run) => run.outcome === 'A:,,2,,2,true'),
      reordered: reached((run) => run.outcome === 'A:,,,0,1'),
    },
    faults: ['hw-irq-008-never-lost', 'hw-irq-008-late-is-lost', 'hw-irq-008-in-order'],
  }),
];
