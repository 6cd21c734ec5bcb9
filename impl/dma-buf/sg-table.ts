import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { World } from '../kernel/world.ts';
import { PAGE_SIZE, type Pages } from '../uapi/pages.ts';

/** One run of bus addresses. @kernel struct scatterlist */
export interface SgSegment {
  readonly dmaAddress: number;
  /** Unit: bytes. */
  readonly length: number;
  /** What is there, for the exporter alone. @kernel sg_page */
  readonly pages?: Pages;
}

/**
 * Where a device finds a buffer. The addresses mean something while the table is mapped.
 *
 * @kernel struct sg_table
 */
export class SgTable extends KernelObject {
  readonly segments: readonly SgSegment[];
  /** Page pointers are not for importers: with debugging on they are unusable while mapped. */
  readonly arePagesHidden: PlainWord<boolean>;

  constructor(world: World, segments: readonly SgSegment[]) {
    super(world, 'sgTable');
    this.segments = segments;
    this.arePagesHidden = new PlainWord<boolean>(this, 'arePagesHidden', false);
  }

  /** Unit: bytes. */
  get length(): number {
    return this.segments.reduce((sum, { length }) => sum + length, 0);
  }

  /** Whole pages, and enough of them. @rule ATTACH-022 */
  covers(size: number): boolean {
    const isAligned = this.segments.every(
      ({ dmaAddress, length }) => dmaAddress % PAGE_SIZE === 0 && length % PAGE_SIZE === 0,
    );
    return isAligned && this.length >= size;
  }

  visitState(visit: StateVisitor): void {
    visit('arePagesHidden', this.arePagesHidden.value);
    visit(
      'segments',
      this.segments.map(({ dmaAddress, length }) => `${dmaAddress}+${length}`),
    );
  }
}
