import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const ONES = 0xffff_ffff;

/** Properties of how processors and devices reach each other. */
export const BUS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-MEM-006'],
    plan: `VRAM behind the aperture is for its own device alone: whoever else reads it gets ONES and a
      bus error, and what it writes goes nowhere.
      - a processor, a peer and the device itself, in front of and behind the end of the aperture`,
    programs: [
      program('aperture', {
        setup: `hw.platform(); v = hw.device(vram: true); d = hw.device(); g = hw.alloc(vram, 8)
          m = hw.map(v, g); n = hw.map(d, g); c = hw.cpuMap(g, uncached)`,
        tasks: {
          A: `hw.store(c, 255, 1); hw.store(c, 256, 1); in = hw.load(c, 255); calm = hw.records()
            out = hw.load(c, 256); hw.dma(v, write, m, 1, 3, 256); hw.finish(v)
            hw.dma(v, read, m, 1, 3, 256); own = hw.finish(v); hw.dma(d, write, n, 1, 5, 256)
            hw.dma(d, read, n, 1, 0, 256); hw.dma(d, read, n, 1, 0, 255); peer = hw.finish(d)
            kept = hw.peek(g, 256); noted = hw.records()`,
        },
      }),
    ],
    holds: results({
      aperture: {
        in: 'A v1 f0 l255',
        // The store behind the aperture.
        calm: 'BUS_ERROR by A: page 28',
        out: 'ONES',
        own: 'v v3 f0 l0',
        peer: 'ONES,A v1 f0 l255',
        kept: 'v v3 f0 l0',
        noted: 'BUS_ERROR by A: page 28; BUS_ERROR by d: page 28',
      },
    }),
    schedules: [{ kind: 'random', runs: 10, seed: 1 }],
    witness: { refused: reached((run) => resultNamed(run, 'out') === 'ONES') },
    faults: ['hw-mem-006-all-visible', 'hw-mem-006-silent', 'hw-mem-006-peers-pass'],
  }),
  property({
    rules: ['HW-MEM-007'],
    plan: `A write to a register is posted: the task goes on and the register changes later, in order.
      A read makes all writes before it land first.
      - two writes and a look at the register itself; a read behind them, and one by somebody else
      - an interrupt that is switched off in the device, with and without reading back`,
    programs: [
      program('posted', {
        world: { time: 'free' },
        setup: 'hw.platform(); d = hw.device()',
        tasks: {
          A: `hw.writeRegister(d, VALUE, 1); hw.writeRegister(d, VALUE, 2)
            raw = hw.register(d, VALUE)`,
        },
      }),
      program('read', {
        world: { time: 'free' },
        setup: 'hw.platform(); d = hw.device()',
        tasks: {
          A: `hw.writeRegister(d, VALUE, 1); hw.writeRegister(d, VALUE, 2)
            read = hw.readRegister(d, VALUE)`,
          B: 'other = hw.readRegister(d, VALUE)',
        },
      }),
      program('times', {
        setup: 'hw.platform(); d = hw.device()',
        tasks: {
          A: `hw.writeRegister(d, VALUE, 1); written = hw.time(); before = hw.register(d, VALUE)
            v = hw.readRegister(d, VALUE); end = hw.time()`,
        },
      }),
      program('switched-off', {
        world: { time: 'free' },
        setup: `hw.platform(); d = hw.device(); l = irq.device(d); g = hw.alloc()
          m = hw.map(d, g, toDevice)`,
        tasks: {
          A: 'hw.writeRegister(d, SILENT, 1); hw.dma(d, read, m); hw.finish(d)',
        },
        teardown: 'task.sleep(1); n = irq.handled(l)',
      }),
      program('read-back', {
        world: { time: 'free' },
        setup: `hw.platform(); d = hw.device(); l = irq.device(d); g = hw.alloc()
          m = hw.map(d, g, toDevice)`,
        tasks: {
          A: `hw.writeRegister(d, SILENT, 1); hw.readRegister(d, SILENT); hw.dma(d, read, m)
            hw.finish(d)`,
        },
        teardown: 'task.sleep(1); n = irq.handled(l)',
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'times') {
        return results({ times: { written: 0, before: 0, v: 1, end: 600 } })(run);
      }
      const isQuiet = name !== 'read-back' || resultNamed(run, 'n') === 0;
      return isQuiet ? null : 'an interrupt came that had been switched off before';
    },
    ...exactly({
      posted: ['A:,,0', 'A:,,1', 'A:,,2'],
      read: ['A:,,2 B:0', 'A:,,2 B:1', 'A:,,2 B:2'],
    }),
    witness: {
      late: reached((run) => run.outcome === 'A:,,0'),
      came: reached((run) => run.program.name === 'switched-off' && resultNamed(run, 'n') === 1),
    },
    faults: ['hw-mem-007-at-once', 'hw-mem-007-newest-first', 'hw-mem-007-read-passes'],
  }),
  property({
    rules: ['HW-MEM-008'],
    plan: `A device that was pulled out reads as ONES, takes no writes, accesses nothing any more and
      sends no interrupt. A driver that looks finds out, and lets nobody wait for it.
      - pulled out at rest and at work; registers, memory, interrupt; what has landed before stays`,
    programs: [
      program('at-rest', {
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g); l = irq.device(d)`,
        tasks: {
          A: `hw.writeRegister(d, VALUE, 3); there = hw.readRegister(d, VALUE); hw.unplug(d)
            gone = hw.readRegister(d, VALUE); hw.writeRegister(d, VALUE, 4)
            again = hw.readRegister(d, VALUE); raw = hw.register(d, VALUE); hw.dma(d, write, m)
            hw.dma(d, read, m); seen = hw.finish(d); memory = hw.peek(g, 0); task.sleep(1)
            n = irq.handled(l); calm = hw.records()`,
        },
      }),
      program('at-work', {
        world: { time: 'free' },
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g); l = irq.device(d)
          hw.dma(d, write, m, 2)`,
        tasks: { A: 'hw.unplug(d); x = hw.peek(g, 0); hw.finish(d)' },
        teardown: 'task.sleep(60); y = hw.peek(g, 0); n = irq.handled(l)',
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    holds: (run) => {
      if (run.program.name === 'at-work') {
        return resultNamed(run, 'x') === resultNamed(run, 'y') ? null : 'it went on writing';
      }
      return results({
        'at-rest': {
          there: 3,
          gone: ONES,
          again: ONES,
          raw: 3,
          seen: 'abort,abort,ONES',
          memory: 'ZERO',
          n: 0,
          calm: '',
        },
      })(run);
    },
    ...exactly({
      'at-work': ['A:,ZERO,', 'A:,ZERO,abort', 'A:,d v1 f0 l0,'],
    }),
    forbids: ['deadlock'],
    witness: { early: reached((run) => run.outcome === 'A:,ZERO,') },
    faults: [
      'hw-mem-008-registers-stay',
      'hw-mem-008-writes-land',
      'hw-mem-008-goes-on',
      'hw-mem-008-interrupts',
    ],
  }),
];
