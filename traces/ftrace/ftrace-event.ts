import type { Tracepoint } from '../../model/events.ts';

/** Something about one fence, which its context and number name, both cut to 32 bits. */
export interface FenceLogEvent {
  readonly kind: 'fence';
  readonly name: Tracepoint;
  readonly driver: string;
  readonly timeline: string;
  readonly context: number;
  readonly seqno: number;
}

/** Something about a job of a GPU scheduler. */
export interface JobLogEvent {
  readonly kind: 'job';
  readonly name: Tracepoint;
  readonly step: 'queue' | 'run' | 'done';
  /** Names the job: its fence, as a pointer in older kernels, as context and number in newer ones. */
  readonly key: string;
  /** Another name, by which dependencies call it in older kernels. */
  readonly alias: string | null;
  /** Names whose job it is, among those of the log. */
  readonly entity: string | null;
  readonly ring: string;
  /** The place among the jobs of its entity, cut to 32 bits; null where a log does not say it. */
  readonly seqno: number | null;
}

/** A job has to wait for a fence. */
export interface DependencyLogEvent {
  readonly kind: 'dependency';
  readonly name: Tracepoint;
  /** The key or the alias of the job. */
  readonly job: string;
  readonly context: number;
  readonly seqno: number;
}

/** A vertical blank, or an event that somebody asked for or gets. */
export interface VblankLogEvent {
  readonly kind: 'vblank';
  readonly name: Tracepoint;
  readonly step: 'tick' | 'queued' | 'delivered';
  readonly crtc: number;
  readonly seq: number;
}

/** One step of a software timeline, with the value before it. */
export interface TimelineLogEvent {
  readonly kind: 'timeline';
  readonly name: Tracepoint;
  readonly timeline: string;
  /** Unsigned. */
  readonly value: number;
}

export type FtraceEvent =
  FenceLogEvent | JobLogEvent | DependencyLogEvent | VblankLogEvent | TimelineLogEvent;

/** Who, where and when. */
export interface FtraceHeader {
  /** The name of the task, as bytes. */
  readonly task: string;
  readonly pid: number;
  readonly cpu: number;
  /** Unit: microseconds, or ticks of whatever clock the log was recorded with. */
  readonly time: number;
  readonly hasSeconds: boolean;
}
