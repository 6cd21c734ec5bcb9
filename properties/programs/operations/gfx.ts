import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { GPU_DRIVER_DEFAULTS } from '../../../impl/drm/gpu/gpu-driver.ts';
import { wordOf, wordToken } from '../../../impl/hw/words.ts';
import { PAGE_BYTES } from '../../../impl/hw/platform-options.ts';
import type { Environment } from '../environment.ts';
import { BenchBuffer, GpuBench } from '../gpu-bench.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { machineOf, pageOf } from './disp.ts';

/** Stands for "never" where a number is asked for. */
const NEVER: number = -1;

function benchOf(environment: Environment, args: Arguments): GpuBench {
  return environment.find(args.text('gpu'), GpuBench);
}

function bufferOf(environment: Environment, args: Arguments, name = 'buffer'): BenchBuffer {
  return environment.find(args.text(name), BenchBuffer);
}

function jiffies(args: Arguments, name: string, otherwise: number): number {
  const number = args.number(name, otherwise);
  return number === NEVER ? Infinity : number;
}

/** The machine: a graphics device, buffers, time. */
defineOperations([
  {
    // A device with power and a driver; its time-outs are in jiffies, -1 for never.
    name: 'gfx.create',
    // `at`: in the machine of another device.
    parameters: [
      'timeout',
      'fallback',
      'seq',
      'latency',
      'isDoorbellSure',
      'at',
      'isLossy',
      'isQuiet',
    ],
    *run(environment, args, out) {
      const options = {
        timeoutJiffies: jiffies(args, 'timeout', GPU_DRIVER_DEFAULTS.timeoutJiffies),
        fallbackJiffies: jiffies(args, 'fallback', GPU_DRIVER_DEFAULTS.fallbackJiffies),
        seq: args.number('seq', 0) >>> 0,
      };
      const platform = machineOf(environment, args);
      const joins = platform === null ? null : { platform, name: out ?? 'gpu' };
      const bench = new GpuBench(environment.stack, options, {
        joins,
        interruptNs: args.number('latency', 1000),
        isDoorbellSure: args.boolean('isDoorbellSure', false),
        isLossy: args.boolean('isLossy', false),
        isQuiet: args.boolean('isQuiet', false),
      });
      const result = yield* bench.driver.probe();
      environment.bind(out, bench);
      environment.own(bench, () => bench.remove(), joins !== null);
      return result;
    },
  },
  {
    // A page of memory; context 0 can write it.
    name: 'gfx.buffer',
    parameters: ['gpu'],
    *run(environment, args, out) {
      environment.bind(out, yield* benchOf(environment, args).addBuffer());
      return null;
    },
  },
  {
    // A page that another device of the machine uses, too.
    name: 'gfx.share',
    parameters: ['gpu', 'buffer'],
    *run(environment, args, out) {
      const { cpu } = pageOf(environment, args.text('buffer'));
      environment.bind(out, yield* benchOf(environment, args).share(cpu));
      return null;
    },
  },
  {
    // The program needs a buffer no longer; jobs of the device may.
    name: 'gfx.free',
    parameters: ['gpu', 'buffer'],
    *run(environment, args) {
      yield* benchOf(environment, args).freeBuffer(bufferOf(environment, args));
      return null;
    },
  },
  {
    // No interrupt is taken, or they are again.
    name: 'gfx.listen',
    parameters: ['gpu', 'isOn'],
    *run(environment, args) {
      const { driver } = benchOf(environment, args);
      yield* args.boolean('isOn') ? driver.listen() : driver.quiet();
      return null;
    },
  },
  {
    // A context sees a buffer, or another one in its place.
    name: 'gfx.show',
    parameters: ['buffer', 'context', 'canWrite', 'as'],
    *run(environment, args) {
      const buffer = bufferOf(environment, args);
      const context = args.number('context');
      const canWrite = args.boolean('canWrite', true);
      if (!args.has('as')) {
        buffer.show(context, canWrite);
        return null;
      }
      const { iova } = buffer.dma;
      const { address } = bufferOf(environment, args, 'as');
      buffer.bench.hardware.spaces.set(context, address, { kind: 'bus', iova, canWrite });
      return null;
    },
  },
  {
    name: 'gfx.hide',
    parameters: ['buffer', 'context'],
    *run(environment, args) {
      bufferOf(environment, args).hide(args.number('context'));
      return null;
    },
  },
  {
    // What memory holds, as words; a number if it is one.
    name: 'gfx.look',
    parameters: ['buffer', 'line'],
    *run(environment, args) {
      const buffer = bufferOf(environment, args);
      const token = yield* buffer.cpu.read(args.number('line', 0));
      return wordOf(token) === 0 ? buffer.bench.platform.oracle.text(token) : wordOf(token);
    },
  },
  {
    // A processor writes a number into a line.
    name: 'gfx.store',
    parameters: ['buffer', 'line', 'value'],
    *run(environment, args) {
      const { cpu } = bufferOf(environment, args);
      yield* cpu.write(args.number('line', 0), wordToken(args.number('value')));
      return null;
    },
  },
  {
    // Lets time pass. Unit: nanoseconds.
    name: 'gfx.sleep',
    parameters: ['ns'],
    *run(environment, args) {
      const { clock } = environment.stack.world;
      yield* clock.waitUntil(clock.valueNs + args.number('ns'));
      return null;
    },
  },
  {
    // What the oracle has noted, in order.
    name: 'gfx.records',
    parameters: ['gpu'],
    *run(environment, args) {
      const { records } = benchOf(environment, args).platform.oracle;
      return records.map(({ kind }) => kind).join(' ');
    },
  },
]);

