import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { LedgerWork } from '../../../impl/kernel/hardware-ledger.ts';
import { LINE_BYTES } from '../../../impl/hw/platform-options.ts';
import { placeOf } from './addresses.ts';

/** `open`: it will be done, or is; `done`: by the device; `lost`: nobody will do it. */
export type WorkState = 'open' | 'done' | 'lost';

/** Work that a fence stands for, and what has become of it. */
export class Work {
  readonly entry: LedgerWork;
  readonly fence: DmaFence;
  state: WorkState = 'open';
  /** A copying engine has begun it. */
  isBegun = false;
  /** The device is not there any more, or was reset with this one first. */
  isGuilty = false;
  wasReset = false;
  /** It was not the device's turn for it yet when that was reset. */
  wasBehind = false;
  /** When the device forgot that it had done it, before anybody was told. Unit: nanoseconds. */
  forgottenNs: number | null = null;
  /** It stopped before its end and has not said so: a mistake that only its lines tell. */
  isSilent = false;
  /** Lines that it had written got lost. */
  hasLost = false;
  isSignaled = false;
  /** When its turn came; null: not yet. Unit: nanoseconds. */
  startedNs: number | null = null;
  endedNs = 0;
  /** The line in which the device writes its number. */
  readonly seqPlace: number | null;
  /** Which frames the lines are of that it has written. */
  readonly contents: Set<number> = new Set<number>();
  /** Lines that are to be written and are not yet, each with the one that it is a copy of. */
  readonly missing: Map<number, number> = new Map<number, number>();

  constructor(entry: LedgerWork, fence: DmaFence) {
    this.entry = entry;
    this.fence = fence;
    const { device, seq, copy } = entry;
    this.seqPlace = seq === null ? null : placeOf(device, seq.address);
    if (copy === null) return;
    for (let line = 0; line < copy.lines; line += 1) {
      const to = placeOf(device, copy.to + line * LINE_BYTES);
      const from = placeOf(device, copy.from + line * LINE_BYTES);
      if (to !== null && from !== null) this.missing.set(to, from);
    }
  }

  get name(): string {
    return this.fence.label;
  }
}
