import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Device } from './device.ts';
import type { IovaPage } from './iommu-domain.ts';
import type { PageNumber } from './physical-memory.ts';

/** Which way data goes, as the kernel numbers it. */
export type Direction = 'toDevice' | 'fromDevice' | 'bidirectional';

/** Pages that a device can reach at addresses in a row. @kernel dma_map_sgtable */
export class DmaMapping extends KernelObject {
  readonly device: Device;
  readonly pages: readonly PageNumber[];
  readonly direction: Direction;
  /** The first page of the device's addresses. */
  readonly iova: IovaPage;

  constructor(device: Device, pages: readonly PageNumber[], direction: Direction, iova: IovaPage) {
    super(device.world, 'dmaMapping');
    this.device = device;
    this.pages = pages;
    this.direction = direction;
    this.iova = iova;
  }

  /** By whom its pages are mapped, as the ledger of pages says it. */
  get user(): string {
    return `${this.device.name} at page ${this.iova}`;
  }

  visitState(visit: StateVisitor): void {
    visit('device', this.device.name);
    visit('iova', this.iova);
    visit('pages', this.pages);
    visit('direction', this.direction);
  }
}
