import type { EventName, HardwareRecordKind, Tracepoint } from '../../model/events.ts';
import type { Access } from './access.ts';
import type { WatchedHardware } from './hardware-ledger.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './task.ts';
import type { Violation } from './violation.ts';
import type { World } from './world.ts';

/** An object took an event, at the step that commits it. */
export interface WorldEvent {
  readonly object: KernelObject;
  readonly name: EventName;
  /** What the call returns, when the event answers a call. */
  readonly result: number | null;
  /** A number that belongs to the event: an error, a value, a usage. */
  readonly detail: number;
  /** The other object of the event: the fence that is added, the child that signaled. */
  readonly subject: KernelObject | null;
  readonly task: Task;
  /** Steps that the world has made, this one included. */
  readonly step: number;
}

/** What the trace buffer keeps of a fence. @kernel trace event class dma_fence */
export interface TraceRecord {
  readonly driver: string;
  readonly timeline: string;
  /** Cut to 32 bits, as the record's fields are. */
  readonly context: number;
  readonly seqno: number;
}

/** Something about simulated hardware that no program has asked for: see `HARDWARE_RECORDS`. */
export interface HardwareRecord {
  readonly kind: HardwareRecordKind;
  /** Unit: nanoseconds since boot. */
  readonly timeNs: number;
  /** Who has done it: a device, a task. */
  readonly actor: string;
  /** To what: a page, an address, a buffer. */
  readonly what: string;
  /** Steps that the world has made, this one included. */
  readonly step: number;
}

/** Listens to a world. Judges and recorders implement the parts that they need. */
export interface Observer {
  event?(event: WorldEvent): void;
  violation?(violation: Violation): void;
  /**
   * A trace point that is switched on was passed. `record`: null when it is not a fence's;
   * `detail`: the direction of those about memory for devices.
   */
  tracepoint?(
    name: Tracepoint,
    object: KernelObject,
    record: TraceRecord | null,
    detail: number,
  ): void;
  /** The world has got simulated hardware; at set-up. */
  hardwareMade?(hardware: WatchedHardware, world: World): void;
  /** Hardware has noted something, or an oracle that watches it. */
  hardware?(record: HardwareRecord): void;
  /** A task performed the access that it had announced. */
  stepped?(task: Task, access: Access, alternative: number): void;
}
