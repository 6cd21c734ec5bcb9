import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { wordOf } from '../../../impl/hw/words.ts';
import { CopyBench, CopyBuffer } from '../copy-bench.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations } from '../operation.ts';

/** Stands for "never" where a number is asked for. */
const NEVER: number = -1;

function benchOf(environment: Environment, args: Arguments): CopyBench {
  return environment.find(args.text('dma'), CopyBench);
}

function bufferOf(environment: Environment, args: Arguments, name = 'buffer'): CopyBuffer {
  return environment.find(args.text(name), CopyBuffer);
}

/** An engine that copies: its registers, its driver, memory, and another device's memory. */
defineOperations([
  {
    // The time-out is in jiffies, -1 for never.
    name: 'dma.create',
    parameters: ['timeout', 'isShared', 'isHostAllowed', 'waitsForPeers', 'isQuiet', 'isRelayed'],
    *run(environment, args, out) {
      const timeout = args.number('timeout', 30);
      const bench = new CopyBench(environment.stack, timeout === NEVER ? Infinity : timeout, {
        isShared: args.boolean('isShared', true),
        isHostAllowed: args.boolean('isHostAllowed', false),
        isQuiet: args.boolean('isQuiet', false),
        isRelayed: args.boolean('isRelayed', false),
      });
      bench.hardware.bus.waitsForPeers = args.boolean('waitsForPeers', true);
      yield* bench.driver.probe();
      environment.bind(out, bench);
      environment.own(bench, () => bench.remove());
      return null;
    },
  },
  {
    // A page with a drawing in its first lines; true if the engine has a way to it.
    name: 'dma.buffer',
    parameters: ['dma', 'version', 'lines', 'zone'],
    *run(environment, args, out) {
      const bench = benchOf(environment, args);
      const zone = args.text('zone', 'system') === 'vram' ? 'vram' : 'system';
      const buffer = yield* bench.addBuffer(zone);
      if (buffer === null) return false;
      yield* bench.draw(buffer, args.number('version', 0), args.number('lines', 0));
      environment.bind(out, buffer);
      return true;
    },
  },
  {
    name: 'dma.unmap',
    parameters: ['dma', 'buffer'],
    *run(environment, args) {
      yield* benchOf(environment, args).unmap(bufferOf(environment, args));
      return null;
    },
  },
  {
    name: 'dma.get',
    parameters: ['dma', 'register'],
    *run(environment, args) {
      return yield* benchOf(environment, args).hardware.mmio.read(args.text('register'));
    },
  },
  {
    // A register is written: with a number, or with the address of a buffer.
    name: 'dma.set',
    parameters: ['dma', 'register', 'value', 'buffer'],
    *run(environment, args) {
      const { mmio } = benchOf(environment, args).hardware;
      const value = args.has('buffer')
        ? bufferOf(environment, args).address
        : args.number('value', 0);
      yield* mmio.write(args.text('register'), value);
      return null;
    },
  },
  {
    // The driver copies; the fence tells when that is done.
    name: 'dma.copy',
    parameters: ['dma', 'from', 'to', 'lines'],
    *run(environment, args, out) {
      const fence = yield* benchOf(environment, args).driver.copy({
        from: bufferOf(environment, args, 'from').address,
        to: bufferOf(environment, args, 'to').address,
        lines: args.number('lines'),
      });
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
  {
    // The driver takes a copy back.
    name: 'dma.cancel',
    parameters: ['dma', 'fence'],
    *run(environment, args) {
      const { driver } = benchOf(environment, args);
      return yield* driver.cancel(environment.fence(args.text('fence')));
    },
  },
  {
    // The driver looks at the engine, without an interrupt.
    name: 'dma.poll',
    parameters: ['dma'],
    *run(environment, args) {
      yield* benchOf(environment, args).driver.handle();
      return null;
    },
  },
  {
    // What memory holds, as words; a number if it is one.
    name: 'dma.look',
    parameters: ['dma', 'buffer', 'line'],
    *run(environment, args) {
      const { platform } = benchOf(environment, args);
      const token = yield* bufferOf(environment, args).cpu.read(args.number('line', 0));
      return wordOf(token) === 0 ? platform.oracle.text(token) : wordOf(token);
    },
  },
  {
    // Software switches the device with VRAM off.
    name: 'dma.powerOff',
    parameters: ['dma'],
    *run(environment, args) {
      benchOf(environment, args).peers.powerOff('vram');
      return null;
    },
  },
  {
    // The device with VRAM is pulled out, or the engine itself.
    name: 'dma.unplug',
    parameters: ['dma', 'isPeer'],
    *run(environment, args) {
      const { peers, hardware } = benchOf(environment, args);
      if (args.boolean('isPeer', false)) peers.unplug('vram');
      else hardware.unplug();
      return null;
    },
  },
  {
    name: 'dma.records',
    parameters: ['dma'],
    *run(environment, args) {
      const { records } = benchOf(environment, args).platform.oracle;
      return records.map(({ kind }) => kind).join(' ');
    },
  },
]);
