import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_READ } from '../../../impl/dma-buf/resv-usage.ts';
import { LINE_BYTES } from '../../../impl/hw/platform-options.ts';
import { CameraDevice } from '../../../impl/hw/camera/camera-device.ts';
import { GpuBench } from '../gpu-bench.ts';
import { ImportedFrame } from '../imported-frame.ts';
import { MistakePlan } from '../mistake-plan.ts';
import { defineOperations } from '../operation.ts';
import { SharedFrame } from '../shared-frame.ts';
import { descriptorArgument } from '../user-space.ts';
import { VideoBench } from '../video-bench.ts';

/** A camera whose frames an engine reads where they are. */
defineOperations([
  {
    // A camera in the machine of a graphics device; the name stands for its node.
    name: 'zero.camera',
    parameters: ['gpu', 'lines', 'lineNs', 'periodNs'],
    *run(environment, args, out) {
      const { platform } = environment.find(args.text('gpu'), GpuBench);
      const { devices } = environment.stack.types;
      const lines = args.number('lines', 2);
      const hardware = new CameraDevice(platform, devices, {
        lines,
        lineTokens: 1,
        lineNs: args.number('lineNs'),
        periodNs: args.number('periodNs'),
      });
      const driver = new devices.CameraDriver(environment.stack, hardware);
      yield* driver.probe();
      const bench = new VideoBench({
        device: hardware.device,
        mmio: hardware.mmio,
        plan: new MistakePlan(),
        interrupt: hardware.bus.interrupt,
        video: driver.video,
        layout: { pages: 1, linesPerPage: lines },
        remove: () => driver.remove(),
        *unplug() {
          hardware.unplug();
          yield* driver.disconnect();
        },
      });
      environment.bind(out, driver.video);
      if (out !== null) environment.bind(`${out}.bench`, bench);
      environment.own(bench, () => bench.remove(), true);
      return null;
    },
  },
  {
    // The engine can read the buffer behind a descriptor, whoever has exported it.
    name: 'zero.import',
    parameters: ['gpu', 'fd'],
    *run(environment, args, out) {
      const bench = environment.find(args.text('gpu'), GpuBench);
      const buffer = yield* environment.stack.buffers.get(descriptorArgument(environment, args));
      if (typeof buffer === 'number') return buffer;
      const frame = yield* ImportedFrame.import(bench, buffer);
      environment.bind(out, frame);
      environment.own(frame, () => frame.release(), true);
      return null;
    },
  },
  {
    // A job reads a buffer into a frame: the first line, then what was drafted, then the others. Both
    // carry the fence of it.
    name: 'zero.convert',
    parameters: ['gpu', 'source', 'frame', 'lines'],
    *run(environment, args, out) {
      const bench = environment.find(args.text('gpu'), GpuBench);
      const { driver } = bench;
      const source = environment.find(args.text('source'), ImportedFrame);
      const { drawn, resv } = environment.find(args.text('frame'), SharedFrame);
      const lines = args.number('lines', 2);
      const fence = yield* driver.submit([
        { op: 'CTX', context: 0 },
        { op: 'COPY', from: source.address, to: drawn.address, lines: 1 },
        ...bench.takeDraft(),
        {
          op: 'COPY',
          from: source.address + LINE_BYTES,
          to: drawn.address + LINE_BYTES,
          lines: lines - 1,
        },
      ]);
      if (!(fence instanceof DmaFence)) return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      const { stack } = environment;
      const { resv: shared } = source.attachment.buffer;
      yield* shared.acquire();
      const error = yield* shared.reserveFences(1);
      if (error === 0) yield* shared.addFence(fence, DMA_RESV_USAGE_READ);
      yield* shared.release();
      if (error !== 0) return error;
      return yield* new stack.types.devices.FrameSync(stack).draws(resv, fence);
    },
  },
]);