/** Registers, power, and what lies in slots. */
defineOperations([
  {
    name: 'gfx.get',
    parameters: ['gpu', 'register'],
    *run(environment, args) {
      return yield* benchOf(environment, args).hardware.mmio.read(args.text('register'));
    },
  },
  {
    name: 'gfx.set',
    parameters: ['gpu', 'register', 'value'],
    *run(environment, args) {
      const { mmio } = benchOf(environment, args).hardware;
      yield* mmio.write(args.text('register'), args.number('value'));
      return null;
    },
  },
  {
    name: 'gfx.power',
    parameters: ['gpu', 'isOn'],
    *run(environment, args) {
      const { gpu } = benchOf(environment, args).hardware;
      if (args.boolean('isOn')) gpu.powerOn();
      else gpu.powerOff();
      return null;
    },
  },
  {
    name: 'gfx.unplug',
    parameters: ['gpu'],
    *run(environment, args) {
      benchOf(environment, args).hardware.unplug();
      return null;
    },
  },
  {
    // Writes the draft into the ring from a slot on, without the driver; it may be left in the cache.
    name: 'gfx.put',
    parameters: ['gpu', 'slot', 'isVisible'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      const { ring } = bench.driver;
      let slot = args.number('slot', 0);
      for (const command of bench.takeDraft()) {
        yield* ring.slots.write(slot, bench.hardware.bus.tokenFor(command));
        slot += 1;
      }
      if (args.boolean('isVisible', true)) yield* bench.platform.mapper.syncForDevice(ring.mapping);
      return null;
    },
  },
  {
    // A line of a buffer that holds no command is none, and so is a slot.
    name: 'gfx.putIn',
    parameters: ['gpu', 'buffer'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      const { cpu } = bufferOf(environment, args);
      for (const [line, command] of bench.takeDraft().entries()) {
        yield* cpu.write(line, bench.hardware.bus.tokenFor(command));
      }
      return null;
    },
  },
  {
    // An interrupt that the device has not asked for.
    name: 'gfx.spurious',
    parameters: ['gpu'],
    *run(environment, args) {
      benchOf(environment, args).hardware.bus.interrupt.injectSpurious();
      return null;
    },
  },
  {
    // How often the interrupt was delivered.
    name: 'gfx.deliveries',
    parameters: ['gpu'],
    *run(environment, args) {
      return benchOf(environment, args).hardware.bus.interrupt.deliveries.get();
    },
  },
  {
    // The last number that the engine has written.
    name: 'gfx.seq',
    parameters: ['gpu'],
    *run(environment, args) {
      return yield* benchOf(environment, args).driver.readSeq();
    },
  },
]);

