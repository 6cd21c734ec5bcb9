import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainTable } from '../kernel/plain.ts';
import { SpinLock } from '../kernel/spinlock.ts';
import type { Stack } from '../stack.ts';
import { File, O_RDWR } from '../uapi/file.ts';
import type { DrmDriver } from './drm-driver.ts';
import type { GemObject, Import } from './gem-object.ts';
import { ModeConfig } from './kms/mode-config.ts';

/** A graphics device. @kernel struct drm_device */
export class DrmDevice extends KernelObject {
  readonly stack: Stack;
  readonly driver: DrmDriver;
  readonly name: string;
  /** Inside the prime lock of a file. @kernel object_name_lock @rule PRIME-014 */
  readonly nameLock: Mutex;
  /** The hardware was taken away. @kernel drm_dev_is_unplugged */
  readonly isUnplugged: Cell;
  /** What a name stands for. Under `nameLock`. @kernel object_name_idr */
  readonly names: PlainTable<GemObject | null>;
  /** Innermost. @kernel vm_lock */
  readonly offsetLock: SpinLock;
  /** What can be found by an offset of the device file. Under `offsetLock`. @kernel drm_vma_offset_manager */
  readonly mappable: PlainList<GemObject>;
  /** Null for a device that shows nothing. */
  readonly display: ModeConfig | null;

  constructor(stack: Stack, driver: DrmDriver) {
    super(stack.world, 'drmDevice');
    this.isStatic = true;
    this.stack = stack;
    this.driver = driver;
    this.name = driver.name;
    this.nameLock = new Mutex(this, 'nameLock', '&dev->object_name_lock');
    this.isUnplugged = new Cell(this, 'unplugged', 0);
    this.names = new PlainTable<GemObject | null>(this, 'names');
    this.offsetLock = new SpinLock(this, 'offsetLock', '&mgr->vm_lock');
    this.mappable = new PlainList<GemObject>(this, 'mappable');
    this.display = driver.display === null ? null : new ModeConfig(this, driver.display);
  }

  /** @kernel drm_open */
  *open(): KernelTask<File> {
    const file = new this.stack.types.DrmFile(this);
    file.display.opened();
    yield* this.driver.openFile?.(file) ?? nothing();
    return new File(this.stack, file, O_RDWR);
  }

  /** Calls on its files fail from now on. @kernel drm_dev_unplug */
  *unplug(): KernelTask<void> {
    yield* this.isUnplugged.write(1);
  }

  /** @kernel drm_gem_object_init */
  makeObject(size: number, imported: Import | null): GemObject {
    return new this.stack.types.GemObject(this, size, imported);
  }

  /** An object with an offset and the driver's part of it, or a negative error. @kernel drm_gem_create_mmap_offset */
  *createObject(size: number, imported: Import | null): KernelTask<GemObject | number> {
    const object = this.makeObject(size, imported);
    yield* this.offsetLock.acquire();
    this.mappable.push(object);
    this.offsetLock.release();
    const error = yield* this.driver.initObject?.(object) ?? nothing();
    if (error === 0) return object;
    yield* object.put();
    return error;
  }

  /** Its offset leads nowhere from now on. @kernel drm_gem_free_mmap_offset */
  *forget(object: GemObject): KernelTask<void> {
    yield* this.offsetLock.acquire();
    this.mappable.remove(object);
    this.offsetLock.release();
  }

  visitState(visit: StateVisitor): void {
    visit('nameLock', this.nameLock.holder?.name ?? 'free');
    visit('offsetLock', this.offsetLock.holder?.name ?? 'free');
    visit('unplugged', this.isUnplugged.value);
    visit(
      'names',
      this.names.value.map(([name, object]) => [name, object]),
    );
    visit('mappable', this.mappable.value);
    visit('display', this.display);
  }
}

function* nothing(): KernelTask<number> {
  return 0;
}
