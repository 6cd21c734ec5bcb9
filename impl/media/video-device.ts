import type { KernelTask } from '../kernel/access.ts';
import { ENODEV } from '../kernel/errno.ts';
import { Cell } from '../kernel/cell.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Stack } from '../stack.ts';
import { File, O_NONBLOCK, O_RDWR } from '../uapi/file.ts';
import type { Vb2Queue, Vb2QueueOptions } from './vb2-queue.ts';

/** A video device and its queues: one, or one for each direction. @kernel struct video_device */
export class VideoDevice extends KernelObject {
  readonly stack: Stack;
  readonly name: string;
  /** Of all its requests. @kernel vb2_queue.lock */
  readonly lock: Mutex;
  readonly queues: readonly Vb2Queue[];
  /** The hardware was taken away. */
  readonly isUnplugged: Cell;

  constructor(
    stack: Stack,
    name: string,
    queues: readonly Omit<Vb2QueueOptions, 'lock' | 'device'>[],
  ) {
    super(stack.world, 'videoDevice');
    this.isStatic = true;
    this.stack = stack;
    this.name = name;
    this.lock = new Mutex(this, 'lock', 'vdev->queue->lock');
    this.isUnplugged = new Cell(this, 'unplugged', 0);
    this.queues = queues.map(
      (options) => new stack.types.Vb2Queue(stack, { ...options, lock: this.lock, device: this }),
    );
  }

  /** The queue for buffers of a type; without one, the first, which will refuse them. */
  queueOf(type: number): Vb2Queue {
    const queue = this.queues.find((candidate) => candidate.type === type) ?? this.queues[0];
    return queue ?? this.world.fault('bug', `${this.name} has no queue`, this);
  }

  /** @kernel v4l2_open */
  *open(isNonblocking: boolean): KernelTask<File | number> {
    if ((yield* this.isUnplugged.read()) !== 0) return -ENODEV;
    const flags = O_RDWR | (isNonblocking ? O_NONBLOCK : 0);
    return new File(this.stack, new this.stack.types.VideoFile(this), flags);
  }

  /** Requests fail from now on. @kernel video_unregister_device */
  *unplug(): KernelTask<void> {
    yield* this.isUnplugged.write(1);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('unplugged', this.isUnplugged.value);
  }
}
