import type { KernelTask } from '../kernel/access.ts';
import type { Stack } from '../stack.ts';
import type { DmaFence } from './dma-fence.ts';
import { SYNC_NAME_SIZE, SyncFile } from './sync-file.ts';

/** Making sync_files and getting fences out of descriptors. */
export class SyncFiles {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel sync_file_alloc */
  *allocate(): KernelTask<SyncFile | null> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return null;
    return new this.stack.types.SyncFile(this.stack);
  }

  /**
   * A file with a reference of its own on `fence`, or null without memory.
   *
   * @kernel sync_file_create
   * @rule SYNCFILE-001
   */
  *create(fence: DmaFence): KernelTask<SyncFile | null> {
    const syncFile = yield* this.allocate();
    if (syncFile === null) return null;
    syncFile.fence.set(yield* fence.get());
    return syncFile;
  }

  /** The sync_file behind a descriptor, with a file reference. @kernel sync_file_fdget */
  *fdget(fd: number): KernelTask<SyncFile | null> {
    const file = yield* this.files.fget(fd);
    if (file === null) return null;
    if (file.ops instanceof SyncFile) return file.ops;
    yield* file.put();
    return null;
  }

  /**
   * A reference on the fence behind a descriptor, or null.
   *
   * @kernel sync_file_get_fence
   * @rule SYNCFILE-002
   * @rule SYNCFILE-003
   */
  *getFence(fd: number): KernelTask<DmaFence | null> {
    const syncFile = yield* this.fdget(fd);
    if (syncFile === null) return null;
    const fence = yield* syncFile.carried.get();
    yield* syncFile.file.put();
    return fence;
  }

  /**
   * A new file over the merged fences of two.
   *
   * @kernel sync_file_merge
   * @rule SYNCFILE-008
   * @rule SYNCFILE-009
   */
  *merge(name: string, first: SyncFile, second: SyncFile): KernelTask<SyncFile | null> {
    const merged = yield* this.allocate();
    if (merged === null) return null;
    const fence = yield* this.stack.unwrap.merge([first.carried, second.carried]);
    if (fence === null) {
      yield* merged.file.put();
      return null;
    }
    merged.fence.set(fence);
    merged.userName.set(name.slice(0, SYNC_NAME_SIZE - 1));
    return merged;
  }

  /** The descriptors of the calling process. */
  get files(): NonNullable<Stack['world']['current']['files']> {
    const { world } = this.stack;
    return world.current.files ?? world.fault('bug', 'a kernel task has no descriptors');
  }
}
