import { Access, type KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { EBUSY, EFBIG, EINVAL, EPERM } from '../kernel/errno.ts';
import { Mutex } from '../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Stack } from '../stack.ts';
import type { File, FileOps } from './file.ts';
import { type MapBacking, type MapRequest, PROT_WRITE } from './mapping.ts';
import { PAGE_SIZE, Pages } from './pages.ts';

export const MFD_CLOEXEC = 1;
export const MFD_ALLOW_SEALING = 2;
/** Of huge pages. */
export const MFD_HUGETLB = 4;
/** What `memfd_create` takes here. */
export const MFD_FLAGS: number = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB;

export const F_SEAL_SEAL = 0x1;
export const F_SEAL_SHRINK = 0x2;
export const F_SEAL_GROW = 0x4;
export const F_SEAL_WRITE = 0x8;
export const F_SEAL_FUTURE_WRITE = 0x10;
export const F_SEAL_EXEC = 0x20;
const F_ALL_SEALS = 0x3f;

/** Small pages of one huge page of 2 MiB. Unit: pages. */
const HUGE_PAGES = 512;

const SEEK_SET = 0;
const SEEK_CUR = 1;
const SEEK_END = 2;

/** Largest size of a file. Unit: bytes. @kernel MAX_LFS_FILESIZE */
const FILE_SIZE_MAX: number = Number.MAX_SAFE_INTEGER;

/**
 * A file that is nothing but memory, with seals. Pages appear when they are first written.
 *
 * @kernel struct shmem_inode_info
 */
export class Memfd extends KernelObject implements FileOps {
  readonly name = 'memfd';
  readonly isPositioned = true;
  /** @kernel i_rwsem */
  readonly lock: Mutex;
  /** Changed under `lock`, read without it. */
  readonly bytes: Cell;
  /** Changed under `lock`, read without it. */
  readonly seals: PlainWord<number>;
  /** Shared mappings that may write; an atomic counter. @kernel i_mmap_writable */
  readonly writableMappings: PlainWord<number>;
  /** They outlive the file while somebody has pinned them. */
  readonly pages: Pages;
  private readonly look: Access;

  constructor(stack: Stack, flags: number) {
    super(stack.world, 'memfd');
    this.lock = new Mutex(this, 'lock', '&sb->s_type->i_mutex_key');
    this.bytes = new Cell(this, 'size', 0);
    const seals = (flags & MFD_ALLOW_SEALING) === 0 ? F_SEAL_SEAL : 0;
    this.seals = new PlainWord<number>(this, 'seals', seals, 'once');
    this.writableMappings = new PlainWord<number>(this, 'writableMappings', 0, 'full');
    this.pages = new Pages(stack.world, {
      folioPages: (flags & MFD_HUGETLB) === 0 ? 1 : HUGE_PAGES,
    });
    this.look = new Access('read', 'once', this, 'seals', 'read');
  }

  *size(): KernelTask<number> {
    return yield* this.bytes.read();
  }

  /** @kernel generic_file_llseek */
  *llseek(file: File, offset: number, whence: number): KernelTask<number> {
    let base = 0;
    if (whence === SEEK_CUR) base = yield* file.position.read();
    else if (whence === SEEK_END) base = yield* this.bytes.read();
    else if (whence !== SEEK_SET) return -EINVAL;
    const position = base + offset;
    if (position < 0 || position > FILE_SIZE_MAX) return -EINVAL;
    yield* file.position.write(position);
    return position;
  }

  /** @kernel shmem_file_read_iter */
  *read(_file: File, position: number, length: number): KernelTask<Uint8Array> {
    const size = yield* this.bytes.read();
    return yield* this.pages.read(position, Math.max(0, Math.min(length, size - position)));
  }

  private get isHuge(): boolean {
    return this.pages.folioPages > 1;
  }

  /** Writes page by page; a seal stops it at the page that it protects. @kernel shmem_write_begin */
  *write(_file: File, position: number, bytes: Uint8Array): KernelTask<number> {
    if (this.isHuge) return -EINVAL;
    yield* this.lock.acquire();
    let done = 0;
    let error = 0;
    while (done < bytes.length && error === 0) {
      const at = position + done;
      const chunk = Math.min(bytes.length - done, PAGE_SIZE - (at % PAGE_SIZE));
      error = yield* this.writeChunk(at, bytes.subarray(done, done + chunk));
      if (error === 0) done += chunk;
    }
    this.lock.release();
    return done > 0 ? done : error;
  }

  protected *writeChunk(position: number, bytes: Uint8Array): KernelTask<number> {
    const end = position + bytes.length;
    if (end > FILE_SIZE_MAX) return -EFBIG;
    const size = yield* this.bytes.read();
    if (this.hasSeal(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) return -EPERM;
    if (end > size && this.hasSeal(F_SEAL_GROW)) return -EPERM;
    yield* this.pages.write(position, bytes);
    if (end > size) yield* this.bytes.write(end);
    return 0;
  }

  /** @kernel shmem_setattr */
  *truncate(_file: File, size: number): KernelTask<number> {
    if (size % (PAGE_SIZE * this.pages.folioPages) !== 0 && this.isHuge) return -EINVAL;
    yield* this.lock.acquire();
    const before = yield* this.bytes.read();
    const forbidden = size < before ? F_SEAL_SHRINK : size > before ? F_SEAL_GROW : 0;
    if (this.hasSeal(forbidden)) {
      this.lock.release();
      return -EPERM;
    }
    yield* this.bytes.write(size);
    yield* this.pages.truncate(size);
    this.lock.release();
    return 0;
  }

  /** @kernel memfd_add_seals */
  *addSeals(file: File, seals: number): KernelTask<number> {
    if (!file.isWritable) return -EPERM;
    if ((seals & ~F_ALL_SEALS) !== 0) return -EINVAL;
    yield* this.lock.acquire();
    const result = this.sealLocked(seals);
    this.lock.release();
    return result;
  }

  protected sealLocked(seals: number): number {
    this.lock.assertHeld('memfd_add_seals');
    if (this.hasSeal(F_SEAL_SEAL)) return -EPERM;
    const isNewWrite = (seals & F_SEAL_WRITE) !== 0 && !this.hasSeal(F_SEAL_WRITE);
    if (isNewWrite && this.mayBeWritten()) return -EBUSY;
    let added = seals;
    // A file that can be executed has to keep its contents with its mode.
    if ((seals & F_SEAL_EXEC) !== 0) {
      added |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
    }
    this.seals.change((before) => before | added);
    return 0;
  }

  /** Somebody could write to the pages without asking the file. @kernel memfd_wait_for_pins @rule UDMABUF-019 */
  protected mayBeWritten(): boolean {
    if (this.writableMappings.ask((count) => count > 0)) return true;
    return this.pages.pins.ask((pins) => pins > 0);
  }

  /** One of these seals is on the file. */
  protected hasSeal(seals: number): boolean {
    return this.seals.ask((set) => (set & seals) !== 0);
  }

  /** @kernel memfd_get_seals */
  *getSeals(): KernelTask<number> {
    yield this.look;
    return this.seals.get();
  }

  /** @kernel shmem_mmap */
  *mmap(_file: File, request: MapRequest): KernelTask<MapBacking | number> {
    const isWritableShared = request.isShared && (request.prot & PROT_WRITE) !== 0;
    yield this.look;
    const sealed = this.hasSeal(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE);
    if (isWritableShared && sealed) return -EPERM;
    // A shared mapping of an unsealed file may be made writable later, which counts as well.
    const mayWrite = request.isShared && !sealed;
    if (mayWrite) this.writableMappings.change((count) => count + 1);
    return new MemfdBacking(this, mayWrite);
  }

  *readByte(offset: number): KernelTask<number | null> {
    const size = yield* this.bytes.read();
    if (offset >= Math.ceil(size / PAGE_SIZE) * PAGE_SIZE) return null;
    return yield* this.pages.readByte(offset);
  }

  *writeByte(offset: number, byte: number): KernelTask<boolean> {
    const size = yield* this.bytes.read();
    if (offset >= Math.ceil(size / PAGE_SIZE) * PAGE_SIZE) return false;
    yield* this.pages.writeByte(offset, byte);
    return true;
  }

  *release(): KernelTask<void> {
    yield* this.pages.put();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('size', this.bytes.value);
    visit('seals', this.seals.value);
    visit('writableMappings', this.writableMappings.value);
    visit('pages', this.pages);
  }
}

/** The pages of a memfd as a mapping sees them. */
class MemfdBacking implements MapBacking {
  private readonly memfd: Memfd;
  private readonly mayWrite: boolean;

  constructor(memfd: Memfd, mayWrite: boolean) {
    this.memfd = memfd;
    this.mayWrite = mayWrite;
  }

  *readByte(offset: number): KernelTask<number | null> {
    return yield* this.memfd.readByte(offset);
  }

  *writeByte(offset: number, byte: number): KernelTask<boolean> {
    return yield* this.memfd.writeByte(offset, byte);
  }

  open(): void {
    if (this.mayWrite) this.memfd.writableMappings.change((count) => count + 1);
  }

  *close(): KernelTask<void> {
    if (this.mayWrite) this.memfd.writableMappings.change((count) => count - 1);
  }
}
