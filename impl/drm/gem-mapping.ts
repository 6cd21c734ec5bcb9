import { dmaBase } from '../exporters/dma-addresses.ts';
import { PageMapping } from '../exporters/page-mapping.ts';
import type { KernelTask } from '../kernel/access.ts';
import type { MapBacking } from '../uapi/mapping.ts';
import type { GemObject } from './gem-object.ts';

/** A mapping through the device file; it holds its object. @kernel drm_gem_vm_ops */
export class GemMapping implements MapBacking {
  private readonly object: GemObject;
  private readonly memory: PageMapping;

  constructor(object: GemObject) {
    this.object = object;
    this.memory = new PageMapping((number) => object.pageAt(number));
  }

  *readByte(offset: number): KernelTask<number | null> {
    return yield* this.memory.readByte(offset - dmaBase(this.object));
  }

  *writeByte(offset: number, byte: number): KernelTask<boolean> {
    return yield* this.memory.writeByte(offset - dmaBase(this.object), byte);
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
