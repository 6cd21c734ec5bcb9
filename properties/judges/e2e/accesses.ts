import { Device } from '../../../impl/hw/device.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { HardwareRecord } from '../../../impl/kernel/observer.ts';
import { canReach } from './addresses.ts';
import type { E2eNotes } from './notes.ts';

/** Accesses of devices that drivers have given work to: each goes where it was allowed to. */
export class AccessesBook {
  private readonly notes: E2eNotes;
  /** Devices that work for a driver, by name. */
  private readonly driven = new Map<string, Device>();
  private isPulled = false;

  constructor(notes: E2eNotes) {
    this.notes = notes;
  }

  uses(device: KernelObject): void {
    if (device instanceof Device) this.driven.set(device.name, device);
  }

  /** Whose memory others use is not there any more. */
  pulled(): void {
    this.isPulled = true;
  }

  record({ kind, actor, what }: HardwareRecord): void {
    if (kind !== 'IOMMU_FAULT' && kind !== 'BUS_ERROR') return;
    const device = this.driven.get(actor);
    // A mistake of nature, or who pulls a device out, is to blame, and not software.
    if (device === undefined || this.isPulled || this.notes.isDisturbed) return;
    if (device.platform.devices.some(({ isGone }) => isGone.value)) return;
    this.notes.note(['E2E-006'], `${kind} by ${actor}: ${what}`);
  }

  /** A write arrives: its page is still mapped. */
  landed(device: KernelObject, place: number): void {
    if (!(device instanceof Device) || this.driven.get(device.name) !== device) return;
    const page = Math.floor(place / PAGE_LINES);
    if (canReach(device, page)) return;
    this.notes.note(['E2E-006'], `${device.name} writes to page ${page}, which it has no more`);
  }
}
