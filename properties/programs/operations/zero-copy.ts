import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { CameraDevice } from '../../../impl/hw/camera/camera-device.ts';
import { CodecDevice } from '../../../impl/hw/codec/codec-device.ts';
import type { Platform } from '../../../impl/hw/platform.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { V4L2_BUF_TYPE_VIDEO_CAPTURE } from '../../../impl/media/video-uapi.ts';
import { DisplayBench } from '../display-bench.ts';
import type { Environment } from '../environment.ts';
import { ImportedFrame } from '../imported-frame.ts';
import { MistakePlan } from '../mistake-plan.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { descriptorArgument } from '../user-space.ts';
import { VideoBench, type VideoParts } from '../video-bench.ts';
import { machineOf } from './disp.ts';

function platformOf(environment: Environment, args: Arguments): Platform {
  const platform = machineOf(environment, args);
  if (platform === null) throw new ProgramError('`at` has to say in which machine');
  return platform;
}

/** The name stands for the device node, as `vb2.*` and `video.*` want it. */
function bind(environment: Environment, out: string | null, parts: Omit<VideoParts, 'plan'>): void {
  const bench = new VideoBench({ ...parts, plan: new MistakePlan() });
  environment.bind(out, parts.video);
  if (out !== null) environment.bind(`${out}.bench`, bench);
  environment.own(bench, () => bench.remove(), true);
}

/** Devices in the machine of another one; each name stands for its node. */
defineOperations([
  {
    name: 'zero.camera',
    parameters: ['at', 'lines', 'lineNs', 'periodNs'],
    *run(environment, args, out) {
      const { devices } = environment.stack.types;
      const lines = args.number('lines', 2);
      const hardware = new CameraDevice(platformOf(environment, args), devices, {
        lines,
        lineTokens: 1,
        lineNs: args.number('lineNs'),
        periodNs: args.number('periodNs'),
      });
      const driver = new devices.CameraDriver(environment.stack, hardware);
      yield* driver.probe();
      bind(environment, out, {
        device: hardware.device,
        mmio: hardware.mmio,
        interrupt: hardware.bus.interrupt,
        video: driver.video,
        layout: { pages: 1, linesPerPage: lines },
        remove: () => driver.remove(),
        *unplug() {
          hardware.unplug();
          yield* driver.disconnect();
        },
      });
      return null;
    },
  },
  {
    name: 'zero.codec',
    parameters: ['at', 'lines'],
    *run(environment, args, out) {
      const { devices } = environment.stack.types;
      const linesPerPage = args.number('lines', 2);
      const hardware = new CodecDevice(platformOf(environment, args), devices, { linesPerPage });
      const driver = new devices.CodecDriver(environment.stack, hardware, {
        pages: 1,
        references: 0,
      });
      yield* driver.probe();
      bind(environment, out, {
        device: hardware.device,
        mmio: hardware.mmio,
        interrupt: hardware.bus.interrupt,
        video: driver.video,
        layout: { pages: 1, linesPerPage },
        remove: () => driver.remove(),
        *unplug() {
          hardware.unplug();
          yield* driver.disconnect();
        },
      });
      return null;
    },
  },
]);

/** Buffers of video devices, and who else uses them where they are. */
defineOperations([
  {
    // The screen can show it.
    name: 'zero.importShown',
    parameters: ['display', 'fd'],
    *run(environment, args, out): KernelTask<Result> {
      const { stack } = environment;
      const { hardware } = environment.find(args.text('display'), DisplayBench);
      const buffer = yield* stack.buffers.get(descriptorArgument(environment, args));
      if (typeof buffer === 'number') return buffer;
      const frame = yield* ImportedFrame.import(stack, hardware.device, buffer);
      environment.bind(out, frame);
      environment.own(frame, () => frame.release(), true);
      return null;
    },
  },
  {
    // A capture buffer, as a process has mapped it: with a cache.
    name: 'zero.map',
    parameters: ['device', 'index'],
    *run(environment, args, out) {
      const bench = environment.find(`${args.text('device')}.bench`, VideoBench);
      const { buffers } = bench.parts.video.queueOf(V4L2_BUF_TYPE_VIDEO_CAPTURE);
      const buffer = buffers.value[args.number('index')];
      if (buffer === undefined) throw new ProgramError('there is no such buffer');
      const { CpuMapping: Mapping } = bench.platform.types;
      const mapping = new Mapping(bench.platform, bench.pagesOf(buffer), 'cached');
      mapping.isStatic = true;
      environment.bind(out, mapping);
      return null;
    },
  },
  {
    // Shows an imported buffer; the fence tells when it is there.
    name: 'zero.flip',
    parameters: ['display', 'frame'],
    *run(environment, args, out) {
      const { driver } = environment.find(args.text('display'), DisplayBench);
      const { busAddress } = environment.find(args.text('frame'), ImportedFrame);
      const fence = yield* driver.flip(busAddress);
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
]);
