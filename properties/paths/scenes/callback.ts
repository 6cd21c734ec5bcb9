import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

/** One node, added to one fence after the other. */
class CallbackScene extends Scene {
  readonly kind = 'callback';
  private readonly node: FenceCallback;
  private readonly issuer: Issuer;
  /** The fence that the node was last passed to. */
  private fence: DmaFence | null = null;

  readonly operations: readonly Operation[] = [
    { name: 'add', emits: ['add'], body: () => this.add() },
    { name: 'addLate', emits: ['refuse'], body: () => this.addLate() },
    {
      name: 'signal',
      emits: ['run', 'ran'],
      body: () => this.node.linkedOn.value?.signal() ?? null,
    },
    {
      name: 'remove',
      emits: ['remove', 'miss'],
      body: () => this.fence?.removeCallback(this.node) ?? null,
    },
  ];

  constructor(stack: Stack) {
    super(stack);
    this.issuer = new Issuer(stack, 'absent', false);
    this.node = new stack.types.FenceCallback(stack.world, () => this.pause());
  }

  private *add(): KernelTask<void> {
    this.fence = this.issuer.issue(1, 1);
    yield* this.fence.addCallback(this.node);
  }

  private *addLate(): KernelTask<void> {
    const fence = this.issuer.issue(1, 1);
    yield* fence.signal();
    this.fence = fence;
    yield* fence.addCallback(this.node);
  }
}

export const CALLBACK_SCENE: SceneKind = {
  kind: 'callback',
  liveMax: 4,
  asleepMax: 0,
  isSurrounded: false,
  world: {},
  set: (stack) => new CallbackScene(stack),
};
