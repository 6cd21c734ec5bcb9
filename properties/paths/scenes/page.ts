import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const OWNER = 1;
/** One page besides the contiguous range, so that it is always the same one. */
const ONE_PAGE = { systemPages: 2, cmaPages: 1, vramPages: 0, quarantinePages: 0 };

/** The only page of a machine, and those who use it. */
class PageScene extends Scene {
  readonly kind = 'page';
  private readonly platform: Platform;
  private held: readonly PageNumber[] = [];
  private pins = 0;
  private readonly maps: string[] = [];

  readonly operations: readonly Operation[] = [
    {
      name: 'allocate',
      emits: ['give'],
      body: () => (this.held.length === 0 ? this.allocate() : null),
    },
    {
      name: 'free',
      emits: ['take', 'take.used'],
      body: () => (this.held.length > 0 ? this.free(this.held) : null),
    },
    {
      name: 'pin',
      emits: ['pin'],
      body: () => (this.held.length > 0 && this.pins < 1 ? this.pin() : null),
    },
    { name: 'unpin', emits: ['unpin'], body: () => (this.pins > 0 ? this.unpin() : null) },
    {
      name: 'map',
      emits: ['map'],
      body: () => (this.held.length > 0 && this.maps.length < 2 ? this.map() : null),
    },
    { name: 'unmap', emits: ['unmap'], body: () => (this.maps.length > 0 ? this.unmap() : null) },
  ];

  constructor(stack: Stack) {
    super(stack);
    this.platform = new Platform(stack.world, ONE_PAGE, stack.types.hardware);
  }

  private *allocate(): KernelTask<void> {
    const pages = yield* this.platform.pages.allocate({ zone: 'system', count: 1, owner: OWNER });
    if (typeof pages !== 'number') this.held = pages;
  }

  private *free(pages: readonly PageNumber[]): KernelTask<void> {
    this.held = [];
    yield* this.platform.pages.release(pages);
  }

  private *pin(): KernelTask<void> {
    this.pins += 1;
    yield* this.platform.pages.pin(0);
  }

  private *unpin(): KernelTask<void> {
    this.pins -= 1;
    yield* this.platform.pages.unpin(0);
  }

  private *map(): KernelTask<void> {
    const name = `map ${this.maps.length}`;
    this.maps.push(name);
    this.platform.memory.addMap(0, name);
  }

  private *unmap(): KernelTask<void> {
    const name = this.maps.pop();
    if (name !== undefined) this.platform.memory.removeMap(0, name);
  }
}

export const PAGE_SCENE: SceneKind = {
  kind: 'page',
  liveMax: 1,
  asleepMax: 0,
  isSurrounded: false,
  world: {},
  set: (stack) => new PageScene(stack),
};
