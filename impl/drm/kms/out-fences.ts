import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { SyncFile } from '../../dma-buf/sync-file.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EFAULT, EINVAL, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import { FileTable } from '../../uapi/file-table.ts';
import type { UserWord } from '../../uapi/user-word.ts';
import type { DrmFile } from '../drm-file.ts';
import type { AtomicState } from './atomic-state.ts';
import type { CrtcState } from './crtc.ts';
import { DRM_MODE_ATOMIC_TEST_ONLY, DRM_MODE_PAGE_FLIP_EVENT } from './kms-uapi.ts';
import type { VblankEvent } from './vblank-event.ts';

/** A descriptor that is promised: its number is known, and it is not open. @kernel struct drm_out_fence_state */
export interface Promised {
  readonly pointer: UserWord;
  fd: number;
  syncFile: SyncFile | null;
}

/** What a call shall be told of. */
export interface Request {
  readonly file: DrmFile;
  readonly flags: number;
  readonly userData: number;
}

/** Out-fences and events of atomic calls. */
export class OutFences {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * Makes what is asked for; what was made before an error is in `promised` and in the states.
   *
   * @kernel prepare_signaling
   * @rule KMS-003
   */
  *prepare(state: AtomicState, request: Request, promised: Promised[]): KernelTask<number> {
    if ((request.flags & DRM_MODE_ATOMIC_TEST_ONLY) !== 0) return 0;
    const crtcs = state.crtcs.all();
    for (const { next } of crtcs) {
      const error = yield* this.prepareCrtc(state, next, request, promised);
      if (error !== 0) return error;
    }
    for (const { next } of state.connectors.all()) {
      const job = next.job.get();
      const pointer = state.connectorPointers.get(next.connector.index);
      const { writeback } = next.connector;
      if (job === null || pointer === null || writeback === null) continue;
      const fence = yield* writeback.createFence();
      const error = yield* this.promise(fence, pointer, promised);
      if (error !== 0) return error;
      if (fence !== null) job.promise(fence);
    }
    const isDeaf = crtcs.length === 0 && this.wantsEvent(request);
    return isDeaf ? -EINVAL : 0;
  }

  protected wantsEvent({ flags }: Request): boolean {
    return (flags & DRM_MODE_PAGE_FLIP_EVENT) !== 0;
  }

  protected *prepareCrtc(
    state: AtomicState,
    next: CrtcState,
    request: Request,
    promised: Promised[],
  ): KernelTask<number> {
    const { crtc } = next;
    const pointer = state.crtcPointers.get(crtc.index);
    if (pointer === null && !this.wantsEvent(request)) return 0;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const event = new this.stack.types.VblankEvent(crtc, request.userData);
    next.event.set(event);
    if (this.wantsEvent(request)) {
      const error = yield* state.config.events.reserve(event, request.file);
      if (error !== 0) return error;
    }
    if (pointer === null) return 0;
    const fence = yield* crtc.createFence();
    const error = yield* this.promise(fence, pointer, promised);
    if (error === 0) event.fence.set(fence);
    return error;
  }

  /** Room for one more promise, then a number, in memory before anything is behind it. */
  protected *promise(
    fence: DmaFence | null,
    pointer: UserWord,
    promised: Promised[],
  ): KernelTask<number> {
    if (fence === null) return -ENOMEM;
    const one: Promised = { pointer, fd: -1, syncFile: null };
    promised.push(one);
    const error = yield* this.setUp(one, fence);
    if (error !== 0) yield* fence.put();
    return error;
  }

  /** @kernel setup_out_fence */
  protected *setUp(one: Promised, fence: DmaFence): KernelTask<number> {
    one.fd = yield* this.files.getUnused(true);
    if (one.fd < 0) return one.fd;
    if (!(yield* one.pointer.put(one.fd))) return -EFAULT;
    one.syncFile = yield* this.stack.syncFiles.create(fence);
    return one.syncFile === null ? -ENOMEM : 0;
  }

  /**
   * Keeps the promises, or takes everything back.
   *
   * @kernel complete_signaling
   * @rule KMS-002
   * @rule KMS-024
   */
  *complete(
    state: AtomicState,
    promised: readonly Promised[],
    isAccepted: boolean,
  ): KernelTask<void> {
    if (isAccepted) {
      for (const { fd, syncFile } of promised) {
        if (syncFile !== null) yield* this.files.install(fd, syncFile.file);
      }
      return;
    }
    for (const { next } of state.crtcs.all()) yield* this.dropEvent(next);
    for (const one of promised) yield* this.takeBack(one);
  }

  /** The event was never seen by anybody. */
  protected *dropEvent(next: CrtcState): KernelTask<void> {
    const event: VblankEvent | null = next.event.get();
    if (event === null) return;
    next.event.set(null);
    yield* event.cancel();
  }

  protected *takeBack({ pointer, fd, syncFile }: Promised): KernelTask<void> {
    if (syncFile !== null) yield* syncFile.file.put();
    if (fd >= 0) yield* this.files.putUnused(fd);
    yield* pointer.put(-1);
  }

  private get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }
}
