import type { Codec } from '../../../impl/hw/codec/codec.ts';
import {
  CODEC_IRQ_STATUS,
  CODEC_PAGES,
  CODEC_RESET,
  CODEC_START,
} from '../../../impl/hw/codec/codec-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { VideoSurroundings } from './video-surroundings.ts';

/** The number of the device. */
const CODEC = 1;
/** Mistakes that hardware may make in one run. */
const MISTAKES_MAX = 3;
const MISTAKES: readonly EventName[] = ['hang', 'partial.error', 'partial.silent'];

/** For each page anew it refers to a picture, or does not. */
function referring(Base: typeof Codec): typeof Codec {
  return class extends Base {
    protected override get references(): readonly number[] {
      const { port } = this;
      return port instanceof VideoSurroundings && port.isReferred ? [1] : [];
    }
  };
}

/** One codec, and its registers. */
class CodecScene extends Scene {
  readonly kind = 'codec';
  private readonly around: VideoSurroundings;
  private readonly codec: Codec;

  constructor(stack: Stack) {
    super(stack);
    this.around = new VideoSurroundings(stack);
    const Referring = referring(stack.types.devices.Codec);
    this.codec = new Referring(stack.world, CODEC, this.around, { linesPerPage: 1 });
  }

  readonly operations: readonly Operation[] = [
    ...[1, 2].map((pages) =>
      this.does(`start ${pages}`, ['start', 'start.dropped'], () => {
        // The codec has the size of its job already when it is busy.
        if (this.codec.state === 'idle') this.prepare(pages);
        this.codec.writeRegister(CODEC_START, 1);
      }),
    ),
    this.does('refer', [], () => (this.around.isReferred = true)),
    this.does('refer to none', [], () => (this.around.isReferred = false)),
    this.does('acknowledge', ['ack'], () => this.codec.writeRegister(CODEC_IRQ_STATUS, 1)),
    this.does('reset', ['reset'], () => this.codec.writeRegister(CODEC_RESET, 1)),
    this.does('unplug', ['unplug'], () => this.codec.unplug()),
    ...MISTAKES.map((event, index) => ({
      name: event,
      emits: [event],
      body: () => (this.codec.mishaps > index ? this.codec.step(index + 1) : null),
    })),
    this.does('refuse', [], () => (this.around.refuses = true)),
    this.does('accept', [], () => (this.around.refuses = false)),
    this.does('empty', [], () => (this.around.isEmpty = true)),
    this.does('fill', [], () => (this.around.isEmpty = false)),
  ];

  private prepare(pages: number): void {
    this.around.size = pages;
    this.codec.writeRegister(CODEC_PAGES, pages);
  }

  private does(name: string, emits: readonly EventName[], act: () => void): Operation {
    return { name, emits, body: () => this.act(act) };
  }

  private *act(act: () => void): KernelTask<void> {
    act();
  }
}

export const CODEC_SCENE: SceneKind = {
  kind: 'codec',
  liveMax: 0,
  asleepMax: 0,
  isSurrounded: true,
  world: { time: 'free', hardwareFaultsMax: MISTAKES_MAX },
  set: (stack) => new CodecScene(stack),
};
