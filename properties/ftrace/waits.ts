import type { FenceCounts } from './fence-counts.ts';
import type { Findings } from './findings.ts';
import type { LogFence } from './log-fence.ts';
import type { Moment } from './moment.ts';
import { IMPOSSIBLE, type Observer } from './observer.ts';
import { type WaitSight, waitRules } from './observers.ts';

/** Of more tasks that wait for one fence, the others are not followed. */
const WAITS_MAX = 256;

/** Watches the waits of a log, each through the machine of waiters. */
export class WaitMonitor {
  private readonly machine: Observer<WaitSight>;
  private readonly findings: Findings;
  private readonly counts: FenceCounts;

  constructor(machine: Observer<WaitSight>, to: { findings: Findings; counts: FenceCounts }) {
    this.machine = machine;
    this.findings = to.findings;
    this.counts = to.counts;
  }

  take(
    fence: LogFence,
    { sight, label }: { readonly sight: WaitSight; readonly label: () => string },
    { pid, line, time, task }: Moment,
  ): void {
    const { machine } = this;
    const open = fence.waits.find((wait) => wait.pid === pid);
    // Of a fence that was there before the log begins, there may be waits that were, too.
    const unseen = sight === 'dma_fence_wait_end' && !fence.isWhole;
    const before = open?.belief ?? (unseen ? machine.anything : machine.unborn);
    const belief = machine.next(before, sight);
    if (belief === IMPOSSIBLE) {
      const why = open === undefined ? 'does not wait' : 'waits already';
      this.findings.add({
        rules: waitRules(sight),
        message: `${sight} of ${label()} by task ${pid}, which ${why}`,
        line,
        because: [open === undefined ? fence.initLine : open.line],
        needs: ['dma_fence_init', 'dma_fence_wait_start', 'dma_fence_wait_end'],
      });
      return;
    }
    if (sight === 'dma_fence_wait_start') {
      if (fence.waits.length < WAITS_MAX)
        fence.waits = [...fence.waits, { pid, line, time, belief }];
      else fence.isWhole = false;
      return;
    }
    if (open === undefined) return;
    fence.waits = fence.waits.filter((wait) => wait !== open);
    this.counts.wait({ task: `${task}-${pid}`, fence: label, line, time: time - open.time });
  }
}
