import type { Device } from '../dma-buf/dma-buf-attachment.ts';
import type { AbstractState, EventOf } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import { Vb2Plane } from './vb2-plane.ts';
import type { Vb2Queue } from './vb2-queue.ts';

/** Who has a buffer, and what becomes of it. @kernel enum vb2_buffer_state */
export type Vb2State = 'dequeued' | 'preparing' | 'queued' | 'active' | 'done' | 'error';

/** One frame of a queue. @kernel struct vb2_buffer */
export class Vb2Buffer extends KernelObject {
  readonly queue: Vb2Queue;
  readonly index: number;
  readonly planes: readonly Vb2Plane[];
  /** The device that accesses each plane. */
  readonly devices: readonly Device[];
  /** Written under the lock of the queue, or by whoever completes it, under `doneLock`. */
  readonly state: PlainWord<Vb2State>;
  /** It has its memory, and the driver has looked at it. Under the lock of the queue. */
  readonly isPrepared: PlainWord<boolean>;
  /** Devices see what the CPU has written: the memory must be finished. */
  readonly isSynced: PlainWord<boolean>;
  // Who has just queued a buffer is told what these say; they may be the driver's by then.
  /** No frame comes behind this one. The driver's until it is done. @kernel V4L2_BUF_FLAG_LAST */
  readonly isLast: PlainWord<boolean>;
  /** Which frame of the stream it is. The driver's until it is done. @kernel vb2_v4l2_buffer.sequence */
  readonly sequence: PlainWord<number>;

  constructor(
    queue: Vb2Queue,
    index: number,
    planeSizes: readonly number[],
    devices: readonly Device[],
  ) {
    super(queue.world, 'vb2Buffer');
    this.queue = queue;
    this.index = index;
    this.planes = planeSizes.map((size, number) => new Vb2Plane(this, `plane${number}`, size));
    this.devices = devices;
    this.state = new PlainWord<Vb2State>(this, 'state', 'dequeued', 'once');
    this.isPrepared = new PlainWord<boolean>(this, 'isPrepared', false);
    this.isSynced = new PlainWord<boolean>(this, 'isSynced', false);
    this.isLast = new PlainWord<boolean>(this, 'isLast', false, 'once');
    this.sequence = new PlainWord<number>(this, 'sequence', 0, 'once');
  }

  /** The buffer took an event; a number may belong to it. */
  tell(name: EventOf<'vb2Buffer'>, detail = 0): void {
    this.commit(name, null, detail);
  }

  override abstract(): AbstractState {
    const acquired = this.planes.filter(({ memory }) => memory.value !== null).length;
    const context = { acquired, isPrepared: this.isPrepared.value };
    return { state: this.state.value, context };
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.state.value);
    visit('isPrepared', this.isPrepared.value);
    visit('isSynced', this.isSynced.value);
    visit('isLast', this.isLast.value);
    visit('sequence', this.sequence.value);
    for (const plane of this.planes) plane.visitState(visit);
  }
}
