import type { KernelTask } from '../../kernel/access.ts';
import type { CpuMapping } from '../../hw/cpu-mapping.ts';
import { DMA_STATUS_DONE } from '../../hw/dma/dma-registers.ts';
import type { DmaMapping } from '../../hw/dma-mapping.ts';
import { iovaPageOf } from '../../hw/iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES } from '../../hw/platform-options.ts';
import { CopyDriver, type CopyJob } from './copy-driver.ts';

/** Who owns the page of the driver. */
const KERNEL_OWNER = 1;

/** A page through which all lines go. */
interface Relay {
  readonly cpu: CpuMapping;
  readonly dma: DmaMapping;
}

/**
 * A driver of an engine that reaches one page only: it brings lines from there to where they are
 * wanted. One interrupt tells of lines, another one of the end of a job; nobody knows which is first.
 */
export class RelayDriver extends CopyDriver {
  private relay: Relay | null = null;
  /** The job whose lines were brought. Under `lock`. */
  private brought: CopyJob | null = null;

  override *probe(): KernelTask<void> {
    const { platform } = this.hardware.device;
    const request = { zone: 'system', count: 1, owner: KERNEL_OWNER } as const;
    const pages = yield* platform.pages.allocate(request);
    if (typeof pages === 'number') return;
    const dma = yield* platform.mapper.map(this.hardware.device, pages, 'bidirectional');
    if (typeof dma === 'number') {
      yield* platform.pages.release(pages);
      return;
    }
    this.relay = { dma, cpu: new platform.types.CpuMapping(platform, pages, 'uncached') };
    yield* super.probe();
    yield* this.hardware.bus.interrupt.request(() => this.handleLines());
    yield* this.hardware.bus.end?.request(() => this.handle()) ?? nothing();
  }

  override *remove(): KernelTask<void> {
    yield* this.hardware.bus.end?.release() ?? nothing();
    yield* super.remove();
    const { relay } = this;
    this.relay = null;
    if (relay === null) return;
    const { platform } = this.hardware.device;
    relay.cpu.unmap();
    yield* platform.mapper.unmap(relay.dma, () => platform.pages.release(relay.cpu.pages));
  }

  protected override targetOf(job: CopyJob): number {
    return this.relay === null ? job.to : this.relay.dma.iova * PAGE_BYTES;
  }

  /** The engine has lines. */
  private *handleLines(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const job = this.jobs.at(0);
    if (job !== null && (yield* this.status()) === DMA_STATUS_DONE) yield* this.bring(job);
    this.lock.releaseIrqrestore(flags);
  }

  /** The end of a job: its lines may not have been brought, whatever came first. @rule HW-IRQ-008 */
  protected override *flush(job: CopyJob): KernelTask<void> {
    yield* this.catchUp(job);
    yield* super.flush(job);
  }

  protected *catchUp(job: CopyJob): KernelTask<void> {
    yield* this.bring(job);
  }

  /** Brings the lines of a job that the engine has done. */
  private *bring(job: CopyJob): KernelTask<void> {
    const { relay } = this;
    if (relay === null || this.brought === job) return;
    this.brought = job;
    const { platform, domain } = this.hardware.device;
    const entry = domain?.walk(iovaPageOf(job.to)) ?? null;
    if (entry === null) return;
    const target = new platform.types.CpuMapping(platform, [entry.page], 'uncached');
    const first = Math.floor((job.to % PAGE_BYTES) / LINE_BYTES);
    for (let line = 0; line < job.lines; line += 1) {
      yield* target.write(first + line, yield* relay.cpu.read(line));
    }
    target.unmap();
  }
}

/** Where there is no such line. */
function* nothing(): KernelTask<void> {}
