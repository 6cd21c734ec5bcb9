import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { CRTC_DEFAULTS } from '../../../impl/hw/display/crtc-options.ts';
import { shadowOf } from '../../../impl/hw/display/display-registers.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import { CardBench } from '../card-bench.ts';
import { DisplayBench, FrameBuffer } from '../display-bench.ts';
import { BenchBuffer, GpuBench } from '../gpu-bench.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

function benchOf(environment: Environment, args: Arguments): DisplayBench {
  return environment.find(args.text('display'), DisplayBench);
}

/** The machine of the device that `at` names. */
export function machineOf(environment: Environment, args: Arguments): Platform | null {
  if (!args.has('at')) return null;
  const bench = environment.value(args.text('at'));
  if (bench instanceof Platform) return bench;
  if (bench instanceof DisplayBench || bench instanceof GpuBench || bench instanceof CardBench) {
    return bench.platform;
  }
  throw new ProgramError(`${args.text('at')} is no device of a machine`);
}

/** A page that a device of the machine uses. */
export function pageOf(environment: Environment, name: string): FrameBuffer | BenchBuffer {
  const buffer = environment.value(name);
  if (buffer instanceof FrameBuffer || buffer instanceof BenchBuffer) return buffer;
  throw new ProgramError(`${name} is no page of a machine`);
}

function bufferOf(environment: Environment, args: Arguments): FrameBuffer {
  return environment.find(args.text('buffer'), FrameBuffer);
}

/** A screen: its registers, frames in memory, and what it has shown. */
defineOperations([
  {
    // Two lines of one memory line each and one blank line, unless it says otherwise.
    name: 'disp.create',
    // `at`: in the machine of another device.
    parameters: [
      'lines',
      'blankLines',
      'lineTokens',
      'readAhead',
      'planes',
      'hasGo',
      'lineNs',
      'at',
      'isQuiet',
    ],
    *run(environment, args, out) {
      const machine = machineOf(environment, args);
      const isQuiet = args.boolean('isQuiet', false);
      const options = {
        lines: args.number('lines', 2),
        blankLines: args.number('blankLines', 1),
        lineTokens: args.number('lineTokens', 1),
        readAhead: args.number('readAhead', 0),
        planes: args.number('planes', 1),
        hasGo: args.boolean('hasGo', true),
        lineNs: args.number('lineNs', CRTC_DEFAULTS.lineNs),
      };
      const joins = machine === null ? null : { platform: machine, name: out ?? 'display' };
      const bench = new DisplayBench(environment.stack, options, joins, isQuiet);
      yield* bench.driver.probe();
      environment.bind(out, bench);
      environment.own(bench, () => bench.remove(), joins !== null);
      return null;
    },
  },
  {
    // A frame in a page that another device of the machine uses.
    name: 'disp.share',
    parameters: ['display', 'buffer'],
    *run(environment, args, out) {
      const { cpu } = pageOf(environment, args.text('buffer'));
      environment.bind(out, yield* benchOf(environment, args).share(cpu));
      return null;
    },
  },
  {
    // A page of memory with a drawing in it.
    name: 'disp.buffer',
    parameters: ['display', 'version'],
    *run(environment, args, out) {
      const bench = benchOf(environment, args);
      const buffer = yield* bench.addBuffer();
      yield* bench.draw(buffer, args.number('version'));
      environment.bind(out, buffer);
      return null;
    },
  },
  {
    name: 'disp.draw',
    parameters: ['display', 'buffer', 'version'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      yield* bench.draw(bufferOf(environment, args), args.number('version'));
      return null;
    },
  },
  {
    name: 'disp.unmap',
    parameters: ['display', 'buffer'],
    *run(environment, args) {
      yield* benchOf(environment, args).unmap(bufferOf(environment, args));
      return null;
    },
  },
  {
    // What a plane will show, when registers are taken over.
    name: 'disp.plane',
    parameters: ['display', 'buffer', 'plane'],
    *run(environment, args) {
      const { mmio } = benchOf(environment, args).hardware;
      const plane = args.number('plane', 0);
      yield* mmio.write(shadowOf(plane, 'ADDR'), bufferOf(environment, args).address);
      yield* mmio.write(shadowOf(plane, 'CTL'), 1);
      return null;
    },
  },
  {
    name: 'disp.get',
    parameters: ['display', 'register'],
    *run(environment, args) {
      return yield* benchOf(environment, args).hardware.mmio.read(args.text('register'));
    },
  },
  {
    name: 'disp.set',
    parameters: ['display', 'register', 'value'],
    *run(environment, args) {
      const { mmio } = benchOf(environment, args).hardware;
      yield* mmio.write(args.text('register'), args.number('value'));
      return null;
    },
  },
  {
    // Lets so many line times pass.
    name: 'disp.sleep',
    parameters: ['display', 'lines'],
    *run(environment, args) {
      const { clock } = environment.stack.world;
      const { crtc } = benchOf(environment, args).hardware;
      const ns = args.number('lines') * crtc.options.lineNs;
      yield* clock.waitUntil(clock.valueNs + ns);
      return null;
    },
  },
  {
    // The driver shows a frame; the fence tells when it is there.
    // With a fence it is a commit, which waits for that first.
    name: 'disp.flip',
    parameters: ['display', 'buffer', 'fence'],
    *run(environment, args, out) {
      const { driver } = benchOf(environment, args);
      const { address } = bufferOf(environment, args);
      const inFence = args.has('fence') ? environment.fence(args.text('fence')) : null;
      const fence =
        inFence === null
          ? yield* driver.flip(address)
          : yield* driver.commits.accept({ addresses: [address], inFence, frame: null });
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
  {
    name: 'disp.spurious',
    parameters: ['display'],
    *run(environment, args) {
      benchOf(environment, args).hardware.bus.interrupt.injectSpurious();
      return null;
    },
  },
  {
    name: 'disp.unplug',
    parameters: ['display'],
    *run(environment, args) {
      benchOf(environment, args).hardware.unplug();
      return null;
    },
  },
  {
    // Frames that were shown: the drawing of each line.
    name: 'disp.shown',
    parameters: ['display', 'plane'],
    *run(environment, args) {
      return benchOf(environment, args).shown(args.number('plane', 0));
    },
  },
  {
    name: 'disp.records',
    parameters: ['display'],
    *run(environment, args) {
      const { records } = benchOf(environment, args).platform.oracle;
      return records.map(({ kind }) => kind).join(' ');
    },
  },
]);
