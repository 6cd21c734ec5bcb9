import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { TtmDevice } from '../../../impl/drm/ttm/ttm-device.ts';
import type { TtmManager } from '../../../impl/drm/ttm/ttm-manager.ts';
import type { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import { anywhereIn, TTM_PL_VRAM } from '../../../impl/drm/ttm/ttm-place.ts';
import type { TtmResource } from '../../../impl/drm/ttm/ttm-resource.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { TtmGpu } from '../../programs/ttm-gpu.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

/** Copies of one engine, in the order in which they were queued. */
const COPIES = 3;

/** The memory of a device, an object that gets ranges of it, and copies out of it. */
class TtmManagerScene extends Scene {
  readonly kind = 'ttmManager';
  readonly operations: readonly Operation[];
  private readonly copies: readonly DmaFence[];
  private device: TtmDevice | null = null;
  private object: TtmObject | null = null;
  private readonly ranges: TtmResource[] = [];
  /** Managers that have spoken. */
  private made = 0;

  constructor(stack: Stack) {
    super(stack);
    const issuer = new Issuer(stack, 'absent', false);
    this.copies = Array.from({ length: COPIES }, (_, index) => issuer.issue(1, index + 1));
    this.operations = [
      {
        name: 'init',
        emits: ['init'],
        body: () => (this.device === null ? this.create() : null),
      },
      this.on('alloc', ['alloc', 'alloc.full'], (manager) => this.alloc(manager, 1)),
      this.on('alloc too much', ['alloc.full'], (manager) => this.alloc(manager, 3)),
      {
        ...this.on('alloc without memory', ['alloc.failed'], (m) => this.alloc(m, 1)),
        isStarved: true,
      },
      this.on('free', ['free'], (manager) => this.free(manager)),
      ...this.copies.map((copy, index) =>
        this.on(`record ${index}`, ['record', 'record.older'], (manager) =>
          this.ranges.length === 0 ? null : manager.recordMove(copy),
        ),
      ),
      this.on('pass', ['pass', 'pass.none'], (manager) => this.pass(manager, false)),
      this.on('pass, impatient', ['pass.busy', 'pass.done', 'pass.none'], (manager) =>
        this.pass(manager, true),
      ),
      { ...this.signalling(), emits: [] },
      {
        ...this.on('fini', ['fini'], (manager) => this.fini(manager)),
        isEnd: () => true,
      },
    ];
  }

  private signalling(): Operation {
    const signalAll = function* (copies: readonly DmaFence[]): KernelTask<void> {
      for (const copy of copies) yield* copy.signal();
    };
    return { name: 'copies are done', emits: [], body: () => signalAll(this.copies) };
  }

  override translate(event: WorldEvent): ModelEvent | null {
    if (this.subject === null && event.name === 'init' && event.object.kind === this.kind) {
      // The one of the device's own memory is the last of three.
      this.made += 1;
      if (this.made < 3) return null;
    }
    return super.translate(event);
  }

  private on(
    name: string,
    emits: readonly EventName[],
    run: (manager: TtmManager) => KernelTask<unknown> | null,
  ): Operation {
    const body = () => {
      const manager = this.device?.managers[TTM_PL_VRAM];
      return manager === undefined || manager.freedBy !== null ? null : run(manager);
    };
    return { name, emits, body };
  }

  private *create(): KernelTask<void> {
    const { stack } = this;
    const options = {
      ...{ isAutomatic: false, evictTo: [], hops: false, bindsByJobs: false, fills: false },
    };
    const gpu = new TtmGpu(stack, options, 9);
    this.device = new stack.types.TtmDevice(stack, gpu, {
      ...{ vramPages: 2, ttPages: 2, clearsOnFree: false },
    });
  }

  private objectOf(pages: number): TtmObject {
    const { device, stack } = this;
    if (device === null) throw new Error('there is no device yet');
    return new stack.types.TtmObject(device, { pages, resv: null, imported: null, origin: null });
  }

  private *alloc(manager: TtmManager, pages: number): KernelTask<void> {
    this.object ??= this.objectOf(1);
    const object = pages === 1 ? this.object : this.objectOf(pages);
    const resource = yield* manager.alloc(object, anywhereIn(TTM_PL_VRAM));
    if (typeof resource !== 'number') this.ranges.push(resource);
  }

  private free(manager: TtmManager): KernelTask<void> | null {
    const resource = this.ranges.at(-1);
    return resource === undefined ? null : this.give(manager, resource);
  }

  private *give(manager: TtmManager, resource: TtmResource): KernelTask<void> {
    this.ranges.splice(this.ranges.indexOf(resource), 1);
    yield* manager.free(resource);
  }

  private pass(manager: TtmManager, isImpatient: boolean): KernelTask<void> | null {
    const { object, ranges } = this;
    return object === null || ranges.length === 0
      ? null
      : this.passTo(manager, object, isImpatient);
  }

  private *passTo(manager: TtmManager, object: TtmObject, isImpatient: boolean): KernelTask<void> {
    yield* object.resv.acquire();
    yield* object.resv.reserveFences(1);
    yield* manager.passMoveOn(object, isImpatient);
    yield* object.resv.release();
  }

  private fini(manager: TtmManager): KernelTask<void> | null {
    return this.ranges.length > 0 ? null : manager.cleanup();
  }
}

export const TTM_MANAGER_SCENE: SceneKind = {
  kind: 'ttmManager',
  liveMax: 1,
  asleepMax: 0,
  isSurrounded: true,
  world: {},
  set: (stack) => new TtmManagerScene(stack),
};
