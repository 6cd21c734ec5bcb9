import { LogObject, NOWHERE } from './log-object.ts';
import type { FenceSight } from './observers.ts';

/** What a log calls a fence: whose it is, its context and its number. */
export interface FenceName {
  readonly driver: string;
  readonly timeline: string;
  readonly context: number;
  readonly seqno: number;
}

export function fenceLabel({ driver, timeline, context, seqno }: FenceName): string {
  return `fence ${context}:${seqno} (${driver} ${timeline})`;
}

/** A wait that has begun. */
export interface OpenWait {
  readonly pid: number;
  readonly line: number;
  readonly time: number;
  readonly belief: number;
}

/** A job was run that had to wait for this fence. */
export interface OwedSignal {
  readonly runLine: number;
  readonly dependencyLine: number;
  readonly time: number;
}

const NONE: readonly never[] = [];

/** One fence as a log shows it. */
export class LogFence extends LogObject<FenceSight> {
  /** Its first event was seen, and none was lost since. */
  isWhole = false;
  /** Another fence has the same context and number, so it cannot be told whose events come. */
  isShared = false;
  /** So many that share it have begun and are not destroyed. */
  sharers = 0;
  /** It begins where another one was before events were lost, which may still be there. */
  isReborn = false;
  bornTime = 0;
  initLine: number = NOWHERE;
  enableLine: number = NOWHERE;
  signaledLine: number = NOWHERE;
  destroyLine: number = NOWHERE;
  waitLine: number = NOWHERE;
  waits: readonly OpenWait[] = NONE;
  owed: readonly OwedSignal[] = NONE;

  note(sight: FenceSight, line: number): void {
    switch (sight) {
      case 'dma_fence_init':
        this.initLine = line;
        return;
      case 'dma_fence_enable_signal':
        this.enableLine = line;
        return;
      case 'dma_fence_signaled':
        this.signaledLine = line;
        return;
      case 'dma_fence_destroy':
        this.destroyLine = line;
        return;
      case 'dma_fence_wait_start':
        if (this.waitLine === NOWHERE) this.waitLine = line;
        return;
      case 'dma_fence_wait_end':
      case 'dma_fence_emit':
    }
  }

  protected override forgetSeen(): void {
    this.isWhole = false;
    this.initLine = NOWHERE;
    this.enableLine = NOWHERE;
    this.signaledLine = NOWHERE;
    this.destroyLine = NOWHERE;
    this.waitLine = NOWHERE;
    this.waits = NONE;
    this.owed = NONE;
  }

  protected override lines(): readonly (readonly [FenceSight, number])[] {
    return [
      ['dma_fence_init', this.initLine],
      ['dma_fence_enable_signal', this.enableLine],
      ['dma_fence_signaled', this.signaledLine],
      ['dma_fence_destroy', this.destroyLine],
    ];
  }
}
