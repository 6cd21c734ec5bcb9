import type { KernelTask } from '../kernel/access.ts';
import { Performed } from '../kernel/performed.ts';
import type { DeviceLane } from './device-lane.ts';
import type { Device } from './device.ts';
import type { InterruptLine } from './interrupt-line.ts';
import { iovaPageOf } from './iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES } from './platform-options.ts';
import type { Token } from './token.ts';
import { ABORTED, type VideoPort } from './video-port.ts';

/** The line of its page at an address. */
function lineOf(address: number): number {
  return Math.floor((address % PAGE_BYTES) / LINE_BYTES);
}

/** A video device in a machine. */
export class VideoBus implements VideoPort {
  readonly device: Device;
  readonly interrupt: InterruptLine;
  /** The lane of the engine, which all accesses are made by. */
  lane: DeviceLane | null = null;

  constructor(device: Device, interrupt: InterruptLine) {
    this.device = device;
    this.interrupt = interrupt;
  }

  get writer(): number {
    return this.device.writer;
  }

  get inFlight(): number {
    return this.device.dma.toRam.inFlight + this.device.dma.toPeer.inFlight;
  }

  findPage(address: number, isWrite: boolean): KernelTask<number> {
    if (this.lane === null) return new Performed(ABORTED);
    const access = isWrite ? 'write' : 'read';
    return this.device.dma.translate(this.lane, iovaPageOf(address), access);
  }

  load(page: number, address: number): Token {
    return this.device.dma.load(page, lineOf(address));
  }

  post(page: number, address: number, tokens: readonly Token[]): void {
    this.device.dma.post(page, lineOf(address), tokens);
  }

  *drain(): KernelTask<void> {
    yield* this.device.dma.drain();
  }

  reset(): void {
    this.device.dma.reset();
  }

  *raise(): KernelTask<void> {
    yield* this.interrupt.assert();
  }

  lower(): void {
    this.interrupt.lower();
  }

  fails(address: number): void {
    const { platform, name } = this.device;
    platform.oracle.note('BUS_ERROR', `address ${address}`, name);
  }

  /** @rule HW-CODEC-005 */
  overlaps(): void {
    const { platform, name } = this.device;
    platform.oracle.note('SELF_OVERLAP', 'it writes what it reads', name);
  }
}
