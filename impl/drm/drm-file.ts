import type { KernelTask } from '../kernel/access.ts';
import { EACCES, EINVAL } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainTable } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import { dmaBase } from '../exporters/dma-addresses.ts';
import type { File, FileOps, PollTable } from '../uapi/file.ts';
import type { MapBacking, MapRequest } from '../uapi/mapping.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import type { DrmDevice } from './drm-device.ts';
import type { GemObject } from './gem-object.ts';
import { DisplayClient } from './kms/display-client.ts';
import type { PrimeCache } from './prime-cache.ts';
import type { SyncobjTable } from './syncobj-table.ts';
import type { VgemFences } from './vgem-fences.ts';

/** A device file: its handles, what it has shared, its fences. @kernel struct drm_file */
export class DrmFile extends KernelObject implements FileOps {
  readonly name = 'drm';
  readonly device: DrmDevice;
  /** @kernel table_lock */
  readonly tableLock: SpinLock;
  /** By number from 1; null where a handle is being closed. Under `tableLock`. @kernel object_idr */
  readonly handles: PlainTable<GemObject | null>;
  /** Numbers that are taken. Under `tableLock`. */
  readonly taken: PlainTable<boolean>;
  readonly prime: PrimeCache;
  readonly vgemFences: VgemFences;
  readonly display: DisplayClient;
  readonly syncobjs: SyncobjTable;

  constructor(device: DrmDevice) {
    super(device.world, 'drmFile');
    this.device = device;
    this.tableLock = new SpinLock(this, 'tableLock', '&file_private->table_lock');
    this.handles = new PlainTable<GemObject | null>(this, 'handles');
    this.taken = new PlainTable<boolean>(this, 'taken');
    this.prime = new device.stack.types.PrimeCache(this);
    this.display = new DisplayClient(this);
    this.syncobjs = new device.stack.types.SyncobjTable(this);
    this.vgemFences = new device.stack.types.VgemFences(this);
  }

  /** Only displays tell files of something. */
  *read(_file: File, _position: number, length: number): KernelTask<Uint8Array | number> {
    return yield* this.display.read(length);
  }

  *poll(file: File, table: PollTable | null): KernelTask<number> {
    return yield* this.display.poll(file, table);
  }

  ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    return this.device.stack.drmIoctls.dispatch(this, command, argument);
  }

  /** The object behind a handle, with a reference, or null. @kernel drm_gem_object_lookup */
  *lookup(handle: number): KernelTask<GemObject | null> {
    yield* this.tableLock.acquire();
    const object = this.handles.get(handle);
    if (object !== null) yield* object.get();
    this.tableLock.release();
    return object;
  }

  /** @kernel drm_gem_mmap @rule DEV-006 */
  *mmap(_file: File, request: MapRequest): KernelTask<MapBacking | number> {
    const { offset, length } = request;
    const object = yield* this.lookupOffset(offset, length);
    if (object === null) return -EINVAL;
    const isAllowed = (object.allowed.get(this.key) ?? 0) > 0;
    const mapping = isAllowed ? yield* object.show(request, offset) : -EACCES;
    if (typeof mapping === 'number') yield* object.put();
    return mapping;
  }

  /** The object at an offset, with a reference, unless it is about to be freed. @kernel drm_vma_offset_lock_lookup */
  protected *lookupOffset(offset: number, length: number): KernelTask<GemObject | null> {
    const { mappable, offsetLock } = this.device;
    yield* offsetLock.acquire();
    const object = mappable.find((known) => {
      return dmaBase(known) === offset && length <= known.size;
    });
    const isAlive = object !== null && (yield* object.references.incUnlessZero());
    offsetLock.release();
    return isAlive ? object : null;
  }

  /** @kernel drm_file_free @rule DEV-007 @rule PRIME-016 @rule VGEM-008 */
  *release(): KernelTask<void> {
    yield* this.display.close();
    yield* this.syncobjs.release();
    yield* this.releaseHandles();
    const isLeft = !this.prime.isEmpty;
    this.world.warnOn(isLeft, 'a device file ends with shared buffers', this);
    yield* this.vgemFences.close();
    yield* this.device.driver.closeFile?.(this) ?? nothing();
    this.world.memory.free(this);
  }

  /** @kernel drm_gem_release */
  protected *releaseHandles(): KernelTask<void> {
    const { gemHandles } = this.device.stack;
    for (const [handle, object] of this.handles.entries()) {
      if (object !== null) yield* gemHandles.release(this, handle, object);
    }
  }

  visitState(visit: StateVisitor): void {
    visit(
      'handles',
      this.handles.value.map(([handle, object]) => [handle, object]),
    );
    visit(
      'taken',
      this.taken.value.map(([handle, isTaken]) => [handle, isTaken]),
    );
    visit('tableLock', this.tableLock.holder?.name ?? 'free');
    this.prime.visitState(visit);
    this.vgemFences.visitState(visit);
    this.display.visitState(visit);
    this.syncobjs.visitState(visit);
  }
}

function* nothing(): KernelTask<void> {}
