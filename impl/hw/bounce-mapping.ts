import type { Device } from './device.ts';
import { type Direction, DmaMapping } from './dma-mapping.ts';
import type { IovaPage } from './iommu-domain.ts';
import type { StateVisitor } from '../kernel/object.ts';
import { LINE_BYTES, PAGE_LINES } from './platform-options.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Token } from './token.ts';

/** Bytes of a page, which need not be whole lines. */
export interface ByteRange {
  readonly page: PageNumber;
  /** Unit: bytes. */
  readonly from: number;
  readonly length: number;
}

/** Caches can only be kept in step with memory by whole lines. */
export function isLineAligned({ from, length }: ByteRange): boolean {
  return from % LINE_BYTES === 0 && length % LINE_BYTES === 0;
}

/**
 * Bytes that share lines with other data: the device gets a page of its own, and what it writes is
 * copied. So no line is ever invalidated in which something else is.
 *
 * @kernel swiotlb
 */
export class BounceMapping extends DmaMapping {
  readonly range: ByteRange;
  /** What the device has written of lines that are not wholly the buffer's; by line of the page. */
  readonly parts: Map<number, Token> = new Map();
  /** The page that the device sees. */
  readonly bounced: PageNumber;

  /** `at`: where the device sees that page. */
  constructor(
    device: Device,
    range: ByteRange,
    direction: Direction,
    bounced: PageNumber,
    at: IovaPage,
  ) {
    super(device, [bounced], direction, at);
    this.range = range;
    this.bounced = bounced;
  }

  /** What the processors have goes to where the device looks. */
  copyIn(): void {
    const { cpuCache, memory } = this.device.platform;
    for (const { line } of this.lines()) {
      memory.write(this.bounced, line, cpuCache.load(this.range.page, line));
    }
  }

  /** What the device has written goes to where the processors look. */
  copyOut(): void {
    const { cpuCache, memory } = this.device.platform;
    for (const { line, isWhole } of this.lines()) {
      const token = memory.read(this.bounced, line);
      if (isWhole) cpuCache.store(this.range.page, line, token);
      else this.parts.set(line, token);
    }
  }

  override visitState(visit: StateVisitor): void {
    super.visitState(visit);
    for (const [line, token] of this.parts) visit('part', [line, token]);
  }

  /** No other data is in the line between these bytes. */
  protected isWhole(start: number, end: number): boolean {
    const { from, length } = this.range;
    return start >= from && end <= from + length;
  }

  private lines(): readonly { readonly line: number; readonly isWhole: boolean }[] {
    const { from, length } = this.range;
    const lines: { line: number; isWhole: boolean }[] = [];
    for (let line = 0; line < PAGE_LINES; line += 1) {
      const start = line * LINE_BYTES;
      const end = start + LINE_BYTES;
      if (end <= from || start >= from + length) continue;
      lines.push({ line, isWhole: this.isWhole(start, end) });
    }
    return lines;
  }
}
