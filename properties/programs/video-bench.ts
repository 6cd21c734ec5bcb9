import type { CpuMapping } from '../../impl/hw/cpu-mapping.ts';
import type { Device } from '../../impl/hw/device.ts';
import type { DmaMapping } from '../../impl/hw/dma-mapping.ts';
import type { MistakePlan } from './mistake-plan.ts';
import type { InterruptLine } from '../../impl/hw/interrupt-line.ts';
import type { Mmio } from '../../impl/hw/mmio.ts';
import { PAGE_BYTES, PAGE_LINES } from '../../impl/hw/platform-options.ts';
import type { PageNumber } from '../../impl/hw/physical-memory.ts';
import { Platform } from '../../impl/hw/platform.ts';
import { BROKEN } from '../../impl/hw/codec/picture.ts';
import { frameToken, partsOf, type Token } from '../../impl/hw/token.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import { PlatformMemory } from '../../impl/media/platform-memory.ts';
import { storageOf } from '../../impl/media/platform-allocator.ts';
import type { Vb2Buffer } from '../../impl/media/vb2-buffer.ts';
import type { VideoDevice } from '../../impl/media/video-device.ts';
import type { Stack } from '../../impl/stack.ts';
import { ProgramError } from './operation.ts';

/** Whose buffers those of programs are. */
const CLIENT = 2;
/** Special tokens, in a text about a frame. */
const SPECIAL = ['Z', 'P', 'O', 'G'] as const;

/** Memory that a program has mapped for a device by itself. */
export class VideoFrame extends KernelObject {
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
  isMapped = true;

  constructor(bench: VideoBench, cpu: CpuMapping, dma: DmaMapping) {
    super(bench.world, 'videoFrame');
    this.isStatic = true;
    this.cpu = cpu;
    this.dma = dma;
  }

  get address(): number {
    return this.dma.iova * PAGE_BYTES;
  }

  visitState(): void {}
}

/** How frames of a device lie in memory. */
export interface FrameLayout {
  readonly pages: number;
  /** Lines of each page that there is something in. */
  readonly linesPerPage: number;
}

/** A device and its driver, as a bench has them. */
export interface VideoParts {
  readonly device: Device;
  readonly mmio: Mmio;
  readonly plan: MistakePlan;
  readonly interrupt: InterruptLine;
  readonly video: VideoDevice;
  readonly layout: FrameLayout;
  readonly unplug: () => KernelTask<void>;
  readonly remove: () => KernelTask<void>;
}

/** What the machine around a video device is like. */
export interface VideoMachine {
  readonly interruptNs: number;
  /** How long writes of devices are on their way. */
  readonly dmaRamNs: number;
  /** No interrupt comes that nobody has asked for. */
  readonly isQuiet: boolean;
}

export function videoPlatform(stack: Stack, machine: VideoMachine): Platform {
  const { interruptNs, dmaRamNs, isQuiet } = machine;
  const nature = { interruptNs: [interruptNs], dmaRamNs, hasSpurious: !isQuiet };
  return new Platform(stack.world, nature, stack.types.hardware);
}

/** A machine with a camera or a codec, and its driver. */
export class VideoBench extends KernelObject {
  readonly platform: Platform;
  readonly parts: VideoParts;
  private readonly writer: number;
  private readonly frames: VideoFrame[] = [];

  constructor(parts: VideoParts) {
    super(parts.device.world, 'videoBench');
    this.isStatic = true;
    this.parts = parts;
    this.platform = parts.device.platform;
    this.writer = this.platform.oracle.writer('client');
  }

  *addFrame(): KernelTask<VideoFrame> {
    const { platform } = this;
    const { device, layout } = this.parts;
    const request = { zone: 'system', count: layout.pages, owner: CLIENT } as const;
    const pages = yield* platform.pages.allocate(request);
    if (typeof pages === 'number') throw new Error('there is no memory for a frame');
    const dma = yield* platform.mapper.map(device, pages, 'bidirectional');
    if (typeof dma === 'number') throw new Error('there is no memory for a mapping');
    const cpu = new platform.types.CpuMapping(platform, pages, 'uncached');
    const frame = new VideoFrame(this, cpu, dma);
    this.frames.push(frame);
    return frame;
  }

  *unmap(frame: VideoFrame): KernelTask<void> {
    if (!frame.isMapped) return;
    frame.isMapped = false;
    const { pages } = frame.cpu;
    const { platform } = this;
    frame.cpu.unmap();
    yield* platform.mapper.unmap(frame.dma, () => platform.pages.release(pages));
  }

  /** The pages of a buffer of the device's queues. */
  pagesOf({ planes }: Vb2Buffer): readonly PageNumber[] {
    const [plane] = planes;
    const storage = plane === undefined ? null : storageOf(plane);
    if (storage instanceof PlatformMemory) return storage.mapping.pages;
    throw new ProgramError('the buffer has no memory of this machine');
  }

  /** The client draws: all lines of a frame at once. */
  draw(pages: readonly PageNumber[], frame: number): void {
    const first = frameToken(this.writer, 0, frame);
    this.each(pages, (page, line, number) => {
      this.platform.memory.write(page, line, first + number);
    });
  }

  /** `1.1`: which frame each line is of; `1v2`: its version; `1!`: it is damaged; `Z`: nothing. */
  shown(pages: readonly PageNumber[]): string {
    const texts: string[] = [];
    this.each(pages, (page, line, number) => {
      texts.push(textOf(this.platform.memory.read(page, line), number));
    });
    return texts.join('.');
  }

  private each(
    pages: readonly PageNumber[],
    visit: (page: PageNumber, line: number, number: number) => void,
  ): void {
    const { linesPerPage } = this.parts.layout;
    for (const [index, page] of pages.entries()) {
      for (let line = 0; line < linesPerPage; line += 1) {
        visit(page, line, index * PAGE_LINES + line);
      }
    }
  }

  *remove(): KernelTask<void> {
    yield* this.parts.remove();
    for (const frame of this.frames) yield* this.unmap(frame);
  }

  visitState(): void {}
}

function textOf(token: Token, number: number): string {
  const parts = partsOf(token);
  if (parts === null) return SPECIAL[token] ?? '?';
  const { frame, version, line } = parts;
  const place = line === number ? '' : `l${line}`;
  if (version === BROKEN) return `${frame}!${place}`;
  return `${frame}${version === 0 ? '' : `v${version}`}${place}`;
}
