import { CameraDevice } from '../../../impl/hw/camera/camera-device.ts';
import { CodecDevice } from '../../../impl/hw/codec/codec-device.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { CODEC_DRIVER_DEFAULTS } from '../../../impl/media/codec/codec-driver.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import {
  V4L2_BUF_TYPE_VIDEO_CAPTURE,
  V4L2_BUF_TYPE_VIDEO_OUTPUT,
  V4L2_DEC_CMD_STOP,
  VIDIOC_DECODER_CMD,
  VIDIOC_DQBUF,
} from '../../../impl/media/video-uapi.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { descriptorArgument, structureIn, userCalls } from '../user-space.ts';
import { MistakePlan, plannedCamera, plannedCodec } from '../mistake-plan.ts';
import { VideoBench, VideoFrame, type VideoParts, videoPlatform } from '../video-bench.ts';
import { LOOK } from './inspect.ts';
import { bufferText } from './video.ts';

/** Stands for "never" where a number is asked for. */
const NEVER: number = -1;

function benchOf(environment: Environment, args: Arguments): VideoBench {
  return environment.find(`${args.text('device')}.bench`, VideoBench);
}

function frameOf(environment: Environment, args: Arguments): VideoFrame {
  return environment.find(args.text('frame'), VideoFrame);
}

