import type { KernelTask } from '../../kernel/access.ts';
import type { DeviceCache } from '../device-cache.ts';
import type { DeviceLane } from '../device-lane.ts';
import type { Device } from '../device.ts';
import { ABORT } from '../dma-port.ts';
import type { InterruptLine } from '../interrupt-line.ts';
import { iovaPageOf } from '../iommu-domain.ts';
import { LINE_BYTES, PAGE_BYTES, PAGE_LINES } from '../platform-options.ts';
import { frameToken, type Token } from '../token.ts';
import { noteToken, wordOf, wordToken } from '../words.ts';
import { type GpuCommand, numbersOf } from './gpu-commands.ts';
import { ABORTED, type GpuPort, UNKNOWN } from './gpu-port.ts';
import { NO_CONTEXT } from './gpu-registers.ts';
import type { GpuSpaces } from './gpu-spaces.ts';

/** The line of its page at an address. */
function lineOf(address: number): number {
  return Math.floor((address % PAGE_BYTES) / LINE_BYTES);
}

/** Where a page of a context is, as long as nobody changes any table. */
class Seen {
  context = NO_CONTEXT;
  page = -1;
  version = -1;
  /** Of its first line. */
  place: number = UNKNOWN;
}

/** A graphics engine in a machine: its bus, its cache, its page tables. */
export class GpuBus implements GpuPort {
  readonly device: Device;
  readonly cache: DeviceCache;
  readonly spaces: GpuSpaces;
  readonly interrupt: InterruptLine;
  /** The lane of the engine, which all accesses are made by. */
  lane: DeviceLane | null = null;
  /** For reads and for writes: where the page is that was asked for last. */
  private readonly seen = [new Seen(), new Seen()] as const;
  /** Commands by the token that says them: equal ones have equal tokens. */
  private readonly commands = new Map<Token, GpuCommand>();

  constructor(
    device: Device,
    parts: { cache: DeviceCache; spaces: GpuSpaces; interrupt: InterruptLine },
  ) {
    this.device = device;
    this.cache = parts.cache;
    this.spaces = parts.spaces;
    this.interrupt = parts.interrupt;
  }

  /** How a command is written to memory. */
  tokenFor(command: GpuCommand): Token {
    const token = noteToken(numbersOf(command));
    this.commands.set(token, command);
    return token;
  }

  command(token: Token): GpuCommand | null {
    return this.commands.get(token) ?? null;
  }

  *find(context: number, address: number, isWrite: boolean): KernelTask<number> {
    let iova = iovaPageOf(address);
    if (context !== NO_CONTEXT) {
      const found = this.spaces.find(context, address);
      if (found === null || (isWrite && !found.canWrite)) return ABORTED;
      if (found.kind === 'vram') return this.inVram(found.page, address);
      iova = found.iova;
    }
    if (this.lane === null) return ABORTED;
    const page = yield* this.device.dma.translate(this.lane, iova, isWrite ? 'write' : 'read');
    return page === ABORT ? ABORTED : page * PAGE_LINES + lineOf(address);
  }

  private inVram(page: number, address: number): number {
    return this.device.isGone.get() ? ABORTED : page * PAGE_LINES + lineOf(address);
  }

  known(context: number, address: number, isWrite: boolean): number {
    const { world } = this.device;
    // Who notes all accesses wants to hear of each.
    if (world.footprint !== null || world.accesses !== null) {
      return this.lookUp(context, address, isWrite);
    }
    const seen = this.seen[isWrite ? 1 : 0];
    const page = iovaPageOf(address);
    const version = this.spaces.version + (this.device.domain?.version ?? 0);
    if (seen.context !== context || seen.page !== page || seen.version !== version) {
      const place = this.lookUp(context, page * PAGE_BYTES, isWrite);
      if (place === UNKNOWN || place === ABORTED) return place;
      seen.context = context;
      seen.page = page;
      seen.version = version;
      seen.place = place;
    }
    return this.device.isGone.value ? UNKNOWN : seen.place + lineOf(address);
  }

  private lookUp(context: number, address: number, isWrite: boolean): number {
    const found = this.spaces.find(context, address);
    if (found === null || (isWrite && !found.canWrite)) return UNKNOWN;
    if (found.kind === 'vram') return this.inVram(found.page, address);
    const { domain, isGone } = this.device;
    const entry = domain?.look(found.iova) ?? null;
    if (domain === null || entry === null || isGone.get()) return UNKNOWN;
    // What is cached and not in the table any more is a matter for the whole way.
    if (domain.walk(found.iova) !== entry) return UNKNOWN;
    const isAllowed = isWrite ? entry.canWrite : entry.canRead;
    return isAllowed ? entry.page * PAGE_LINES + lineOf(address) : UNKNOWN;
  }

  load(place: number): Token {
    return this.cache.load(Math.floor(place / PAGE_LINES), place % PAGE_LINES);
  }

  store(place: number, token: Token): void {
    this.cache.store(Math.floor(place / PAGE_LINES), place % PAGE_LINES, token);
    this.device.platform.ledger?.written(this.device, place, token);
  }

  look(place: number): Token {
    return this.device.dma.load(Math.floor(place / PAGE_LINES), place % PAGE_LINES);
  }

  tokenOf(context: number, version: number, line: number): Token {
    return frameToken(this.device.writer, Math.max(context, 0), version) + line;
  }

  readWord(place: number): number {
    return wordOf(this.look(place));
  }

  *writeWord(place: number, value: number): KernelTask<void> {
    const { dma } = this.device;
    dma.post(Math.floor(place / PAGE_LINES), place % PAGE_LINES, [wordToken(value)]);
    yield* dma.drain();
  }

  /** Of who waits in front of a gate: it leaves no trace. */
  peekWord(address: number): number {
    const { domain, platform, isGone } = this.device;
    const iova = iovaPageOf(address);
    const page =
      domain === null
        ? platform.memory.pageAt(address)
        : (domain.entries.find(([known]) => known === iova)?.[1].page ?? ABORT);
    if (page < 0 || isGone.value) return ABORTED;
    return wordOf(platform.memory.record(page).lines[lineOf(address)] ?? 0);
  }

  *flush(): KernelTask<void> {
    yield* this.cache.flush();
  }

  invalidate(): void {
    this.cache.invalidateClean();
  }

  forgetTranslations(): void {
    this.device.domain?.invalidate(null);
  }

  dropCache(): void {
    this.cache.reset();
    this.device.dma.reset();
  }

  /** @rule HW-GPU-003 */
  overrun(commands: number): void {
    const { platform, name } = this.device;
    platform.oracle.note('RING_OVERRUN', `${commands} commands`, name);
  }

  *raise(): KernelTask<void> {
    yield* this.interrupt.assert();
  }

  lower(): void {
    this.interrupt.lower();
  }
}
