import type { DmaBuf } from '../dma-buf/dma-buf.ts';
import type { KernelTask } from '../kernel/access.ts';
import { ENOMEM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';

/** A buffer that a file knows under a handle. @kernel struct drm_prime_member */
export class PrimeMember extends KernelObject {
  readonly buffer: DmaBuf;
  readonly handle: number;

  constructor(buffer: DmaBuf, handle: number) {
    super(buffer.world, 'primeMember');
    this.buffer = buffer;
    this.handle = handle;
  }

  visitState(visit: StateVisitor): void {
    visit('buffer', this.buffer);
    visit('handle', this.handle);
  }
}

/** Buffers that a device file has exported or imported. @kernel struct drm_prime_file_private */
export class PrimeCache {
  readonly lock: Mutex;
  /** Under `lock`; each holds its buffer. */
  readonly members: PlainList<PrimeMember>;
  protected readonly place: KernelObject;

  constructor(place: KernelObject) {
    this.place = place;
    this.lock = new Mutex(place, 'prime.lock', '&prime_fpriv->lock');
    this.members = new PlainList<PrimeMember>(place, 'prime.members');
  }

  /** @kernel drm_prime_add_buf_handle */
  *add(buffer: DmaBuf, handle: number): KernelTask<number> {
    if (!(yield* this.place.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    yield* buffer.file.get();
    this.members.push(new PrimeMember(buffer, handle));
    return 0;
  }

  /** @kernel drm_prime_lookup_buf_by_handle */
  bufferOf(handle: number): DmaBuf | null {
    return this.members.find((member) => member.handle === handle)?.buffer ?? null;
  }

  /** 0 is no handle. @kernel drm_prime_lookup_buf_handle */
  handleOf(buffer: DmaBuf): number {
    return this.members.find((member) => member.buffer === buffer)?.handle ?? 0;
  }

  /** @kernel drm_prime_remove_buf_handle */
  *remove(handle: number): KernelTask<void> {
    const member = this.members.find((known) => known.handle === handle);
    if (member !== null) yield* this.drop(member);
  }

  protected *drop(member: PrimeMember): KernelTask<void> {
    this.members.remove(member);
    yield* member.buffer.file.putAtReturn();
    this.place.world.memory.free(member);
  }

  get isEmpty(): boolean {
    return this.members.isEmpty();
  }

  visitState(visit: StateVisitor): void {
    visit('prime.lock', this.lock.holder?.name ?? 'free');
    visit('prime.members', this.members.value);
  }
}
