import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { AbstractState } from './events.ts';
import type { RuleId } from './rules/catalogue.ts';
import type { SystemEvent } from './systems/machine.ts';

/** Events of simulated video devices. They join the vocabulary in `events.ts` with the devices. */
export const VIDEO_DEVICE_EVENTS = {
  /**
   * A camera and its capture engine. `queue` writes an address for a frame to come, `queue.full` one
   * that has no place. `sof` and `overrun` are starts of frames, with an address and without; `detail`
   * of `line` is the image line that is written. `drain`: all writes of the frame can be seen; `early`:
   * the engine does not wait for that. `latch` stores address and sequence number of the frame, `raise`
   * comes with the interrupt, `ack` from the driver.
   */
  camera: [
    'stream',
    'streamOff',
    'abort',
    'queue',
    'queue.full',
    'sof',
    'overrun',
    'line',
    'fault',
    'drain',
    'early',
    'latch',
    'raise',
    'ack',
    'unplug',
  ],
  /**
   * A codec. `detail` of `start` is the number of pages of a job, of `read` and `write` the page;
   * `reference` reads a frame that was decoded before. `partial.*`: it stops before the last page, and
   * says so or not; `badStream`: what it reads makes no sense. `abort`: the bus has failed. `hang`: no
   * step until a reset.
   */
  codec: [
    'start',
    'start.dropped',
    'read',
    'reference',
    'write',
    'partial.error',
    'partial.silent',
    'badStream',
    'abort',
    'hang',
    'drain',
    'raise',
    'ack',
    'reset',
    'unplug',
  ],
} as const;

export type VideoDeviceKind = keyof typeof VIDEO_DEVICE_EVENTS;

/** An event of a video device, with the number that belongs to it. */
export interface VideoDeviceEvent<Kind extends VideoDeviceKind = VideoDeviceKind> {
  readonly type: (typeof VIDEO_DEVICE_EVENTS)[Kind][number];
  readonly detail?: number;
}

/** The machine of a device, within a scope: what `Lifecycle` is for objects of the kernel. */
export interface VideoDeviceMachine<Kind extends VideoDeviceKind = VideoDeviceKind> {
  readonly kind: Kind;
  readonly machine: AnyStateMachine;
  /** Every event with every payload within the scope. */
  readonly alphabet: readonly SystemEvent[];
  /** Which rules are broken when this event comes where the machine forbids it. */
  readonly forbids: Readonly<Record<(typeof VIDEO_DEVICE_EVENTS)[Kind][number], readonly RuleId[]>>;
  /** What the device itself must show in this state. */
  readonly view: (snapshot: Pick<AnyMachineSnapshot, 'value' | 'context'>) => AbstractState;
}
