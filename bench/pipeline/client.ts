import {
  DRM_IOCTL_MODE_ADDFB2,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_PRIME_FD_TO_HANDLE,
  DRM_IOCTL_PRIME_HANDLE_TO_FD,
  DRM_IOCTL_SET_CLIENT_CAP,
} from '../../impl/drm/drm-ioctls.ts';
import {
  GPU_IOCTL_SUBMIT,
  GPU_IOCTL_WAIT,
  GPU_OPS,
  GPU_SUBMIT_FENCE_OUT,
} from '../../impl/drm/gpu/gpu-uapi.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_FORMAT_XRGB8888,
  DRM_IOCTL_MODE_ATOMIC,
  DRM_MODE_ATOMIC_ALLOW_MODESET,
  DRM_MODE_ATOMIC_NONBLOCK,
} from '../../impl/drm/kms/kms-uapi.ts';
import { CRTC_DEFAULTS } from '../../impl/hw/display/crtc-options.ts';
import { LINE_BYTES } from '../../impl/hw/platform-options.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { UserPlane } from '../../impl/media/vb2-planes.ts';
import {
  V4L2_BUF_FLAG_ERROR,
  V4L2_BUF_TYPE_VIDEO_CAPTURE,
  VB2_MEMORY_MMAP,
  VIDIOC_DQBUF,
  VIDIOC_EXPBUF,
  VIDIOC_QBUF,
  VIDIOC_REQBUFS,
  VIDIOC_STREAMOFF,
  VIDIOC_STREAMON,
} from '../../impl/media/video-uapi.ts';
import { O_CLOEXEC, O_RDWR } from '../../impl/uapi/file.ts';
import { UserArray } from '../../impl/uapi/user-array.ts';
import { numberField, userStructure } from '../../impl/uapi/user-memory.ts';
import { UserWord } from '../../impl/uapi/user-word.ts';
import type { Screen } from '../../properties/programs/card-bench.ts';
import { atomicFields, type Setting } from '../../properties/programs/display-request.ts';
import type { Environment } from '../../properties/programs/environment.ts';
import { userCalls } from '../../properties/programs/user-space.ts';

/** As the rules define a frame: scan lines times memory lines of each. */
const FRAME_LINES: number = CRTC_DEFAULTS.lines * CRTC_DEFAULTS.lineTokens;
const BYTES_PER_PIXEL = 4;
/** Longer than anything takes here. Unit: jiffies. */
const TIMEOUT = 1000;
const COPY: number = GPU_OPS.indexOf('copy');
/** Places in the list of a submission. */
const SOURCE = 0;
const TARGET = 1;

/** Open files of all three devices. */
export interface Files {
  readonly camera: number;
  readonly card: number;
  readonly screen: number;
}

/** A buffer that the card draws into and the screen shows. */
export interface Picture {
  readonly handle: number;
  readonly framebuffer: number;
}

/** A frame of the camera: in which of its buffers, and the how manyth it is. */
export interface Capture {
  readonly index: number;
  readonly sequence: number;
}

/** What the client says of a buffer of the camera; 0, or nothing, where it says nothing. */
interface CaptureFields {
  readonly index?: number;
  readonly count?: number;
  readonly flags?: number;
  readonly planes?: readonly UserPlane[];
}

/** A client of a camera, a card and a screen. Buffers go from one to the other as dma-bufs. */
export class Client {
  private readonly environment: Environment;
  private readonly files: Files;
  private readonly view: Screen;

  constructor(environment: Environment, files: Files, view: Screen) {
    this.environment = environment;
    this.files = files;
    this.view = view;
  }

  /** Calls the kernel; anything but success ends the measurement. */
  private *call(
    fd: number,
    command: number,
    fields: Record<string, unknown>,
  ): KernelTask<(name: string) => number> {
    const argument = userStructure(fields);
    const result = yield* userCalls(this.environment).files.ioctl(fd, command, argument);
    if (result !== 0) throw new Error(`request ${command.toString(16)} returns ${result}`);
    return (name) => numberField(argument, name);
  }

  private *capture(
    command: number,
    { index = 0, count = 0, flags = 0, planes = [] }: CaptureFields = {},
  ): KernelTask<(name: string) => number> {
    // As in C, all of the structure is there, whatever the kernel writes into it.
    return yield* this.call(this.files.camera, command, {
      type: V4L2_BUF_TYPE_VIDEO_CAPTURE,
      memory: VB2_MEMORY_MMAP,
      sequence: 0,
      index,
      count,
      flags,
      planes,
    });
  }

  /** So many buffers for the camera; the handles under which the card knows them. */
  *startCamera(count: number): KernelTask<readonly number[]> {
    const handles: number[] = [];
    yield* this.capture(VIDIOC_REQBUFS, { count });
    for (let index = 0; index < count; index += 1) {
      const exported = yield* this.capture(VIDIOC_EXPBUF, { index, flags: O_CLOEXEC | O_RDWR });
      handles.push(yield* this.import(this.files.card, exported('fd')));
      yield* this.queue(index);
    }
    yield* this.capture(VIDIOC_STREAMON);
    return handles;
  }

