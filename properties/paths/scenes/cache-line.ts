import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import { ZERO } from '../../../impl/hw/token.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** A line in the cache of the processors. */
class CacheLineScene extends Scene {
  readonly kind = 'cacheLine';
  private readonly platform: Platform;
  private page: PageNumber = 0;

  readonly operations: readonly Operation[] = [
    { name: 'load', emits: ['fetch'], body: () => this.load() },
    { name: 'store', emits: ['store', 'overwrite'], body: () => this.store() },
    { name: 'clean', emits: ['clean'], body: () => this.clean() },
    {
      name: 'invalidate',
      emits: ['invalidate', 'invalidate.lost'],
      body: () => this.invalidate(),
    },
  ];

  constructor(stack: Stack) {
    super(stack);
    const { world, types } = stack;
    this.platform = new Platform(world, {}, types.hardware);
    const { pages } = this.platform;
    const got = world.runNow(pages.allocate({ zone: 'system', count: 1, owner: 1 }));
    if (typeof got !== 'number') this.page = got[0] ?? 0;
  }

  private *load(): KernelTask<void> {
    this.platform.cpuCache.load(this.page, 0);
  }

  private *store(): KernelTask<void> {
    this.platform.cpuCache.store(this.page, 0, ZERO);
  }

  private *clean(): KernelTask<void> {
    this.platform.cpuCache.clean(this.page, 0);
  }

  private *invalidate(): KernelTask<void> {
    this.platform.cpuCache.invalidate(this.page, 0);
  }
}

export const CACHE_LINE_SCENE: SceneKind = {
  kind: 'cacheLine',
  liveMax: 1,
  asleepMax: 0,
  isSurrounded: false,
  world: {},
  set: (stack) => new CacheLineScene(stack),
};
