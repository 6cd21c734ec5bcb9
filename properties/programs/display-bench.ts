import { DisplayDevice } from '../../impl/hw/display/display-device.ts';
import type { CrtcDriver } from '../../impl/drm/display/crtc-driver.ts';
import type { CrtcOptions } from '../../impl/hw/display/crtc-options.ts';
import type { LoggedFrame } from '../../impl/hw/display/frame-log.ts';
import type { CpuMapping } from '../../impl/hw/cpu-mapping.ts';
import type { DmaMapping } from '../../impl/hw/dma-mapping.ts';
import { Platform } from '../../impl/hw/platform.ts';
import { PAGE_BYTES } from '../../impl/hw/platform-options.ts';
import { frameToken, partsOf } from '../../impl/hw/token.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';

/** Whose buffers those of programs are. */
const CLIENT = 2;

/** A frame in memory. */
export class FrameBuffer extends KernelObject {
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
  /** Its pages are another bench's, which gives them back. */
  readonly isShared: boolean;
  isMapped = true;

  constructor(bench: DisplayBench, cpu: CpuMapping, dma: DmaMapping, isShared: boolean = false) {
    super(bench.world, 'frameBuffer');
    this.isStatic = true;
    this.cpu = cpu;
    this.dma = dma;
    this.isShared = isShared;
  }

  get address(): number {
    return this.dma.iova * PAGE_BYTES;
  }

  visitState(): void {}
}

/** A machine with a screen, and its driver. */
export class DisplayBench extends KernelObject {
  readonly platform: Platform;
  readonly hardware: DisplayDevice;
  readonly driver: CrtcDriver;
  private readonly writer: number;
  private readonly buffers: FrameBuffer[] = [];

  /**
   * `machine`: what it is put into, if there is one already; its screen has a name then. In a quiet
   * one nature raises no interrupts by mistake.
   */
  constructor(
    stack: Stack,
    options: Partial<CrtcOptions>,
    machine: { readonly platform: Platform; readonly name: string } | null = null,
    isQuiet = false,
  ) {
    super(stack.world, 'displayBench');
    this.isStatic = true;
    const { hardware, devices } = stack.types;
    const nature = { interruptNs: [1000], hasSpurious: !isQuiet };
    this.platform = machine?.platform ?? new Platform(stack.world, nature, hardware);
    this.hardware = new DisplayDevice(this.platform, devices, options, machine?.name);
    this.driver = new devices.CrtcDriver(stack, this.hardware);
    this.writer = this.platform.oracle.writer('client');
  }

  *addBuffer(): KernelTask<FrameBuffer> {
    const { platform, hardware } = this;
    const request = { zone: 'system', count: 1, owner: CLIENT } as const;
    const pages = yield* platform.pages.allocate(request);
    if (typeof pages === 'number') throw new Error('there is no memory for a frame');
    const dma = yield* platform.mapper.map(hardware.device, pages, 'toDevice');
    if (typeof dma === 'number') throw new Error('there is no memory for a mapping');
    const cpu = new platform.types.CpuMapping(platform, pages, 'uncached');
    const buffer = new FrameBuffer(this, cpu, dma);
    this.buffers.push(buffer);
    return buffer;
  }

  /** A frame in memory of another device of the machine. */
  *share(cpu: CpuMapping): KernelTask<FrameBuffer> {
    const { platform, hardware } = this;
    const dma = yield* platform.mapper.map(hardware.device, cpu.pages, 'toDevice');
    if (typeof dma === 'number') throw new Error('there is no memory for a mapping');
    const buffer = new FrameBuffer(this, cpu, dma, true);
    this.buffers.push(buffer);
    return buffer;
  }

  /** Draws a frame, line after line. */
  *draw(buffer: FrameBuffer, version: number): KernelTask<void> {
    const { lines, lineTokens } = this.hardware.crtc.options;
    const first = frameToken(this.writer, 0, version);
    for (let line = 0; line < lines * lineTokens; line += 1)
      yield* buffer.cpu.write(line, first + line);
  }

  *unmap(buffer: FrameBuffer): KernelTask<void> {
    if (!buffer.isMapped) return;
    buffer.isMapped = false;
    const { pages } = buffer.cpu;
    const { platform } = this;
    if (buffer.isShared) {
      yield* platform.mapper.unmap(buffer.dma, nothing);
      return;
    }
    buffer.cpu.unmap();
    yield* platform.mapper.unmap(buffer.dma, () => platform.pages.release(pages));
  }

  /** The frames of a plane as they were shown: which drawing each line is of, and how it came. */
  shown(plane: number): string {
    return shownFrames(this.hardware, plane);
  }

  *remove(): KernelTask<void> {
    yield* this.driver.remove();
    this.hardware.unplug();
    for (const buffer of this.buffers) yield* this.unmap(buffer);
  }

  visitState(): void {}
}

/** The frames of a plane of a screen as they were shown. */
export function shownFrames({ crtc }: DisplayDevice, plane: number): string {
  const frames = crtc.scanner.log.kept.filter((frame) => frame.plane === plane);
  return frames.map((frame) => textOf(frame, crtc.options.lineTokens)).join(' ');
}

function textOf({ tokens, lines, marks }: LoggedFrame, lineTokens: number): string {
  const texts = Array.from({ length: lines }, (_, line) => {
    const token = tokens[line * lineTokens] ?? 0;
    const drawn = token < 0 ? 'x' : String(partsOf(token)?.frame ?? 0);
    const mark = marks[line] ?? 0;
    return mark === 0 ? drawn : `${drawn}!${mark}`;
  });
  return texts.join('.');
}
/** Whose pages they are gives them back. */
function* nothing(): KernelTask<void> {}
