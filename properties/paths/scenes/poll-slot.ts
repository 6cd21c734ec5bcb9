import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import { POLLIN } from '../../../impl/uapi/file.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

const PAGE = 4096;

/** One direction of a buffer with one writer. */
class PollSlotScene extends Scene {
  readonly kind = 'pollSlot';
  private readonly fence: DmaFence;
  /** The descriptor; null after it was closed. */
  private buffer: DmaBuf | null = null;

  readonly operations: readonly Operation[] = [
    {
      name: 'poll',
      emits: ['claim', 'busy', 'arm', 'idle', 'release', 'free'],
      begins: ['claim', 'busy'],
      body: () => (this.buffer === null ? null : this.poll(this.buffer)),
    },
    {
      name: 'close',
      emits: ['free'],
      body: () => (this.buffer === null ? null : this.close(this.buffer)),
    },
    {
      name: 'signal',
      emits: ['signaled', 'release', 'free'],
      isQuiet: true,
      body: () => this.fence.signal(),
    },
  ];

  constructor(stack: Stack) {
    super(stack);
    this.fence = new Issuer(stack, 'absent', false).issue(1, 1);
    stack.world.runNow(this.open());
  }

  private *open(): KernelTask<void> {
    const memory = yield* new this.stack.types.SystemHeap(this.stack).allocate(PAGE);
    if (typeof memory === 'number') throw new Error('there is no memory for a buffer');
    const buffer = yield* this.stack.buffers.export({
      exporterName: 'system',
      owner: null,
      ops: memory,
      size: PAGE,
      flags: 0,
      resv: null,
      priv: memory,
    });
    if (typeof buffer === 'number') throw new Error('a buffer cannot be exported');
    yield* buffer.resv.acquire();
    yield* buffer.resv.reserveFences(1);
    yield* buffer.resv.addFence(this.fence, DMA_RESV_USAGE_WRITE);
    yield* buffer.resv.release();
    this.buffer = buffer;
  }

  /** A poll holds the file as long as it runs. */
  private *poll({ file }: DmaBuf): KernelTask<number> {
    yield* file.get();
    const events = yield* file.poll({ events: POLLIN, *wait() {} });
    yield* file.put();
    return events;
  }

  private *close({ file }: DmaBuf): KernelTask<void> {
    this.buffer = null;
    yield* file.put();
  }

  /** A signal is stopped before its callbacks run. */
  override stopsAfter({ object, name }: WorldEvent): boolean {
    return object === this.fence && name === 'signal';
  }
}

export const POLL_SLOT_SCENE: SceneKind = {
  kind: 'pollSlot',
  liveMax: 3,
  asleepMax: 1,
  isSurrounded: true,
  world: {},
  set: (stack) => new PollSlotScene(stack),
};
