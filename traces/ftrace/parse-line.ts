import type { Tracepoint } from '../../model/events.ts';
import { parseFence } from './dma-fence.ts';
import type { FtraceEvent, FtraceHeader } from './ftrace-event.ts';
import { parseDependency, parseJob, parseJobDone, parseWaitDependency } from './gpu-scheduler.ts';
import { findHeader, type HeaderFound } from './header.ts';
import { parseTimeline } from './sync-timeline.ts';
import { parseVblank } from './vblank.ts';

/** What one line of a log is. */
export type LogLine =
  | { readonly kind: 'event'; readonly header: FtraceHeader; readonly event: FtraceEvent }
  /** An event that nobody here asks about. */
  | { readonly kind: 'other'; readonly header: FtraceHeader }
  /** Events of a processor were lost right before; null where a log does not say how many. */
  | { readonly kind: 'lost'; readonly cpu: number; readonly count: number | null }
  /** At the head of a log: how much had been overwritten. */
  | { readonly kind: 'entries'; readonly kept: number; readonly written: number }
  | { readonly kind: 'remark' }
  | { readonly kind: 'misread' };

type Parse = (name: Tracepoint, fields: string) => FtraceEvent | null;

/** The events that are read. Jobs have two names each, the first before Linux 6.17. */
const READ: readonly (readonly [Tracepoint, Parse])[] = [
  ['dma_fence_emit', parseFence],
  ['dma_fence_init', parseFence],
  ['dma_fence_destroy', parseFence],
  ['dma_fence_enable_signal', parseFence],
  ['dma_fence_signaled', parseFence],
  ['dma_fence_wait_start', parseFence],
  ['dma_fence_wait_end', parseFence],
  ['drm_sched_job', parseJob('queue')],
  ['drm_sched_job_queue', parseJob('queue')],
  ['drm_run_job', parseJob('run')],
  ['drm_sched_job_run', parseJob('run')],
  ['drm_sched_process_job', parseJobDone],
  ['drm_sched_job_done', parseJobDone],
  ['drm_sched_job_wait_dep', parseWaitDependency],
  ['drm_sched_job_add_dep', parseDependency],
  ['drm_sched_job_unschedulable', parseDependency],
  ['drm_vblank_event', parseVblank('tick')],
  ['drm_vblank_event_queued', parseVblank('queued')],
  ['drm_vblank_event_delivered', parseVblank('delivered')],
  ['sync_timeline', parseTimeline],
];
const PARSERS: ReadonlyMap<string, readonly [Tracepoint, Parse]> = new Map(
  READ.map((entry) => [entry[0], entry]),
);

/** The longest name of a task that the kernel keeps. Unit: bytes. */
const TASK_MAX = 15;

const REMARK: LogLine = { kind: 'remark' };
const MISREAD: LogLine = { kind: 'misread' };
const REMARKS = [
  /^\s*$/,
  /^#/,
  /^version = ?\S+$/,
  /^cpus ?= ?\d+$/,
  /^CPU:? ?\d+ is empty$/,
  // Stacks, which belong to the line before.
  /^\s*=> /,
  /<(?:user )?stack trace>$/,
];
const LOST = /^CPU:(\d{1,5}) \[(?:LOST )?(?:(\d{1,15}) )?EVENTS(?: DROPPED)?\]$/;
const STARTED = /^##### CPU (\d{1,5}) buffer started ####$/;
const ENTRIES = /^# entries-in-buffer\/entries-written: (\d{1,15})\/(\d{1,15})\b/;

/** Says what a line is; it has no line end any more. */
export function parseLine(line: string): LogLine {
  const header = lastHeader(line);
  if (header === null) return parseRemark(line);
  const read = PARSERS.get(header.event);
  if (read === undefined) return { kind: 'other', header };
  const [name, parse] = read;
  const event = parse(name, line.slice(header.rest).trim());
  return event === null ? MISREAD : { kind: 'event', header, event };
}

/**
 * The name of a task may look like a whole header, and then the next one counts. What looks like one
 * farther on than a name can reach is text of the event: whoever writes to `trace_marker` writes it.
 */
function lastHeader(line: string): HeaderFound | null {
  let header = findHeader(line, 0);
  let next = header;
  while (next !== null) {
    next = findHeader(line, next.open + 1);
    if (next === null || next.task.length > TASK_MAX) break;
    header = next;
  }
  return header;
}

function parseRemark(line: string): LogLine {
  const text = line.trimEnd();
  const [, cpu, count] = LOST.exec(text) ?? STARTED.exec(text) ?? [];
  if (cpu !== undefined) {
    return { kind: 'lost', cpu: Number(cpu), count: count === undefined ? null : Number(count) };
  }
  const [, kept, written] = ENTRIES.exec(text.replace(/^#\s+/, '# ')) ?? [];
  if (written !== undefined) {
    return { kind: 'entries', kept: Number(kept), written: Number(written) };
  }
  return REMARKS.some((remark) => remark.test(text)) ? REMARK : MISREAD;
}
