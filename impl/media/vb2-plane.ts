import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelObject, StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import { Vb2Import } from './vb2-import.ts';
import { Vb2Memory } from './vb2-memory.ts';

/** One part of a frame. All of it is under the lock of the queue. @kernel struct vb2_plane */
export class Vb2Plane {
  /** Unit: bytes. */
  readonly minLength: number;
  /** Null: it has no memory. @kernel mem_priv */
  readonly memory: PlainWord<Vb2Memory | Vb2Import | null>;
  /** With a reference, also where the memory is another plane's. @kernel dbuf */
  readonly dmabuf: PlainWord<DmaBuf | null>;
  readonly isMapped: PlainWord<boolean>;
  /** The memory belongs to a lower plane. @kernel dbuf_duplicated */
  readonly isDuplicated: PlainWord<boolean>;
  /** Unit: bytes. */
  readonly length: PlainWord<number>;
  /** How much of it is filled. Unit: bytes. */
  readonly bytesUsed: PlainWord<number>;
  readonly dataOffset: PlainWord<number>;
  /** As user space said it. @kernel m.fd */
  readonly fd: PlainWord<number>;
  private readonly name: string;

  constructor(owner: KernelObject, name: string, size: number) {
    this.name = name;
    this.minLength = size;
    this.memory = new PlainWord<Vb2Memory | Vb2Import | null>(owner, `${name}.memory`, null);
    this.dmabuf = new PlainWord<DmaBuf | null>(owner, `${name}.dmabuf`, null);
    this.isMapped = new PlainWord<boolean>(owner, `${name}.isMapped`, false);
    this.isDuplicated = new PlainWord<boolean>(owner, `${name}.isDuplicated`, false);
    this.length = new PlainWord<number>(owner, `${name}.length`, size);
    this.bytesUsed = new PlainWord<number>(owner, `${name}.bytesUsed`, 0, 'once');
    this.dataOffset = new PlainWord<number>(owner, `${name}.dataOffset`, 0);
    this.fd = new PlainWord<number>(owner, `${name}.fd`, 0);
  }

  /** The queue's own memory, or null. */
  get own(): Vb2Memory | null {
    const memory = this.memory.get();
    return memory instanceof Vb2Memory ? memory : null;
  }

  /** Somebody else's memory, or null. */
  get imported(): Vb2Import | null {
    const memory = this.memory.get();
    return memory instanceof Vb2Import ? memory : null;
  }

  /** Nothing is known of memory that it does not have. @rule VB2-005 */
  clear(): void {
    this.memory.set(null);
    this.dmabuf.set(null);
    this.isMapped.set(false);
    this.isDuplicated.set(false);
    this.bytesUsed.set(0);
    this.length.set(0);
    this.fd.set(0);
    this.dataOffset.set(0);
  }

  visitState(visit: StateVisitor): void {
    visit(`${this.name}.memory`, this.memory.value);
    visit(`${this.name}.dmabuf`, this.dmabuf.value);
    visit(`${this.name}.isMapped`, this.isMapped.value);
    visit(`${this.name}.isDuplicated`, this.isDuplicated.value);
    visit(`${this.name}.length`, this.length.value);
    visit(`${this.name}.bytesUsed`, this.bytesUsed.value);
    visit(`${this.name}.dataOffset`, this.dataOffset.value);
    visit(`${this.name}.fd`, this.fd.value);
  }
}