function typeOf(args: Arguments): number {
  const isOutput = args.text('type', 'capture') === 'output';
  return isOutput ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

function bufferAt(bench: VideoBench, type: number, index: number): Vb2Buffer {
  const buffer = bench.parts.video.queueOf(type).buffers.value[index];
  if (buffer === undefined) throw new ProgramError(`there is no buffer ${index}`);
  return buffer;
}

/** The name stands for the device node, as `vb2.*` want it. */
function bind(environment: Environment, out: string | null, parts: VideoParts): void {
  const bench = new VideoBench(parts);
  environment.bind(out, parts.video);
  if (out !== null) environment.bind(`${out}.bench`, bench);
  environment.own(bench, () => bench.remove());
}

function machineOf(environment: Environment, args: Arguments): ReturnType<typeof videoPlatform> {
  return videoPlatform(environment.stack, {
    isQuiet: args.boolean('isQuiet', false),
    interruptNs: args.number('interruptNs', 100),
    dmaRamNs: args.number('dmaNs', 500),
  });
}

function* makeCamera(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const { devices } = stack.types;
  const lines = args.number('lines', 2);
  const lineTokens = args.number('lineTokens', 1);
  const plan = new MistakePlan();
  const types = { ...devices, Camera: plannedCamera(devices.Camera, plan) };
  const hardware = new CameraDevice(machineOf(environment, args), types, {
    lines,
    lineTokens,
    lineNs: args.number('lineNs', 1_000_000),
    periodNs: args.number('periodNs', 4_000_000),
  });
  const driver = new devices.CameraDriver(stack, hardware);
  if (args.boolean('probe', true)) yield* driver.probe();
  bind(environment, out, {
    device: hardware.device,
    mmio: hardware.mmio,
    plan,
    interrupt: hardware.bus.interrupt,
    video: driver.video,
    layout: { pages: 1, linesPerPage: lines * lineTokens },
    remove: () => driver.remove(),
    *unplug() {
      hardware.unplug();
      yield* driver.disconnect();
    },
  });
  return null;
}

function* makeCodec(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const { devices } = stack.types;
  const pages = args.number('pages', 1);
  const linesPerPage = args.number('lines', 2);
  const pageNs = args.number('pageNs', 200_000);
  const plan = new MistakePlan();
  const types = { ...devices, Codec: plannedCodec(devices.Codec, plan) };
  const hardware = new CodecDevice(machineOf(environment, args), types, { linesPerPage, pageNs });
  const watchdog = args.number('watchdog', CODEC_DRIVER_DEFAULTS.watchdogJiffies);
  const driver = new devices.CodecDriver(stack, hardware, {
    pages,
    references: args.number('references', 0),
    reorderDepth: args.number('depth', 0),
    watchdogJiffies: watchdog === NEVER ? Infinity : watchdog,
  });
  if (args.boolean('probe', true)) yield* driver.probe();
  bind(environment, out, {
    device: hardware.device,
    mmio: hardware.mmio,
    plan,
    interrupt: hardware.bus.interrupt,
    video: driver.video,
    layout: { pages, linesPerPage },
    remove: () => driver.remove(),
    *unplug() {
      hardware.unplug();
      yield* driver.disconnect();
    },
  });
  return null;
}

/** Takes a buffer from a queue, and says what is in it. */
function* takeNext(environment: Environment, args: Arguments): KernelTask<Result> {
  const bench = benchOf(environment, args);
  const type = typeOf(args);
  const argument = structureIn('ok', { type });
  const fd = descriptorArgument(environment, args);
  const result = yield* userCalls(environment).files.ioctl(fd, VIDIOC_DQBUF, argument);
  if (result < 0) return result;
  const text = bufferText(argument);
  if (type === V4L2_BUF_TYPE_VIDEO_OUTPUT) return text;
  yield LOOK;
  const buffer = bufferAt(bench, type, numberField(argument, 'index'));
  const sequence = numberField(argument, 'sequence');
  const isEmpty = buffer.planes[0]?.bytesUsed.value === 0;
  return `${text} #${sequence} ${isEmpty ? '-' : bench.shown(bench.pagesOf(buffer))}`;
}

/** Cameras and codecs: registers, drivers, frames. What `vb2.*` does goes for them, too. */
defineOperations([
  {
    name: 'cam.create',
    parameters: [
      ...['lines', 'lineTokens', 'lineNs', 'periodNs'],
      ...['interruptNs', 'dmaNs', 'isQuiet', 'probe'],
    ],
    run: makeCamera,
  },
  {
    // `depth`: pictures that are kept back; the watchdog is in jiffies, -1 for none.
    name: 'codec.create',
    parameters: [
      ...['pages', 'lines', 'references', 'depth', 'watchdog', 'pageNs'],
      ...['interruptNs', 'dmaNs', 'isQuiet', 'probe'],
    ],
    run: makeCodec,
  },
  {
    name: 'video.get',
    parameters: ['device', 'register'],
    *run(environment, args) {
      return yield* benchOf(environment, args).parts.mmio.read(args.text('register'));
    },
  },
  {
    // A register is written: with a number, or with the address of a frame, or of a page of it.
    name: 'video.set',
    parameters: ['device', 'register', 'value', 'frame'],
    *run(environment, args) {
      const { mmio } = benchOf(environment, args).parts;
      const value = args.number('value', 0);
      const base = args.has('frame') ? frameOf(environment, args).address : 0;
      yield* mmio.write(args.text('register'), base + value);
      return null;
    },
  },
  {
    // Memory that the device can reach, with a drawing in it.
    name: 'video.frame',
    parameters: ['device', 'number'],
    *run(environment, args, out) {
      const bench = benchOf(environment, args);
      const frame = yield* bench.addFrame();
      if (args.has('number')) bench.draw(frame.cpu.pages, args.number('number'));
      environment.bind(out, frame);
      return null;
    },
  },
  {
    name: 'video.unmap',
    parameters: ['device', 'frame'],
    *run(environment, args) {
      yield* benchOf(environment, args).unmap(frameOf(environment, args));
      return null;
    },
  },
  {
    // Which frame each line of memory is of.
    name: 'video.show',
    parameters: ['device', 'frame'],
    *run(environment, args) {
      yield LOOK;
      return benchOf(environment, args).shown(frameOf(environment, args).cpu.pages);
    },
  },
  {
    // The client draws into a frame of its own, whoever else uses it.
    name: 'video.redraw',
    parameters: ['device', 'frame', 'number'],
    *run(environment, args) {
      yield LOOK;
      const { pages } = frameOf(environment, args).cpu;
      benchOf(environment, args).draw(pages, args.number('number'));
      return null;
    },
  },
  {
    // The client draws into a buffer of a queue.
    name: 'video.draw',
    parameters: ['device', 'index', 'number', 'type'],
    *run(environment, args) {
      yield LOOK;
      const bench = benchOf(environment, args);
      const buffer = bufferAt(bench, typeOf(args), args.number('index'));
      bench.draw(bench.pagesOf(buffer), args.number('number'));
      return null;
    },
  },
  {
    // `0 done #3 3.3`: the next buffer, the number of its frame, and what each line is of; `-`: none.
    name: 'video.next',
    parameters: ['device', 'fd', 'type'],
    run: takeNext,
  },
  {
    // No more sources come.
    name: 'codec.stop',
    parameters: ['fd', 'command'],
    *run(environment, args) {
      const argument = structureIn('ok', {
        type: V4L2_BUF_TYPE_VIDEO_OUTPUT,
        command: args.number('command', V4L2_DEC_CMD_STOP),
      });
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).files.ioctl(fd, VIDIOC_DECODER_CMD, argument);
    },
  },
  {
    // The device does a step in this state wrong, in one of the ways that there are.
    name: 'video.plan',
    parameters: ['device', 'state', 'way', 'skips'],
    *run(environment, args) {
      benchOf(environment, args).parts.plan.make({
        state: args.text('state'),
        way: args.number('way', 1),
        skips: args.number('skips', 0),
      });
      return null;
    },
  },
  {
    name: 'video.mask',
    parameters: ['device'],
    *run(environment, args) {
      yield* benchOf(environment, args).parts.interrupt.mask();
      return null;
    },
  },
  {
    name: 'video.unmask',
    parameters: ['device'],
    *run(environment, args) {
      yield* benchOf(environment, args).parts.interrupt.unmask();
      return null;
    },
  },
  {
    name: 'video.unplug',
    parameters: ['device'],
    *run(environment, args) {
      yield* benchOf(environment, args).parts.unplug();
      return null;
    },
  },
  {
    name: 'video.records',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const { records } = benchOf(environment, args).platform.oracle;
      return records.map(({ kind }) => kind).join(' ');
    },
  },
]);
