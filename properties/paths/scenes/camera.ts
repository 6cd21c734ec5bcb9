import type { Camera } from '../../../impl/hw/camera/camera.ts';
import {
  CAM_ABORT,
  CAM_CTRL,
  CAM_IRQ_DONE,
  CAM_IRQ_STATUS,
  CAM_NEXT_ADDR,
  CAM_STREAM,
} from '../../../impl/hw/camera/camera-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { VideoSurroundings } from './video-surroundings.ts';

/** The number of the device. */
const CAMERA = 1;
/** Mistakes that hardware may make in one run. */
const MISTAKES_MAX = 3;
const SIZE = { lines: 2, lineTokens: 1 };

/** Somebody waits for its frames, for as long as a path is. */
function watched(Base: typeof Camera): typeof Camera {
  return class extends Base {
    override get periodNs(): number {
      return 0;
    }
  };
}

/** One camera, and its registers. */
class CameraScene extends Scene {
  readonly kind = 'camera';
  private readonly around: VideoSurroundings;
  private readonly camera: Camera;

  constructor(stack: Stack) {
    super(stack);
    this.around = new VideoSurroundings(stack);
    const Watched = watched(stack.types.devices.Camera);
    this.camera = new Watched(stack.world, CAMERA, this.around, SIZE);
  }

  readonly operations: readonly Operation[] = [
    this.writes('stream', CAM_CTRL, CAM_STREAM, ['stream']),
    this.writes('stop', CAM_CTRL, 0, ['streamOff']),
    this.writes('abort', CAM_CTRL, CAM_ABORT, ['abort']),
    this.writes('queue', CAM_NEXT_ADDR, 1, ['queue', 'queue.full']),
    this.writes('acknowledge', CAM_IRQ_STATUS, CAM_IRQ_DONE, ['ack']),
    this.does('unplug', ['unplug'], () => this.camera.unplug()),
    {
      name: 'mistake',
      emits: ['fault', 'early'],
      body: () => (this.camera.mishaps > 0 ? this.camera.step(1) : null),
    },
    this.does('refuse', [], () => (this.around.refuses = true)),
    this.does('accept', [], () => (this.around.refuses = false)),
  ];

  private writes(
    name: string,
    register: string,
    value: number,
    emits: readonly EventName[],
  ): Operation {
    return this.does(name, emits, () => this.camera.writeRegister(register, value));
  }

  private does(name: string, emits: readonly EventName[], act: () => void): Operation {
    return { name, emits, body: () => this.act(act) };
  }

  private *act(act: () => void): KernelTask<void> {
    act();
  }
}

export const CAMERA_SCENE: SceneKind = {
  kind: 'camera',
  liveMax: 0,
  asleepMax: 0,
  isSurrounded: true,
  world: { time: 'free', hardwareFaultsMax: MISTAKES_MAX },
  set: (stack) => new CameraScene(stack),
};
