import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import type { Vb2Queue } from '../../../impl/media/vb2-queue.ts';
import { VideoDevice } from '../../../impl/media/video-device.ts';
import {
  V4L2_BUF_TYPE_VIDEO_CAPTURE,
  V4L2_BUF_TYPE_VIDEO_OUTPUT,
} from '../../../impl/media/video-uapi.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { VideoBackend } from '../video-backend.ts';
import { LOOK } from './inspect.ts';

const PAGE = 4096;
const BUFFERS = 32;

function deviceOf(environment: Environment, args: Arguments): VideoDevice {
  return environment.find(args.text('device'), VideoDevice);
}

function queueOf(environment: Environment, args: Arguments): Vb2Queue {
  return deviceOf(environment, args).queueOf(V4L2_BUF_TYPE_VIDEO_CAPTURE);
}

function backendOf(environment: Environment, args: Arguments): VideoBackend {
  return environment.find(`${args.text('device')}.backend`, VideoBackend);
}

function bufferOf(environment: Environment, args: Arguments): Vb2Buffer {
  const buffer = queueOf(environment, args).buffers.value[args.number('index')];
  if (buffer === undefined) throw new ProgramError(`there is no buffer ${args.number('index')}`);
  return buffer;
}

/** A device, its hardware and a driver for it. */
function* makeDevice(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const { Vb2DmaContig, Vb2DmaSg, Vb2Vmalloc } = stack.types;
  const allocators = { contig: Vb2DmaContig, sg: Vb2DmaSg, vmalloc: Vb2Vmalloc };
  const kind = args.text('kind', 'contig');
  if (!Object.hasOwn(allocators, kind)) throw new ProgramError(`no memory is ${kind}`);
  const Allocator = allocators[kind as keyof typeof allocators]; // just checked
  const size = args.number('size', PAGE);
  const backend = new VideoBackend(stack, {
    planeSizes: Array.from({ length: args.number('planes', 1) }, () => size),
    isSplit: args.boolean('split', false),
    buffersMax: args.number('buffersMax', BUFFERS),
    isGreedy: args.boolean('greedy', false),
  });
  const isOutput = args.boolean('output', false);
  const device = new VideoDevice(stack, 'video', [
    {
      type: isOutput ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE,
      ops: backend,
      memOps: new Allocator(stack),
      queuedMin: args.number('queuedMin', 0),
      allocatedMin: args.number('allocatedMin', 0),
    },
  ]);
  environment.bind(out, device);
  if (out !== null) environment.bind(`${out}.backend`, backend);
  return null;
}

/** What the hardware does before it says that it is done. */
function* fill(args: Arguments, buffer: Vb2Buffer): KernelTask<void> {
  buffer.isLast.set(args.boolean('last', false));
  const plane = buffer.planes[0];
  if (plane === undefined || !args.has('byte')) return;
  const byte = args.number('byte');
  const mapping = plane.imported?.mapping.get() ?? null;
  if (mapping !== null) yield* mapping.writeByte(0, byte);
  const table = plane.own?.table ?? plane.imported?.table.get() ?? null;
  const pages = table?.segments[0]?.pages;
  if (pages !== undefined) yield* pages.writeByte(0, byte);
  plane.bytesUsed.set(args.number('used', 1));
}

/** Hardware behind a video queue, as programs command it, and a look at it. */
defineOperations([
  {
    name: 'vb2.device',
    parameters: [
      ...['kind', 'planes', 'size', 'queuedMin', 'allocatedMin', 'split', 'output'],
      ...['buffersMax', 'greedy'],
    ],
    run: makeDevice,
  },
  {
    name: 'vb2.unplug',
    parameters: ['device'],
    *run(environment, args) {
      yield* deviceOf(environment, args).unplug();
      return null;
    },
  },
  {
    // The driver answers `error` to this call from now on: setup, init, prepare or start.
    name: 'vb2.refuse',
    parameters: ['device', 'what', 'error'],
    *run(environment, args) {
      yield LOOK;
      backendOf(environment, args).refuse(args.text('what'), args.number('error'));
      return null;
    },
  },
  {
    // Which buffer the hardware has completed: the first, or the one that is named; null for none.
    name: 'vb2.complete',
    parameters: ['device', 'index', 'how', 'last', 'byte', 'used'],
    *run(environment, args) {
      const index = args.has('index') ? args.number('index') : null;
      const how = args.text('how', 'done');
      const backend = backendOf(environment, args);
      return yield* backend.finish(index, how, (buffer) => fill(args, buffer));
    },
  },
  {
    // A driver completes a buffer, whoever has it.
    name: 'vb2.completeAnyway',
    parameters: ['device', 'index', 'how'],
    *run(environment, args) {
      const how = args.text('how', 'done');
      yield* queueOf(environment, args).complete(bufferOf(environment, args), how);
      return null;
    },
  },
  {
    // The hardware fails for good.
    name: 'vb2.fail',
    parameters: ['device'],
    *run(environment, args) {
      yield* queueOf(environment, args).fail();
      return null;
    },
  },
  {
    // What the driver was asked for since it was last asked.
    name: 'vb2.seen',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const backend = backendOf(environment, args);
      looksAt(backend);
      return backend.seen.splice(0).join(', ');
    },
  },
  {
    // `active queued done`: who has each buffer.
    name: 'vb2.states',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const buffers = queueOf(environment, args).buffers.value;
      looksAt(queueOf(environment, args), ...buffers);
      return buffers.map(({ state }) => state.value).join(' ');
    },
  },
  {
    // `on.started owned 1 done 0`.
    name: 'vb2.look',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const queue = queueOf(environment, args);
      looksAt(queue);
      const { state, context } = queue.abstract();
      const started = queue.isStarted.value ? '.started' : '';
      return `${state}${started} owned ${context['owned']} done ${context['done']}`;
    },
  },
]);
