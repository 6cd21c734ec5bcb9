import type { KernelTask } from '../../kernel/access.ts';
import type { DeviceLane } from '../device-lane.ts';
import type { Device } from '../device.ts';
import { ABORT } from '../dma-port.ts';
import type { InterruptLine } from '../interrupt-line.ts';
import { iovaPageOf } from '../iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES } from '../platform-options.ts';
import type { Token } from '../token.ts';
import { wordOf, wordToken } from '../words.ts';
import { ABORTED, type DmaEnginePort } from './dma-engine-port.ts';
import type { Peers } from './peers.ts';

/** The line of its page at an address. */
function lineOf(address: number): number {
  return Math.floor((address % PAGE_BYTES) / LINE_BYTES);
}

/** A copying engine in a machine. */
export class DmaEngineBus implements DmaEnginePort {
  readonly device: Device;
  readonly interrupt: InterruptLine;
  /** A second line, which says that a job is over and nothing else; null: there is none. */
  readonly end: InterruptLine | null;
  /** The lane of the engine, which all accesses are made by. */
  lane: DeviceLane | null = null;
  /** Who may use whose memory; null: there is no other memory. */
  peers: Peers | null = null;

  /** It tells of a job when its writes have landed everywhere; else, in system memory. */
  waitsForPeers = true;

  constructor(device: Device, interrupt: InterruptLine, end: InterruptLine | null = null) {
    this.device = device;
    this.interrupt = interrupt;
    this.end = end;
  }

  *findPage(address: number, isWrite: boolean): KernelTask<number> {
    if (this.lane === null) return ABORTED;
    const access = isWrite ? 'write' : 'read';
    const page = yield* this.device.dma.translate(this.lane, iovaPageOf(address), access);
    if (page === ABORT || !this.reachesPeer(page)) return ABORTED;
    return page;
  }

  private reachesPeer(page: number): boolean {
    const { peers } = this;
    const { platform, name } = this.device;
    if (peers === null || platform.memory.zoneOf(page) !== 'vram') return true;
    return peers.reaches(name, 'vram');
  }

  load(page: number, address: number): Token {
    return this.device.dma.load(page, lineOf(address));
  }

  post(page: number, address: number, tokens: readonly Token[]): void {
    this.device.dma.post(page, lineOf(address), tokens);
  }

  *drain(): KernelTask<void> {
    const { dma } = this.device;
    if (this.waitsForPeers) yield* dma.drain();
    else yield* dma.toRam.drain();
  }

  /** A processor reads what was written last: all writes on that way come before. @rule HW-DMA-008 */
  *readBack(address: number): KernelTask<void> {
    const { dma, domain } = this.device;
    const entry = domain?.walk(iovaPageOf(address)) ?? null;
    if (entry !== null) yield* dma.pathTo(entry.page).drain();
  }

  reset(): void {
    this.device.dma.reset();
  }

  *count(address: number): KernelTask<void> {
    const page = yield* this.findPage(address, true);
    if (page === ABORTED) return;
    const jobs = wordOf(this.device.dma.load(page, lineOf(address)));
    this.device.dma.post(page, lineOf(address), [wordToken(jobs + 1)]);
    yield* this.device.dma.drain();
  }

  *raise(): KernelTask<void> {
    yield* this.interrupt.assert();
    if (this.end !== null) yield* this.end.assert();
  }

  lower(): void {
    this.interrupt.lower();
  }
}
