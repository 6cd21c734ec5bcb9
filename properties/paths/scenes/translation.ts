import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import { Device } from '../../../impl/hw/device.ts';
import type { DeviceLane } from '../../../impl/hw/device-lane.ts';
import type { IovaPage } from '../../../impl/hw/iommu-domain.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const SUBJECT: IovaPage = 0x10000;
const OTHER: IovaPage = 0x10002;
const BOTH = { canRead: true, canWrite: true };

/** A page of a device's addresses. The device can cache one; another page takes its place. */
class TranslationScene extends Scene {
  readonly kind = 'translation';
  private readonly device: Device;
  private readonly lane: DeviceLane;
  private isMapped = false;

  readonly operations: readonly Operation[] = [
    { name: 'map', emits: ['map'], body: () => (this.isMapped ? null : this.map()) },
    { name: 'clear', emits: ['clear'], body: () => this.clear() },
    { name: 'access', emits: ['fill', 'hit', 'hit.stale'], body: () => this.access(SUBJECT) },
    { name: 'accessOther', emits: ['evict'], body: () => this.access(OTHER) },
    { name: 'invalidate', emits: ['invalidate'], body: () => this.invalidate(SUBJECT) },
    { name: 'invalidateOther', emits: [], body: () => this.invalidate(OTHER) },
  ];

  constructor(stack: Stack) {
    super(stack);
    const { world, types } = stack;
    const platform = new Platform(world, { iotlbEntries: 1 }, types.hardware);
    this.device = new Device(platform, { name: 'd' });
    this.lane = this.device.addLane('engine');
    world.runNow(platform.pages.allocate({ zone: 'system', count: 2, owner: 1 }));
    this.device.domain?.set(OTHER, 1, BOTH);
  }

  private *map(): KernelTask<void> {
    this.isMapped = true;
    this.device.domain?.set(SUBJECT, 0, BOTH);
  }

  private *clear(): KernelTask<void> {
    this.isMapped = false;
    this.device.domain?.clear(SUBJECT);
  }

  private *access(page: IovaPage): KernelTask<void> {
    yield* this.device.dma.translate(this.lane, page, 'read');
  }

  private *invalidate(page: IovaPage): KernelTask<void> {
    this.device.domain?.invalidate(page);
  }

  override translate(event: WorldEvent): ModelEvent | null {
    const isIt = event.object.kind === this.kind && event.object.idNth === SUBJECT;
    return isIt ? super.translate(event) : null;
  }
}

export const TRANSLATION_SCENE: SceneKind = {
  kind: 'translation',
  liveMax: 1,
  asleepMax: 0,
  isSurrounded: false,
  world: { time: 'free' },
  set: (stack) => new TranslationScene(stack),
};