/** Commands for the draft, and what is done with it. */
defineOperations([
  {
    name: 'gfx.write',
    parameters: ['gpu', 'buffer', 'lines', 'version'],
    *run(environment, args) {
      const to = bufferOf(environment, args).address;
      const [lines, version] = [args.number('lines'), args.number('version')];
      benchOf(environment, args).draft.push({ op: 'WRITE', to, lines, version });
      return null;
    },
  },
  {
    name: 'gfx.copy',
    parameters: ['gpu', 'from', 'to', 'lines'],
    *run(environment, args) {
      const from = bufferOf(environment, args, 'from').address;
      const to = bufferOf(environment, args, 'to').address;
      const lines = args.number('lines');
      benchOf(environment, args).draft.push({ op: 'COPY', from, to, lines });
      return null;
    },
  },
  {
    // Waits for a number in line 0 of a buffer.
    name: 'gfx.await',
    parameters: ['gpu', 'buffer', 'value'],
    *run(environment, args) {
      const at = bufferOf(environment, args).dma.iova * PAGE_BYTES;
      const value = args.number('value');
      benchOf(environment, args).draft.push({ op: 'WAIT', at, value });
      return null;
    },
  },
  {
    // Writes a number to line 0 of a buffer, or where the driver looks for it.
    name: 'gfx.fence',
    parameters: ['gpu', 'seq', 'flags', 'buffer'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      const [seq, flags] = [args.number('seq') >>> 0, args.number('flags', 3)];
      const at = args.has('buffer')
        ? bufferOf(environment, args).dma.iova * PAGE_BYTES
        : bench.driver.seqAddress;
      bench.draft.push({ op: 'FENCE', at, seq, flags });
      return null;
    },
  },
  {
    // The commands that lie in a buffer, from line 0 on.
    name: 'gfx.batch',
    parameters: ['gpu', 'buffer', 'count'],
    *run(environment, args) {
      const at = bufferOf(environment, args).address;
      const count = args.number('count');
      benchOf(environment, args).draft.push({ op: 'IB', at, count });
      return null;
    },
  },
  {
    name: 'gfx.context',
    parameters: ['gpu', 'context'],
    *run(environment, args) {
      const context = args.number('context');
      benchOf(environment, args).draft.push({ op: 'CTX', context });
      return null;
    },
  },
  {
    // One of those that need nothing else: NOP, FLUSH, INVALIDATE, HANG.
    name: 'gfx.plain',
    parameters: ['gpu', 'op', 'count'],
    *run(environment, args) {
      const { draft } = benchOf(environment, args);
      const op = args.text('op');
      if (op !== 'NOP' && op !== 'FLUSH' && op !== 'INVALIDATE' && op !== 'HANG') {
        throw new ProgramError(`there is no plain command ${op}`);
      }
      for (let count = args.number('count', 1); count > 0; count -= 1) draft.push({ op });
      return null;
    },
  },
  {
    // The driver does what the draft says, and waits for the end: 0, or an error.
    name: 'gfx.run',
    parameters: ['gpu'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      return yield* bench.driver.run(bench.takeDraft());
    },
  },
  {
    // Hands the draft to the driver.
    name: 'gfx.submit',
    parameters: ['gpu'],
    *run(environment, args, out) {
      const bench = benchOf(environment, args);
      const fence = yield* bench.driver.submit(bench.takeDraft());
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
]);
