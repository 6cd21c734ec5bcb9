import type { Platform } from '../../../impl/hw/platform.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';
import type { E2eNotes } from './notes.ts';
import type { Work } from './work.ts';

/** A handler reads and writes some registers until it signals. */
const HANDLER_NS = 100_000;
/** Recovery counts in jiffies, and sleeps for some while the engine is reset. */
const RECOVERY_NS = 15_000_000;

/** How long a fence may stay open, as a function of what machine and driver are like. */
export class WorkTimes {
  private readonly platform: Platform;
  private readonly notes: E2eNotes;
  /** Interrupt lines that are masked, and when the last one was not any more. */
  private masked = 0;
  private unmaskedNs = 0;

  constructor(platform: Platform, notes: E2eNotes) {
    this.platform = platform;
    this.notes = notes;
  }

  /** Software that takes no interrupts is not told. */
  lineChanged(name: string): void {
    if (name === 'mask') this.masked += 1;
    if (name !== 'unmask') return;
    this.masked -= 1;
    this.unmaskedNs = this.notes.world.clock.valueNs;
  }

  judgeSignal(work: Work): void {
    if (!this.isOverdue(work)) return;
    this.notes.note(['E2E-008'], `${work.name} signals too late`);
  }

  /**
   * A driver looks at its engine and then resets it, and in between the engine may finish. Where
   * tasks take no time that is as long as the reset is on its way; else, nobody knows.
   */
  isOverlooked({ endedNs, forgottenNs }: Work): boolean {
    if (forgottenNs === null) return false;
    const isTimed = this.notes.world.clock.mode === 'discrete';
    return !isTimed || forgottenNs - endedNs <= this.platform.options.mmioWriteNs;
  }

  isOverdue(work: Work): boolean {
    const { clock } = this.notes.world;
    // Where time passes whenever it likes, nothing is late.
    return clock.mode === 'discrete' && clock.valueNs > this.latestNs(work);
  }

  /** When the fence has signaled at the latest. Unit: nanoseconds since boot. */
  private latestNs(work: Work): number {
    const { timeoutNs, fallbackNs, resetNs } = work.entry.limits;
    // Lost doorbells are rung again once; then the engine is reset.
    const recoveryNs = 2 * timeoutNs + resetNs + RECOVERY_NS;
    if (work.state !== 'done') {
      return work.startedNs === null ? Infinity : work.startedNs + recoveryNs;
    }
    if (this.masked > 0) return Infinity;
    const fromNs = Math.max(work.endedNs, this.unmaskedNs);
    const { interruptNs, lateInterruptNs } = this.platform.options;
    const directNs = Math.max(...interruptNs) + HANDLER_NS;
    if (!this.notes.isDisturbed) return fromNs + directNs;
    return fromNs + Math.max(lateInterruptNs, Math.min(fallbackNs, recoveryNs)) + RECOVERY_NS;
  }

  visitState(key: StateKey): void {
    key.add(this.masked);
    key.add(this.unmaskedNs);
  }
}