  *stopCamera(): KernelTask<void> {
    yield* this.capture(VIDIOC_STREAMOFF);
  }

  /** A device gets to know a buffer; the descriptor is closed. */
  private *import(device: number, fd: number): KernelTask<number> {
    const found = yield* this.call(device, DRM_IOCTL_PRIME_FD_TO_HANDLE, { fd });
    yield* userCalls(this.environment).files.close(fd);
    return found('handle');
  }

  /** The camera may store a frame there. */
  *queue(index: number): KernelTask<void> {
    const planes = [{ fd: 0, length: 0, bytesUsed: 0, dataOffset: 0 }];
    yield* this.capture(VIDIOC_QBUF, { index, planes });
  }

  /** The next frame of the camera. */
  *dequeue(): KernelTask<Capture> {
    const frame = yield* this.capture(VIDIOC_DQBUF);
    if ((frame('flags') & V4L2_BUF_FLAG_ERROR) !== 0) throw new Error('the camera has failed');
    return { index: frame('index'), sequence: frame('sequence') };
  }

  *addPicture(): KernelTask<Picture> {
    const { card, screen } = this.files;
    const size = { width: LINE_BYTES / BYTES_PER_PIXEL, height: FRAME_LINES, bpp: 32 };
    const made = yield* this.call(card, DRM_IOCTL_MODE_CREATE_DUMB, size);
    const handle = made('handle');
    const shared = yield* this.call(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, { handle, flags: 0 });
    const added = yield* this.call(screen, DRM_IOCTL_MODE_ADDFB2, {
      handle: yield* this.import(screen, shared('fd')),
      format: DRM_FORMAT_XRGB8888,
    });
    return { handle, framebuffer: added('fb_id') };
  }

  *startScreen(): KernelTask<void> {
    const fields = { capability: DRM_CLIENT_CAP_ATOMIC, value: 1 };
    yield* this.call(this.files.screen, DRM_IOCTL_SET_CLIENT_CAP, fields);
  }

  /** The card makes a picture of a frame; the descriptor of its fence is returned. */
  *draw(source: number, { handle }: Picture): KernelTask<number> {
    const answer = yield* this.call(this.files.card, GPU_IOCTL_SUBMIT, {
      commands: new UserArray([COPY, SOURCE, TARGET, FRAME_LINES, 0]),
      command_count: 1,
      handles: [source, handle],
      writes: 1 << TARGET,
      flags: GPU_SUBMIT_FENCE_OUT,
      fence_fd: -1,
    });
    return answer('fence_fd');
  }

  /** Waits until the card does not use a buffer any more: its fences say so. */
  *awaitIdle(handle: number): KernelTask<void> {
    yield* this.call(this.files.card, GPU_IOCTL_WAIT, { handle, timeout: TIMEOUT });
  }

  /** Shows a picture when a fence says so; the descriptor of a fence that says when it is there. */
  *show({ framebuffer }: Picture, fence: number, isFirst: boolean): KernelTask<number> {
    const { display } = this.view.node.device;
    const plane = display?.planes[0]?.number ?? 0;
    const crtc = display?.crtcs[0]?.number ?? 0;
    const connector = display?.connectors[0]?.number ?? 0;
    const settings: Setting[] = [
      [plane, 'FB_ID', framebuffer],
      [plane, 'CRTC_ID', crtc],
      [plane, 'IN_FENCE_FD', fence],
      [crtc, 'OUT_FENCE_PTR', 1],
    ];
    if (isFirst) {
      settings.push([crtc, 'MODE_ID', 1], [crtc, 'ACTIVE', 1], [connector, 'CRTC_ID', crtc]);
    }
    const word = new UserWord(this.environment.stack.world, -1);
    const fields = atomicFields(settings);
    fields['flags'] = DRM_MODE_ATOMIC_NONBLOCK | (isFirst ? DRM_MODE_ATOMIC_ALLOW_MODESET : 0);
    fields['words'] = [word];
    yield* this.call(this.files.screen, DRM_IOCTL_MODE_ATOMIC, fields);
    yield* userCalls(this.environment).files.close(fence);
    const fd = yield* word.word.read();
    this.environment.stack.world.memory.free(word);
    return fd;
  }

  /** Waits until the fence of a descriptor signals, and closes it. */
  *await(fd: number): KernelTask<void> {
    const { stack } = this.environment;
    const fence = yield* stack.syncFiles.getFence(fd);
    if (fence === null) return;
    yield* fence.wait(false);
    yield* fence.put();
    yield* userCalls(this.environment).files.close(fd);
  }
}
