import type { AbstractState } from '../../model/events.ts';
import { Access, type KernelTask } from '../kernel/access.ts';
import { Flags } from '../kernel/flags.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import { WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import { File, type FileOps, O_RDONLY, POLLIN, type PollTable } from '../uapi/file.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import type { DmaFence } from './dma-fence.ts';
import type { FenceCallback } from './fence-callback.ts';

/** The callback has been attempted; never cleared. @kernel POLL_ENABLED */
export const POLL_ENABLED: number = 1 << 0;

/** Size of every name field, the final 0 included. Unit: bytes. */
export const SYNC_NAME_SIZE = 32;

/**
 * A file that carries one fence.
 *
 * @kernel struct sync_file
 */
export class SyncFile extends KernelObject implements FileOps {
  readonly name = 'sync_file';
  readonly stack: Stack;
  readonly file: File;
  readonly flags: Flags;
  readonly queue: WaitQueue;
  readonly callback: FenceCallback;
  /** Null only between allocation and the end of a merge. */
  readonly fence: PlainWord<DmaFence | null>;
  /** Written before anybody else can reach the file. */
  readonly userName: PlainWord<string>;
  protected readonly linkage: Access;

  /** @kernel sync_file_alloc */
  constructor(stack: Stack) {
    super(stack.world, 'syncFile');
    this.stack = stack;
    this.file = new File(stack, this, O_RDONLY);
    this.flags = new Flags(this, 'flags');
    this.queue = new WaitQueue(this, 'wq', '&sync_file->wq');
    this.fence = new PlainWord<DmaFence | null>(this, 'fence', null);
    this.userName = new PlainWord<string>(this, 'userName', '');
    this.callback = new stack.types.FenceCallback(stack.world, () => this.fenceSignaled());
    this.linkage = new Access('read', 'once', this.callback, 'node', 'test');
    stack.world.emit(this, 'create');
  }

  /** Wakes everybody who sleeps on this file. @kernel fence_check_cb_func @rule SYNCFILE-029 */
  *fenceSignaled(): KernelTask<void> {
    this.world.emit(this, 'wake');
    yield* this.queue.wakeAll();
  }

  /** The fence of a file that is complete. */
  get carried(): DmaFence {
    const fence = this.fence.get();
    if (fence === null) return this.world.fault('bug', 'a sync_file without fence', this);
    return fence;
  }

  /**
   * @kernel sync_file_poll
   * @rule SYNCFILE-011
   * @rule SYNCFILE-012
   * @rule SYNCFILE-013
   */
  *poll(file: File, table: PollTable | null): KernelTask<number> {
    if (table !== null) yield* table.wait(file, this.queue);
    if ((yield* this.isUnlinked()) && (yield* this.claim())) yield* this.install();
    const events = yield* this.readiness();
    this.world.emit(this, 'poll', events);
    return events;
  }

  /** A lockless look at the callback's node. @kernel list_empty */
  protected *isUnlinked(): KernelTask<boolean> {
    yield this.linkage;
    return this.callback.linkedOn.isNull();
  }

  /** True for the first poller in the life of the file. */
  protected *claim(): KernelTask<boolean> {
    return !(yield* this.flags.testAndSet(POLL_ENABLED));
  }

  /** Somebody has tried to install the callback. Asked when nobody else has the file any more. */
  protected *isClaimed(): KernelTask<boolean> {
    return this.flags.testOwned(POLL_ENABLED);
  }

  /** The one attempt to hear of the fence; when it comes too late, sleepers must hear of that. */
  protected *install(): KernelTask<void> {
    const { world } = this;
    world.emit(this, 'attempt');
    const isRefused = (yield* this.carried.addCallback(this.callback)) < 0;
    world.emit(this, isRefused ? 'refused' : 'watch');
    if (isRefused) yield* this.queue.wakeAll();
  }

  /** The events that a poll reports. */
  protected *readiness(): KernelTask<number> {
    return (yield* this.carried.isSignaled()) ? POLLIN : 0;
  }

  ioctl(_file: File, command: number, argument: UserPointer): KernelTask<number> {
    return this.stack.syncFileIoctls.dispatch(this, command, argument);
  }

  /** @kernel sync_file_release @rule SYNCFILE-015 */
  *release(): KernelTask<void> {
    const { world } = this;
    world.emit(this, 'release');
    if (yield* this.isClaimed()) yield* this.carried.removeCallback(this.callback);
    const fence = this.fence.get();
    if (fence !== null) yield* fence.put();
    world.emit(this, 'free');
    world.memory.free(this.callback);
    world.memory.free(this);
  }

  /**
   * The name given by the user, or one made from the fence.
   *
   * @kernel sync_file_get_name
   * @rule SYNCFILE-004
   */
  getName(): string {
    const userName = this.userName.get();
    if (userName !== '') return userName.slice(0, SYNC_NAME_SIZE - 1);
    const fence = this.carried;
    const driver = fence.ops.getDriverName(fence);
    const timeline = fence.ops.getTimelineName(fence);
    const seqno = BigInt.asIntN(64, fence.seqno);
    return `${driver}-${timeline}${fence.context}-${seqno}`.slice(0, SYNC_NAME_SIZE - 1);
  }

  visitState(visit: StateVisitor): void {
    visit('flags', this.flags.bits);
    visit('fence', this.fence.value);
    visit('userName', this.userName.value);
    visit('queue', this.queue.state);
    visit('callback', this.callback);
  }

  override abstract(): AbstractState {
    const isAttempted = (this.flags.bits & POLL_ENABLED) !== 0;
    return {
      state: isAttempted ? 'attempted' : 'fresh',
      context: { watching: this.callback.linkedOn.value !== null },
    };
  }
}
