import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { CRTC_ENABLE, PLANE_ON, shadowOf } from '../../../impl/hw/display/display-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { DisplayBench } from '../display-bench.ts';
import type { Environment } from '../environment.ts';
import { GpuBench } from '../gpu-bench.ts';
import { type Arguments, defineOperations } from '../operation.ts';
import { SharedFrame } from '../shared-frame.ts';
import { descriptorArgument } from '../user-space.ts';

function screenOf(environment: Environment, args: Arguments): DisplayBench {
  return environment.find(args.text('display'), DisplayBench);
}

function frameOf(environment: Environment, args: Arguments): SharedFrame {
  return environment.find(args.text('frame'), SharedFrame);
}

/** What has to be over before frames are shown: said by the program, or by the first frame itself. */
function* inFenceOf(
  environment: Environment,
  args: Arguments,
  { resv }: SharedFrame,
): KernelTask<DmaFence | number | null> {
  if (args.has('fence')) {
    const fence = environment.fence(args.text('fence'));
    yield* fence.get();
    return fence;
  }
  const { stack } = environment;
  if (args.has('fd')) return yield* stack.syncFiles.getFence(descriptorArgument(environment, args));
  if (!args.boolean('implicit', false)) return null;
  return yield* new stack.types.devices.FrameSync(stack).drawnBy(resv);
}

/** An engine that draws and a screen that shows, in one machine. */
defineOperations([
  {
    // A screen in the machine of a graphics device.
    name: 'pipe.screen',
    parameters: ['gpu', 'lines', 'blankLines', 'lineTokens', 'planes', 'hasGo'],
    *run(environment, args, out) {
      const { platform } = environment.find(args.text('gpu'), GpuBench);
      const options = {
        lines: args.number('lines', 2),
        blankLines: args.number('blankLines', 1),
        lineTokens: args.number('lineTokens', 1),
        readAhead: 0,
        planes: args.number('planes', 1),
        hasGo: args.boolean('hasGo', true),
      };
      const bench = new DisplayBench(environment.stack, options, {
        platform,
        name: 'display',
      });
      yield* bench.driver.probe();
      environment.bind(out, bench);
      environment.own(bench, () => bench.remove(), true);
      return null;
    },
  },
  {
    // A page that both of them reach.
    name: 'pipe.frame',
    parameters: ['gpu', 'display'],
    *run(environment, args, out) {
      const gpu = environment.find(args.text('gpu'), GpuBench);
      const drawn = yield* gpu.addBuffer();
      const shown = yield* screenOf(environment, args).share(drawn.cpu);
      const resv = new environment.stack.types.DmaResv(environment.stack);
      environment.own(resv, () => resv.fini());
      environment.bind(out, new SharedFrame(drawn, shown, resv));
      return null;
    },
  },
  {
    // A job draws a frame, which carries the fence of it: half, what was drafted, then all of it.
    name: 'pipe.draw',
    parameters: ['gpu', 'frame', 'number', 'lines'],
    *run(environment, args, out) {
      const { driver, draft } = environment.find(args.text('gpu'), GpuBench);
      const { drawn, resv } = frameOf(environment, args);
      const [version, lines] = [args.number('number'), args.number('lines', 2)];
      const { stack } = environment;
      const half = lines / 2;
      const write = { op: 'WRITE', version } as const;
      const fence = yield* driver.submit([
        { op: 'CTX', context: 0 },
        { ...write, to: drawn.address, lines: half },
        // Half of it can be seen while what the program has drafted goes on.
        ...(draft.length > 0 ? [{ op: 'FLUSH' } as const] : []),
        ...draft.splice(0),
        { ...write, to: drawn.address, lines },
      ]);
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return yield* new stack.types.devices.FrameSync(stack).draws(resv, fence);
    },
  },
  {
    // The screen is switched on, with a frame that is there.
    name: 'pipe.turnOn',
    parameters: ['display', 'frame', 'planes'],
    *run(environment, args) {
      const { mmio } = screenOf(environment, args).hardware;
      for (let plane = 0; plane < args.number('planes', 1); plane += 1) {
        yield* mmio.write(shadowOf(plane, 'ADDR'), frameOf(environment, args).shown.address);
        yield* mmio.write(shadowOf(plane, 'CTL'), PLANE_ON);
      }
      yield* mmio.write(CRTC_ENABLE, 1);
      yield* mmio.read(CRTC_ENABLE);
      return null;
    },
  },
  {
    // A client wants to see a frame: on each of the planes, when what it waits for is over.
    name: 'pipe.commit',
    parameters: ['display', 'frame', 'number', 'fence', 'implicit', 'planes', 'fd'],
    *run(environment, args, out) {
      const frame = frameOf(environment, args);
      const inFence = yield* inFenceOf(environment, args, frame);
      if (typeof inFence === 'number') return inFence;
      const planes = Array.from({ length: args.number('planes', 1) }, () => frame.shown.address);
      const number = args.number('number', -1);
      const { commits } = screenOf(environment, args).driver;
      const fence = yield* commits.accept({
        addresses: planes,
        inFence,
        frame: number < 0 ? null : number,
      });
      if (inFence !== null) yield* inFence.put();
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
  {
    // Frames that were shown on the first plane, without repeats.
    name: 'pipe.shown',
    parameters: ['display'],
    *run(environment, args) {
      const frames = screenOf(environment, args).shown(0).split(' ');
      return frames.filter((frame, at) => frame !== frames[at - 1]).join(' ');
    },
  },
  {
    // A processor draws into a frame, line after line.
    name: 'pipe.paint',
    parameters: ['display', 'frame', 'number'],
    *run(environment, args) {
      const { shown } = frameOf(environment, args);
      yield* screenOf(environment, args).draw(shown, args.number('number'));
      return null;
    },
  },
]);
