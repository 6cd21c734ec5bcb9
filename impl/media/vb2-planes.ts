import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, EIO } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { Vb2Buffer } from './vb2-buffer.ts';
import type { Vb2Import } from './vb2-import.ts';
import type { Vb2Plane } from './vb2-plane.ts';
import { VB2_MEMORY_DMABUF } from './video-uapi.ts';

/** What user space says of one plane. @kernel struct v4l2_plane */
export interface UserPlane {
  readonly fd: number;
  /** 0: all of the dma-buf. Unit: bytes. */
  readonly length: number;
  readonly bytesUsed: number;
  readonly dataOffset: number;
}

/** One plane as user space wants it to be, with a reference on the dma-buf. */
export interface WantedPlane extends UserPlane {
  readonly dmabuf: DmaBuf;
}

/** Giving memory to buffers, keeping it, and taking it away again. */
export class Vb2Planes {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * The buffer is ready to be queued, or as it was; a failed one has lost memory that it had imported.
   *
   * @kernel __buf_prepare
   * @rule VB2-005
   * @rule VB2-016
   */
  *prepare(buffer: Vb2Buffer, wanted: readonly UserPlane[]): KernelTask<number> {
    const { queue } = buffer;
    if ((yield* queue.error.read()) !== 0) return -EIO;
    if (buffer.isPrepared.get()) return 0;
    buffer.state.set('preparing');
    buffer.tell('prepare');
    const isImported = queue.memory.get() === VB2_MEMORY_DMABUF;
    const error = isImported
      ? yield* this.prepareDmabuf(buffer, wanted)
      : yield* this.prepareMmap(buffer, wanted);
    if (error !== 0) {
      buffer.state.set('dequeued');
      buffer.tell('prepare.failed');
      return error;
    }
    queue.prepareMemory(buffer);
    buffer.isPrepared.set(true);
    buffer.state.set('dequeued');
    buffer.tell('prepared');
    return 0;
  }

  /** @kernel __prepare_mmap */
  protected *prepareMmap(buffer: Vb2Buffer, wanted: readonly UserPlane[]): KernelTask<number> {
    for (const [number, plane] of buffer.planes.entries()) {
      plane.bytesUsed.set(wanted[number]?.bytesUsed ?? 0);
      plane.dataOffset.set(wanted[number]?.dataOffset ?? 0);
    }
    return yield* this.askDriver(buffer);
  }

  /**
   * @kernel __prepare_dmabuf
   * @rule VB2-002
   * @rule VB2-004
   * @rule VB2-005
   */
  protected *prepareDmabuf(buffer: Vb2Buffer, wanted: readonly UserPlane[]): KernelTask<number> {
    const planes = yield* this.lookUp(buffer, wanted);
    let error = planes === null ? -EINVAL : 0;
    if (planes !== null) {
      const isNew = !this.isKept(buffer, planes);
      if (isNew) error = yield* this.acquireAll(buffer, planes);
      else for (const { dmabuf } of planes) yield* dmabuf.file.putAtReturn();
      if (error === 0) error = yield* this.initialize(buffer, planes, isNew);
    }
    if (error !== 0) yield* this.releaseAll(buffer);
    return error;
  }

  /** The driver hears of new memory, and then looks at the buffer. */
  protected *initialize(
    buffer: Vb2Buffer,
    planes: readonly WantedPlane[],
    isNew: boolean,
  ): KernelTask<number> {
    const { ops } = buffer.queue;
    for (const [number, plane] of buffer.planes.entries()) this.note(plane, planes[number]);
    if (isNew && ops.bufInit !== undefined) {
      const error = yield* ops.bufInit(buffer);
      if (error !== 0) return error;
    }
    const error = yield* this.askDriver(buffer);
    if (error !== 0 && ops.bufCleanup !== undefined) yield* ops.bufCleanup(buffer);
    return error;
  }

  protected *askDriver(buffer: Vb2Buffer): KernelTask<number> {
    const { ops } = buffer.queue;
    return ops.bufPrepare === undefined ? 0 : yield* ops.bufPrepare(buffer);
  }

  /** What user space has said of the plane. */
  protected note(plane: Vb2Plane, wanted: WantedPlane | undefined): void {
    if (wanted === undefined) return;
    plane.bytesUsed.set(wanted.bytesUsed);
    plane.length.set(wanted.length);
    plane.fd.set(wanted.fd);
    plane.dataOffset.set(wanted.dataOffset);
  }

  /** The dma-bufs of all planes, with references, or null and none. @rule VB2-002 */
  protected *lookUp(
    buffer: Vb2Buffer,
    wanted: readonly UserPlane[],
  ): KernelTask<readonly WantedPlane[] | null> {
    const found: WantedPlane[] = [];
    for (const [number, { minLength }] of buffer.planes.entries()) {
      const plane = yield* this.lookUpOne(wanted[number]);
      if (plane !== null) found.push(plane);
      if (plane !== null && plane.length >= minLength) continue;
      yield* this.putBack(found);
      return null;
    }
    return found;
  }

