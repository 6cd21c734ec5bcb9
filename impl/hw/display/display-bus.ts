import type { KernelTask } from '../../kernel/access.ts';
import { Performed } from '../../kernel/performed.ts';
import type { DeviceLane } from '../device-lane.ts';
import type { Device } from '../device.ts';
import type { InterruptLine } from '../interrupt-line.ts';
import { iovaPageOf } from '../iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import type { Token } from '../token.ts';
import { ABORTED, type DisplayPort } from './display-port.ts';

/** A screen in a machine: its bus, and what it reads. */
export class DisplayBus implements DisplayPort {
  readonly device: Device;
  readonly interrupt: InterruptLine;
  /** The lane of the screen, which all accesses are made by. */
  lane: DeviceLane | null = null;
  /** By plane: the frame that is being read; 0: none. */
  readonly scanned: number[] = [];

  constructor(device: Device, interrupt: InterruptLine) {
    this.device = device;
    this.interrupt = interrupt;
  }

  findPage(address: number): KernelTask<number> {
    if (this.lane === null) return new Performed(ABORTED);
    return this.device.dma.translate(this.lane, iovaPageOf(address), 'read');
  }

  load(page: number, address: number): Token {
    return this.device.dma.load(page, Math.floor((address % PAGE_BYTES) / LINE_BYTES));
  }

  scans(plane: number, address: number): void {
    this.scanned[plane] = address;
  }

  *raise(): KernelTask<void> {
    yield* this.interrupt.assert();
  }

  /** @rule HW-DISP-008 */
  races(what: string): void {
    const { platform, name } = this.device;
    platform.oracle.note('SCANOUT_RACE', what, name);
  }

  lower(): void {
    this.interrupt.lower();
  }
}
