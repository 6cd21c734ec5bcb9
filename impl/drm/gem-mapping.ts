import { PageMapping } from '../exporters/page-mapping.ts';
import type { KernelTask } from '../kernel/access.ts';
import type { MapBacking } from '../uapi/mapping.ts';
import type { GemObject } from './gem-object.ts';

/** A mapping of an object, which it holds. @kernel drm_gem_shmem_vm_ops */
export class GemMapping implements MapBacking {
  private readonly object: GemObject;
  private readonly memory: PageMapping;
  /** Where the object begins in the file: the device file shows all of them. */
  private readonly base: number;

  constructor(object: GemObject, base: number) {
    this.object = object;
    this.base = base;
    this.memory = new PageMapping((number) => object.pageAt(number));
  }

  *readByte(offset: number): KernelTask<number | null> {
    return yield* this.memory.readByte(offset - this.base);
  }

  *writeByte(offset: number, byte: number): KernelTask<boolean> {
    return yield* this.memory.writeByte(offset - this.base, byte);
  }

  /** @kernel drm_gem_vm_open */
  open(): void {
    this.object.references.raise();
  }

  /** @kernel drm_gem_vm_close */
  *close(): KernelTask<void> {
    yield* this.object.put();
  }
}
