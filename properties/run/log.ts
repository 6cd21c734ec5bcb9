import type { EventName, Tracepoint } from '../../model/events.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { TaskContext } from '../../impl/kernel/task.ts';
import type { Observer, TraceRecord, WorldEvent } from '../../impl/kernel/world.ts';

/** An event or a trace point, as a run noted it. */
export interface Sighting {
  readonly kind: 'event' | 'tracepoint';
  readonly name: EventName | Tracepoint;
  readonly object: KernelObject;
  readonly result: number | null;
  readonly detail: number;
  /** The other object of the event, when it has one. */
  readonly subject: KernelObject | null;
  readonly task: string;
  readonly context: TaskContext;
  /** Number of the processor, and whether a task there holds a spinlock. */
  readonly cpu: number;
  readonly isPinned: boolean;
  readonly step: number;
  /** Signalling sections that were open in the task. */
  readonly signallingDepth: number;
  /** What the trace buffer got, for trace points of fences. */
  readonly record: TraceRecord | null;
}

/** Everything that objects and trace points told during one run, in order. */
export class Log implements Observer {
  readonly sightings: Sighting[] = [];

  event(event: WorldEvent): void {
    const { name, object, result, detail, subject, task } = event;
    this.sightings.push({
      kind: 'event',
      name,
      object,
      result,
      detail,
      subject,
      task: task.name,
      context: task.context,
      cpu: task.cpu.index,
      isPinned: task.cpu.pinned !== null,
      step: object.world.steps,
      signallingDepth: task.signallingDepth,
      record: null,
    });
  }

  tracepoint(
    name: Tracepoint,
    object: KernelObject,
    record: TraceRecord | null,
    detail: number,
  ): void {
    const { current, steps } = object.world;
    this.sightings.push({
      kind: 'tracepoint',
      name,
      object,
      result: null,
      detail,
      subject: null,
      task: current.name,
      context: current.context,
      cpu: current.cpu.index,
      isPinned: current.cpu.pinned !== null,
      step: steps,
      signallingDepth: current.signallingDepth,
      record,
    });
  }
}