  protected *lookUpOne(wanted: UserPlane | undefined): KernelTask<WantedPlane | null> {
    if (wanted === undefined) return null;
    const dmabuf = yield* this.stack.buffers.get(wanted.fd);
    if (typeof dmabuf === 'number') return null;
    return { ...wanted, dmabuf, length: this.lengthOf(wanted, dmabuf) };
  }

  protected lengthOf({ length }: UserPlane, dmabuf: DmaBuf): number {
    return length === 0 ? dmabuf.bytes : length;
  }

  /** References that have become nobody's. */
  protected *putBack(planes: readonly WantedPlane[]): KernelTask<void> {
    for (const { dmabuf } of planes) yield* dmabuf.file.putAtReturn();
  }

  /** Every plane has this very memory already. @rule VB2-004 */
  protected isKept(buffer: Vb2Buffer, planes: readonly WantedPlane[]): boolean {
    return buffer.planes.every((plane, number) => {
      const wanted = planes[number];
      return wanted !== undefined && this.isSame(plane, wanted);
    });
  }

  /** By object: a number may name another one by now. */
  protected isSame(plane: Vb2Plane, wanted: WantedPlane): boolean {
    const isSameObject = plane.dmabuf.ask((known) => known === wanted.dmabuf);
    return isSameObject && plane.length.ask((known) => known === wanted.length);
  }

  /** All planes anew, one after the other. @rule VB2-004 @rule VB2-015 */
  protected *acquireAll(buffer: Vb2Buffer, planes: readonly WantedPlane[]): KernelTask<number> {
    const { ops } = buffer.queue;
    if (buffer.planes.some(({ memory }) => !memory.isNull())) {
      if (ops.bufCleanup !== undefined) yield* ops.bufCleanup(buffer);
      yield* this.releaseAll(buffer);
    }
    for (const [number, wanted] of planes.entries()) {
      if (this.share(buffer, number, wanted)) continue;
      const error = yield* this.acquire(buffer, number, wanted);
      if (error === 0) continue;
      yield* this.abandon(buffer, planes, number);
      return error;
    }
    return 0;
  }

  /** The references of plane `from` and those behind it, as far as no plane has them. @rule VB2-015 */
  protected *abandon(
    buffer: Vb2Buffer,
    planes: readonly WantedPlane[],
    from: number,
  ): KernelTask<void> {
    const isHeld = buffer.planes[from]?.memory.isNull() === false;
    yield* this.putBack(planes.slice(isHeld ? from + 1 : from));
  }

  /** A lower plane has the same memory, for the same device. @rule VB2-006 */
  protected share(buffer: Vb2Buffer, number: number, wanted: WantedPlane): boolean {
    const plane = buffer.planes[number];
    const lower = buffer.planes.slice(0, number).find((other, index) => {
      const isSame = other.dmabuf.ask((known) => known === wanted.dmabuf);
      return isSame && buffer.devices[number] === buffer.devices[index];
    });
    if (plane === undefined || lower === undefined) return false;
    plane.isDuplicated.set(true);
    plane.dmabuf.set(wanted.dmabuf);
    plane.memory.set(lower.memory.get());
    buffer.tell('plane.share', number);
    return true;
  }

  /** The plane has the reference from its attachment on. @rule VB2-003 */
  protected *acquire(
    buffer: Vb2Buffer,
    number: number,
    { dmabuf, length }: WantedPlane,
  ): KernelTask<number> {
    const { queue } = buffer;
    const plane = buffer.planes[number];
    if (plane === undefined) return -EINVAL;
    const device = buffer.devices[number] ?? queue.device;
    const memory = yield* queue.memOps.attachDmabuf(queue, device, dmabuf, length);
    if (typeof memory === 'number') return memory;
    plane.dmabuf.set(dmabuf);
    plane.memory.set(memory);
    buffer.tell('plane.acquire', number);
    const error = yield* queue.memOps.mapDmabuf(memory);
    if (error === 0) plane.isMapped.set(true);
    return error;
  }

  /** Those that share go before those that they share with. @kernel __vb2_buf_dmabuf_put */
  *releaseAll(buffer: Vb2Buffer): KernelTask<void> {
    for (let number = buffer.planes.length - 1; number >= 0; number -= 1) {
      const plane = buffer.planes[number];
      if (plane !== undefined) yield* this.release(buffer, plane, number);
    }
  }

  /** @kernel __vb2_plane_dmabuf_put @rule VB2-005 @rule VB2-006 */
  protected *release(buffer: Vb2Buffer, plane: Vb2Plane, number: number): KernelTask<void> {
    const { imported } = plane;
    if (imported === null) return;
    if (!plane.isDuplicated.get()) yield* this.detach(buffer, plane, imported);
    const dmabuf = plane.dmabuf.get();
    plane.clear();
    buffer.tell('plane.release', number);
    if (dmabuf !== null) yield* dmabuf.file.putAtReturn();
  }

  protected *detach(buffer: Vb2Buffer, plane: Vb2Plane, imported: Vb2Import): KernelTask<void> {
    const { memOps } = buffer.queue;
    if (plane.isMapped.get()) yield* memOps.unmapDmabuf(imported);
    yield* memOps.detachDmabuf(imported);
  }
}
