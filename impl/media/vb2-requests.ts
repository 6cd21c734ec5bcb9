import type { KernelTask } from '../kernel/access.ts';
import { EBUSY, EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Setup } from './vb2-ops.ts';
import type { Vb2Queue } from './vb2-queue.ts';
import { BUFFERS_MAX, VB2_MEMORY_MMAP, VB2_MEMORY_UNKNOWN } from './video-uapi.ts';

/** Making the buffers of a queue, and ending them. */
export class Vb2Requests {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * How many buffers there are now, or a negative error. Those that there were are gone.
   *
   * @kernel vb2_core_reqbufs
   * @rule VB2-005
   * @rule VB2-014
   */
  *request(queue: Vb2Queue, memory: number, count: number): KernelTask<number> {
    if (this.isBusy(queue, count)) return -EBUSY;
    const isOther = queue.memory.ask((known) => known !== VB2_MEMORY_UNKNOWN && known !== memory);
    if (count === 0 || !queue.buffers.isEmpty() || isOther) {
      yield* this.stack.vb2Streaming.cancel(queue);
      yield* this.free(queue);
      if (count === 0) return 0;
    }
    queue.memory.set(memory);
    const wanted = Math.min(Math.max(count, queue.allocatedMin), BUFFERS_MAX);
    const made = yield* this.setUp(queue, wanted);
    if (made < 0) queue.memory.set(VB2_MEMORY_UNKNOWN);
    return made;
  }

  /** @rule VB2-014 */
  protected isBusy(queue: Vb2Queue, count: number): boolean {
    if (queue.isStreaming.readStable() === 1) return true;
    return count > 0 && queue.isWaiting.get();
  }

  /** The driver decides what it can do with, once it is known how many there are. */
  protected *setUp(queue: Vb2Queue, count: number): KernelTask<number> {
    const setup = yield* queue.ops.queueSetup(queue, count);
    if (typeof setup === 'number') return setup;
    const sizes = setup.planeSizes;
    const isInsane = sizes.length === 0 || sizes.includes(0);
    if (this.stack.world.warnOn(isInsane, 'queue_setup without planes', queue)) return -EINVAL;
    const made = yield* this.allocate(queue, setup);
    if (made === 0) return -ENOMEM;
    const error = yield* this.settle(queue, made, setup.count);
    if (error < 0) {
      yield* this.free(queue);
      return error;
    }
    return made;
  }

  /** 0 when the driver can do with as many as there are. */
  protected *settle(queue: Vb2Queue, made: number, wanted: number): KernelTask<number> {
    if (made < queue.allocatedMin) return -ENOMEM;
    if (made === wanted) return 0;
    const setup = yield* queue.ops.queueSetup(queue, made);
    if (typeof setup === 'number') return setup;
    return made < setup.count ? -ENOMEM : 0;
  }

  /** How many could be made. @kernel __vb2_queue_alloc */
  protected *allocate(queue: Vb2Queue, setup: Vb2Setup): KernelTask<number> {
    const buffers: Vb2Buffer[] = [];
    for (let index = 0; index < setup.count; index += 1) {
      const buffer = yield* this.make(queue, index, setup);
      if (buffer === null) break;
      buffers.push(buffer);
      queue.buffers.push(buffer);
      queue.tell('allocate');
    }
    return buffers.length;
  }

  /** Null: there is no memory for it, or the driver does not want it. */
  protected *make(queue: Vb2Queue, index: number, setup: Vb2Setup): KernelTask<Vb2Buffer | null> {
    const { world } = this.stack;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
    const { planeSizes, devices = [] } = setup;
    const owners = planeSizes.map((_, number) => devices[number] ?? queue.device);
    const buffer = new this.stack.types.Vb2Buffer(queue, index, planeSizes, owners);
    const isOwn = queue.memory.get() === VB2_MEMORY_MMAP;
    if (!isOwn) {
      buffer.tell('alloc', planeSizes.length);
      return buffer;
    }
    if (yield* this.provide(buffer)) {
      buffer.tell('alloc.mmap', planeSizes.length);
      const { ops } = queue;
      if (ops.bufInit === undefined || (yield* ops.bufInit(buffer)) === 0) return buffer;
      yield* this.takeBack(buffer);
      buffer.tell('free');
    }
    world.memory.free(buffer);
    return null;
  }

  /** Memory for all planes, or for none. @kernel __vb2_buf_mem_alloc */
  protected *provide(buffer: Vb2Buffer): KernelTask<boolean> {
    const { queue } = buffer;
    for (const [number, plane] of buffer.planes.entries()) {
      const device = buffer.devices[number] ?? queue.device;
      const memory = yield* queue.memOps.alloc(queue, device, plane.minLength);
      if (typeof memory === 'number') {
        yield* this.takeBack(buffer);
        return false;
      }
      plane.memory.set(memory);
    }
    return true;
  }

  /** Exports keep it. @kernel __vb2_buf_mem_free @rule VB2-014 */
  protected *takeBack(buffer: Vb2Buffer): KernelTask<void> {
    for (const plane of buffer.planes) {
      const { own } = plane;
      if (own !== null) yield* own.put();
      plane.memory.set(null);
    }
  }

  /** The driver knows of it, and has to forget it. */
  protected hasMemory({ planes }: Vb2Buffer): boolean {
    return planes[0]?.memory.isNull() === false;
  }

  /** Ends all buffers, and whatever memory they have. @kernel __vb2_queue_free @rule VB2-005 */
  *free(queue: Vb2Queue): KernelTask<void> {
    const { ops } = queue;
    for (const buffer of queue.buffers.copy()) {
      if (this.hasMemory(buffer) && ops.bufCleanup !== undefined) yield* ops.bufCleanup(buffer);
    }
    for (const buffer of queue.buffers.takeAll()) {
      if (queue.memory.get() === VB2_MEMORY_MMAP) yield* this.takeBack(buffer);
      else yield* this.stack.vb2Planes.releaseAll(buffer);
      buffer.tell('free');
      this.stack.world.memory.free(buffer);
    }
    queue.tell('release');
    queue.memory.set(VB2_MEMORY_UNKNOWN);
  }
}
