import type { KernelTask } from '../kernel/access.ts';
import { EACCES, EBADF, EINVAL, ENODEV } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainTable } from '../kernel/plain.ts';
import type { World } from '../kernel/world.ts';
import type { Stack } from '../stack.ts';
import type { File } from './file.ts';
import { FileTable } from './file-table.ts';
import { PAGE_SIZE, type Pages } from './pages.ts';

export const PROT_READ = 1;
export const PROT_WRITE = 2;

/** What `mmap` asks for. */
export interface MapRequest {
  readonly length: number;
  readonly offset: number;
  readonly prot: number;
  readonly isShared: boolean;
}

/** The signal that an access to a mapping ended in. */
export type AccessSignal = 'SIGBUS' | 'SIGSEGV';

/** The memory behind a mapping; offsets count from the start of the file. */
export interface MapBacking {
  /** What it shows, where that is no file's own business. */
  readonly pages?: readonly Pages[];
  /** Null where there is no page. */
  readByte(offset: number): KernelTask<number | null>;
  /** False where there is no page. */
  writeByte(offset: number, byte: number): KernelTask<boolean>;
  /** One more mapping shows the same; joins the step of the caller. */
  open?(): void;
  /** The mapping is gone. */
  close?(): KernelTask<void>;
}

/** A range of a process's addresses that shows a file. @kernel struct vm_area_struct */
export class Mapping extends KernelObject {
  readonly file: File;
  readonly request: MapRequest;
  readonly backing: MapBacking;
  /** Where it is, as a process says it: a copy made by a fork is at the same place. */
  readonly address: Mapping;
  /** Bytes of a private mapping that were written, by file offset. */
  private readonly own: PlainTable<number>;

  constructor(file: File, request: MapRequest, backing: MapBacking, address?: Mapping) {
    super(file.world, 'mapping');
    this.address = address ?? this;
    this.file = file;
    this.request = request;
    this.backing = backing;
    this.own = new PlainTable<number>(this, 'own', 'once');
    this.world.trace('mmap', this);
  }

  /** A load by the program. */
  *readByte(at: number): KernelTask<number | AccessSignal> {
    if (!this.covers(at) || (this.request.prot & PROT_READ) === 0) return 'SIGSEGV';
    const offset = this.request.offset + at;
    return this.own.get(offset) ?? (yield* this.backing.readByte(offset)) ?? 'SIGBUS';
  }

  /** A store by the program: 0, or the signal. */
  *writeByte(at: number, byte: number): KernelTask<0 | AccessSignal> {
    if (!this.covers(at) || (this.request.prot & PROT_WRITE) === 0) return 'SIGSEGV';
    const offset = this.request.offset + at;
    if (this.request.isShared) {
      return (yield* this.backing.writeByte(offset, byte)) ? 0 : 'SIGBUS';
    }
    if ((yield* this.backing.readByte(offset)) === null) return 'SIGBUS';
    this.own.set(offset, byte & 0xff);
    return 0;
  }

  /** The same range of another process. @kernel vm_area_dup */
  copy(): Mapping {
    this.file.references.raise();
    this.backing.open?.();
    const copy = new Mapping(this.file, this.request, this.backing, this.address);
    for (const [offset, byte] of this.own.entries()) copy.own.set(offset, byte);
    return copy;
  }

  protected covers(at: number): boolean {
    return at >= 0 && at < Math.ceil(this.request.length / PAGE_SIZE) * PAGE_SIZE;
  }

  /** @kernel remove_vma */
  *unmap(): KernelTask<void> {
    this.world.trace('munmap', this); // no address leads here any more
    if (this.backing.close !== undefined) yield* this.backing.close();
    yield* this.file.put();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit(
      'own',
      this.own.value.map(([offset, byte]) => `${offset}:${byte}`),
    );
  }
}

/**
 * The address space of a process. Addresses are not modelled: a mapping is its own address.
 *
 * @kernel struct mm_struct
 */
export class MemoryCalls extends KernelObject {
  /** In the order of mapping. The lock of the address space is not modelled. */
  readonly mappings: PlainList<Mapping>;
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    super(stack.world, 'mm');
    this.isStatic = true;
    this.stack = stack;
    this.mappings = new PlainList<Mapping>(this, 'mappings', 'full');
  }

  /** The memory of the calling process. @kernel current->mm */
  static ofCurrent(world: World): MemoryCalls {
    return world.current.memory ?? world.fault('bug', 'a kernel task has no memory of its own');
  }

  /** What the process has at an address, or null. @kernel find_vma */
  at(address: Mapping): Mapping | null {
    return this.mappings.find((mapping) => mapping.address === address.address);
  }

  /** The same mappings; joins the step of the caller. @kernel dup_mmap */
  copyTo(child: MemoryCalls): void {
    for (const mapping of this.mappings.copy()) child.mappings.push(mapping.copy());
  }

  /** The mapping, or a negative error. @kernel ksys_mmap_pgoff */
  *mmap(fd: number, request: MapRequest): KernelTask<Mapping | number> {
    if (request.offset % PAGE_SIZE !== 0) return -EINVAL;
    const file = yield* FileTable.ofCurrent(this.stack.world).fget(fd);
    if (file === null) return -EBADF;
    const backing = yield* this.mapFile(file, request);
    // On success the mapping keeps the reference.
    if (typeof backing !== 'number') {
      const mapping = new Mapping(file, request, backing);
      this.mappings.push(mapping);
      return mapping;
    }
    yield* file.put();
    return backing;
  }

  /** @kernel munmap */
  *munmap(mapping: Mapping): KernelTask<void> {
    this.mappings.remove(mapping);
    yield* mapping.unmap();
    yield* this.world.current.runReturnWork();
  }

  /** The address space of the process is torn down. @kernel exit_mmap */
  *unmapAll(): KernelTask<void> {
    for (const mapping of this.mappings.takeAll()) yield* mapping.unmap();
  }

  /** @kernel do_mmap */
  protected *mapFile(file: File, request: MapRequest): KernelTask<MapBacking | number> {
    if (request.length <= 0) return -EINVAL;
    const isWrite = (request.prot & PROT_WRITE) !== 0;
    if (request.isShared && isWrite && !file.isWritable) return -EACCES;
    if (!file.isReadable) return -EACCES;
    if (file.ops.mmap === undefined) return -ENODEV;
    return yield* file.ops.mmap(file, request);
  }

  visitState(visit: StateVisitor): void {
    visit('mappings', this.mappings.value);
  }
}
