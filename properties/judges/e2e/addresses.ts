import { Device } from '../../../impl/hw/device.ts';
import { iovaPageOf } from '../../../impl/hw/iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES, PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';

/** The line of memory behind an address of a device, as its table says it now; null: none. */
export function placeOf(device: KernelObject, address: number): number | null {
  const page = device instanceof Device ? pageAt(device, address) : null;
  if (page === null) return null;
  return page * PAGE_LINES + Math.floor((address % PAGE_BYTES) / LINE_BYTES);
}

function pageAt({ domain, platform }: Device, address: number): number | null {
  if (domain === null) return platform.memory.pageAt(address);
  return domain.pageAt(iovaPageOf(address));
}

/** The device can reach the page: it is its own memory, or in its table. */
export function canReach({ domain, platform, vram }: Device, page: number): boolean {
  if (domain === null || (vram && platform.memory.zoneOf(page) === 'vram')) return true;
  return domain.holds(page);
}
