import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_READ } from '../../../impl/dma-buf/resv-usage.ts';
import type { TtmDevice } from '../../../impl/drm/ttm/ttm-device.ts';
import { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import {
  anywhereIn,
  PATIENT,
  TTM_PL_SYSTEM,
  TTM_PL_TT,
  TTM_PL_VRAM,
  type TtmMemoryType,
} from '../../../impl/drm/ttm/ttm-place.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { TtmGpu } from '../../programs/ttm-gpu.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

/**
 * Which object is looked at: one with a reservation of its own, one that shares it, with a job in it
 * or none, or what a move leaves behind.
 */
type Subject = 'own' | 'shared' | 'used' | 'ghost';

const MOVE: readonly EventName[] = ['move.begin', 'leave', 'move.end', 'move.failed', 'get', 'put'];
const END: readonly EventName[] = [
  ...(['individualize', 'individualize.failed', 'delay', 'leave', 'free', 'put.last'] as const),
];
const PLACES = { system: TTM_PL_SYSTEM, tt: TTM_PL_TT, vram: TTM_PL_VRAM } as const;

/** An object of a device, its moves, and somebody who uses it. */
class TtmObjectScene extends Scene {
  readonly kind = 'ttmObject';
  readonly operations: readonly Operation[];
  private readonly kindOfSubject: Subject;
  private readonly gpu: TtmGpu;
  private readonly device: TtmDevice;
  private readonly shared: DmaResv;
  private readonly job: DmaFence;
  private object: TtmObject | null = null;
  /** Operations that rely on the scene's own reference. */
  private users = 0;
  /** References on what is looked at, beyond those of its owners. */
  private extra = 0;

  constructor(stack: Stack, subject: Subject) {
    super(stack);
    this.kindOfSubject = subject;
    const options = {
      ...{ isAutomatic: false, evictTo: [PLACES.system], hops: false, fills: false },
      bindsByJobs: false,
    };
    this.gpu = new TtmGpu(stack, options, 9);
    this.device = new stack.types.TtmDevice(stack, this.gpu, {
      ...{ vramPages: 2, ttPages: 2, clearsOnFree: false },
    });
    this.shared = new stack.types.DmaResv(stack);
    this.job = new Issuer(stack, 'absent', false).issue(1, 1);
    this.operations = [
      {
        name: 'init',
        emits: ['init'],
        body: () => (this.object === null ? this.create() : null),
      },
      ...this.life(),
      ...this.moves(),
      ...this.pins(),
      ...this.surroundings(),
    ];
  }

  override translate(event: WorldEvent): ModelEvent | null {
    const { object } = event;
    if (this.subject === null && object instanceof TtmObject) {
      if (object.isGhost !== (this.kindOfSubject === 'ghost')) return null;
    }
    return super.translate(event);
  }

  /** Somebody finds it in a list, or gives that up. */
  private life(): readonly Operation[] {
    const put: Operation = {
      name: 'put',
      emits: ['put', ...END],
      begins: ['put', 'put.last'],
      body: () => this.put(),
    };
    return [
      { name: 'get', emits: ['get'], body: () => this.find() },
      {
        name: 'let go',
        emits: ['put', ...END],
        begins: ['put', 'put.last'],
        body: () => this.letGo(),
      },
      put,
      { ...put, name: 'put without memory', isStarved: true },
    ];
  }

  private moves(): readonly Operation[] {
    const to = Object.entries(PLACES).flatMap(([name, place]) => [
      this.moving(`move to ${name}`, (object) => this.validate(object, [place])),
      {
        ...this.moving(`move to ${name}, refused`, (object) => this.refused(object, place)),
      },
    ]);
    return [
      ...to,
      {
        ...this.moving('move to tt without memory', (o) => this.validate(o, [PLACES.tt])),
        starvedAfter: 'move.begin',
      },
      {
        ...this.moving('move to tt, no ghost', (o) => this.validate(o, [PLACES.tt])),
        emits: [...MOVE, 'init.ghost', 'inherit', 'discard', ...END],
        starvedAfter: 'init.ghost',
      },
      this.moving('gut', (object) => this.validate(object, [])),
      this.moving('evict', (object) => this.evict(object)),
    ];
  }

  private moving(name: string, run: (object: TtmObject) => KernelTask<unknown>): Operation {
    return {
      name,
      emits: [...MOVE, 'init.ghost', 'inherit', ...END],
      begins: ['move.begin', 'leave', 'init.ghost'],
      body: () => this.use(run),
    };
  }

  private pins(): readonly Operation[] {
    return [
      { name: 'pin', emits: ['pin'], body: () => this.use((object) => this.pin(object)) },
      { name: 'unpin', emits: ['unpin'], body: () => this.use((object) => this.unpin(object)) },
    ];
  }

  private surroundings(): readonly Operation[] {
    return [
      {
        name: 'a copy is done',
        emits: [],
        body: () => (this.gpu.copies.value.length > 0 ? this.gpu.finishCopy() : null),
      },
      { name: 'a job begins', emits: [], body: () => this.use((object) => this.begin(object)) },
      { name: 'the job ends', emits: [], body: () => this.job.signal() },
    ];
  }

  private use(run: (object: TtmObject) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.object === null ? null : this.using(this.object, run);
  }

  private *using(
    object: TtmObject,
    run: (object: TtmObject) => KernelTask<unknown>,
  ): KernelTask<void> {
    this.users += 1;
    yield* object.resv.acquire();
    yield* run(object);
    yield* object.resv.release();
    this.users -= 1;
  }

  private *create(): KernelTask<void> {
    const isShared = this.kindOfSubject === 'shared' || this.kindOfSubject === 'used';
    const resv = isShared ? this.shared : null;
    const object = new this.stack.types.TtmObject(this.device, {
      ...{ pages: 1, resv, imported: null, origin: null },
    });
    this.object = object;
    if (this.kindOfSubject === 'used') yield* this.using(object, () => this.begin(object));
  }

  private find(): KernelTask<unknown> | null {
    const { subject } = this;
    if (!(subject instanceof TtmObject) || subject.freedBy !== null) return null;
    // A ghost is found by its range, or by its worker.
    const isHidden = subject.isGhost && subject.resource.value === null && !subject.deleted.value;
    return isHidden ? null : this.reach(subject);
  }

  private *reach(object: TtmObject): KernelTask<void> {
    if (yield* object.getUnlessZero()) this.extra += 1;
  }

  private letGo(): KernelTask<unknown> | null {
    const { subject } = this;
    return subject instanceof TtmObject && this.extra > 0 ? this.dropExtra(subject) : null;
  }

  private *dropExtra(object: TtmObject): KernelTask<void> {
    this.extra -= 1;
    yield* object.put();
  }

  private put(): KernelTask<unknown> | null {
    const { object } = this;
    if (object === null || this.users > 0 || object.pinCount.value > 0) return null;
    return this.drop(object);
  }

  private *drop(object: TtmObject): KernelTask<void> {
    this.object = null;
    yield* object.put();
  }

  private *validate(object: TtmObject, places: readonly TtmMemoryType[]): KernelTask<void> {
    yield* this.device.placing.validate(object, places.map(anywhereIn), PATIENT);
  }

  private *refused(object: TtmObject, place: TtmMemoryType): KernelTask<void> {
    this.gpu.refusals.set(1);
    yield* this.validate(object, [place]);
    this.gpu.refusals.set(0);
  }

  private *evict(object: TtmObject): KernelTask<void> {
    if (object.resource.isNull() || object.pinCount.value > 0) return;
    yield* this.device.evictions.evict(object, PATIENT);
  }

  private *pin(object: TtmObject): KernelTask<void> {
    if (object.pinCount.value === 0) yield* object.pin();
  }

  private *unpin(object: TtmObject): KernelTask<void> {
    if (object.pinCount.value > 0) yield* object.unpin();
  }

  private *begin(object: TtmObject): KernelTask<void> {
    if ((yield* object.resv.reserveFences(1)) !== 0) return;
    yield* object.resv.addFence(this.job, DMA_RESV_USAGE_READ);
  }
}

const SUBJECTS: readonly Subject[] = ['own', 'shared', 'used', 'ghost'];

/** One for each kind of subject. */
export const TTM_OBJECT_SCENES: readonly SceneKind[] = SUBJECTS.map((subject) => ({
  kind: 'ttmObject',
  liveMax: 2,
  asleepMax: 1,
  isSurrounded: true,
  world: {},
  set: (stack) => new TtmObjectScene(stack, subject),
}));
