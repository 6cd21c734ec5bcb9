import { Access, type KernelTask } from '../kernel/access.ts';
import { EBADF, EMFILE } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';
import type { File } from './file.ts';

/** A slot that is taken, but has no file yet. */
const RESERVED = Symbol('reserved');

/** Default limit of open files (`RLIMIT_NOFILE`). Unit: descriptors. */
const DESCRIPTORS_MAX = 1024;

/**
 * The descriptors of a process. Each change is one access: the table's own lock and its RCU
 * lookup never let anybody see more than "before" and "after".
 *
 * @kernel struct files_struct
 */
export class FileTable extends KernelObject {
  readonly descriptorsMax: number;
  private readonly slots: (File | typeof RESERVED | null)[] = [];
  private readonly closeOnExec = new Set<number>();
  private readonly look: Access;
  private readonly change: Access;

  constructor(world: World, descriptorsMax: number = DESCRIPTORS_MAX) {
    super(world, 'files');
    this.isStatic = true;
    this.descriptorsMax = descriptorsMax;
    this.look = new Access('read', 'acquire', this, 'table', 'look up in');
    this.change = new Access('update', 'full', this, 'table', 'change');
  }

  /** Reserves the lowest free number, or -EMFILE. @kernel get_unused_fd_flags */
  *getUnused(isCloseOnExec: boolean): KernelTask<number> {
    if (this.world.stops(this.change)) yield this.change;
    this.changes();
    let fd = 0;
    while (fd < this.slots.length && (this.slots[fd] ?? null) !== null) fd += 1;
    if (fd >= this.descriptorsMax) {
      this.world.current.observe(-EMFILE);
      return -EMFILE;
    }
    this.slots[fd] = RESERVED;
    if (isCloseOnExec) this.closeOnExec.add(fd);
    else this.closeOnExec.delete(fd);
    this.world.current.observe(fd);
    return fd;
  }

  /** @kernel put_unused_fd */
  *putUnused(fd: number): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.changes();
    this.slots[fd] = null;
  }

  /** Hands the caller's file reference to the table. @kernel fd_install */
  *install(fd: number, file: File): KernelTask<void> {
    if (this.world.stops(this.change)) yield this.change;
    this.changes();
    this.slots[fd] = file;
  }

  /** The file behind a number, with a reference, or null. @kernel fget @rule RACE-30 */
  *fget(fd: number): KernelTask<File | null> {
    const { rcu } = this.world;
    rcu.readLock();
    let file = yield* this.lookUp(fd);
    while (file !== null) {
      const isTaken = yield* file.references.incUnlessZero();
      // The number may name another file by now; the reference would keep the wrong one alive.
      const again = yield* this.lookUp(fd);
      if (isTaken && again === file) break;
      if (isTaken) {
        rcu.readUnlock();
        yield* file.put();
        rcu.readLock();
      }
      file = again;
    }
    rcu.readUnlock();
    return file;
  }

  /** @kernel files_lookup_fd_raw */
  protected *lookUp(fd: number): KernelTask<File | null> {
    if (this.world.stops(this.look)) yield this.look;
    this.world.memory.reads(this, 'table', 'acquire');
    const file = this.at(fd);
    this.world.current.observe(file === null ? -1 : file.key);
    return file;
  }

  /** Empties the slot and drops its reference. @kernel close_fd @returns 0 or -EBADF */
  *close(fd: number): KernelTask<number> {
    if (this.world.stops(this.change)) yield this.change;
    this.changes();
    const file = this.at(fd);
    this.world.current.observe(file === null ? -1 : file.key);
    if (file === null) return -EBADF;
    this.slots[fd] = null;
    yield* file.put();
    return 0;
  }

  /** Closes everything, as the end of the process does. @kernel exit_files */
  *closeAll(): KernelTask<void> {
    for (const fd of this.openNumbers()) yield* this.close(fd);
  }

  /** The same files under the same numbers; joins the step of the caller. @kernel dup_fd */
  copyTo(child: FileTable): void {
    this.world.memory.reads(this, 'table', 'acquire');
    child.changes();
    for (const fd of this.slots.keys()) {
      const file = this.at(fd);
      child.slots[fd] = file;
      if (file === null) continue;
      file.references.raise();
      if (this.closeOnExec.has(fd)) child.closeOnExec.add(fd);
    }
  }

  /** Which slots hold a file, for the last user of the table. */
  protected openNumbers(): number[] {
    this.world.memory.reads(this, 'table', 'acquire');
    const numbers = [...this.slots.keys()].filter((fd) => this.at(fd) !== null);
    for (const fd of [numbers.length, ...numbers]) this.world.current.observe(fd);
    return numbers;
  }

  protected changes(): void {
    this.world.memory.writes(this, 'table', 'full');
  }

  /** For judges and comparisons of slots; no access, so not for kernel code. */
  at(fd: number): File | null {
    const file = this.slots[fd] ?? null;
    return file === RESERVED ? null : file;
  }

  /** Joins the step of the caller. @kernel get_close_on_exec */
  isCloseOnExec(fd: number): boolean {
    this.world.memory.reads(this, 'table', 'acquire');
    const isSet = this.closeOnExec.has(fd);
    this.world.current.observe(isSet ? 1 : 0);
    return isSet;
  }

  /** The descriptors of the calling process. @kernel current->files */
  static ofCurrent(world: World): FileTable {
    return world.current.files ?? world.fault('bug', 'a kernel task has no descriptors');
  }

  /** Slots that were never used and those that are free again are the same. */
  visitState(visit: StateVisitor): void {
    const count = this.slots.findLastIndex((file) => file !== null) + 1;
    const slots = this.slots.slice(0, count);
    visit(
      'table',
      slots.map((file) => (file === RESERVED ? 'reserved' : file)),
    );
    visit(
      'closeOnExec',
      slots.map((file, fd) => file !== null && this.closeOnExec.has(fd)),
    );
  }
}
