import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

const RELEASE: readonly EventName[] = ['release', 'free'];

/** One file over one fence. */
class SyncFileScene extends Scene {
  readonly kind = 'syncFile';
  private readonly fence: DmaFence;
  /** The descriptor; null before it is there and after it was closed. */
  private file: SyncFile | null = null;

  readonly operations: readonly Operation[] = [
    {
      name: 'create',
      emits: ['create'],
      body: () => (this.subject === null ? this.create() : null),
    },
    {
      name: 'poll',
      emits: ['attempt', 'watch', 'refused', 'poll', ...RELEASE],
      begins: ['attempt', 'poll'],
      answers: ['poll'],
      body: () => (this.file === null ? null : this.poll(this.file)),
    },
    {
      name: 'close',
      emits: RELEASE,
      body: () => (this.file === null ? null : this.close(this.file)),
    },
    { name: 'signal', emits: ['wake'], isQuiet: true, body: () => this.fence.signal() },
  ];

  constructor(stack: Stack) {
    super(stack);
    // Its hardware is asked in every poll, so that a poll can be stopped before its answer.
    this.fence = new Issuer(stack, 'absent', true).issue(1, 1);
  }

  private *create(): KernelTask<void> {
    this.file = yield* this.stack.syncFiles.create(this.fence);
  }

  /** A poll holds the file as long as it runs. */
  private *poll({ file }: SyncFile): KernelTask<number> {
    yield* file.get();
    const events = yield* file.poll(null);
    yield* file.put();
    return events;
  }

  private *close({ file }: SyncFile): KernelTask<void> {
    this.file = null;
    yield* file.put();
  }

  /** Polls are stopped before their answer, and a signal before its callbacks run. */
  override stopsAfter({ object, name }: WorldEvent): boolean {
    return object === this.fence && (name === 'poll' || name === 'signal');
  }
}

export const SYNC_FILE_SCENE: SceneKind = {
  kind: 'syncFile',
  liveMax: 4,
  asleepMax: 0,
  isSurrounded: true,
  world: {},
  set: (stack) => new SyncFileScene(stack),
};
