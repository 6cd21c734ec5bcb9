import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { PAGE_LINES } from '../../hw/platform-options.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { Mutex } from '../../kernel/mutex.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from '../sched/gpu-scheduler.ts';
import type { DrmSchedEntity } from '../sched/sched-entity.ts';
import type { DrmSchedJob } from '../sched/sched-job.ts';
import {
  DRM_GPU_SCHED_STAT_NOMINAL,
  DRM_SCHED_PRIORITY_KERNEL,
  type SchedBackendOps,
  type SchedStat,
} from '../sched/sched-ops.ts';
import type { TtmDevice } from '../ttm/ttm-device.ts';
import type { TtmDriver, TtmMove } from '../ttm/ttm-driver.ts';
import { TtmMemory } from '../ttm/ttm-memory.ts';
import { anywhereIn, TTM_PL_SYSTEM, TTM_PL_VRAM, type TtmPlacement } from '../ttm/ttm-place.ts';
import type { CopyDriver } from './copy-driver.ts';
import { MoverPages } from './mover-pages.ts';

/** Copies that are with the engine, or in its queue. Unit: credits. */
const COPIES_MAX = 16;

/** What the engine is to do. */
interface Copy {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/**
 * The driver of a device whose objects move: a copying engine moves their content. Copies wait for
 * those who use the storage, in the queue of a scheduler; the engine does one after the other.
 */
export class DmaMover implements TtmDriver, SchedBackendOps {
  readonly engine: CopyDriver;
  readonly backing: MoverPages;
  private readonly copies = new Map<DrmSchedJob, Copy>();
  private parts: { readonly sched: DrmGpuScheduler; readonly entity: DrmSchedEntity } | null = null;
  /** Copies are pushed in the order of their numbers. @rule SCHED-004 */
  private readonly lock: Mutex;
  /** What new objects show. */
  private readonly blank: TtmMemory;

  constructor(engine: CopyDriver, vramPages: number) {
    this.engine = engine;
    this.backing = new MoverPages(engine.hardware.device);
    this.lock = new Mutex(engine, 'moverLock', '&mover->lock');
    this.blank = new TtmMemory(engine.world, vramPages, 0);
    this.blank.isStatic = true;
  }

  private get stack(): Stack {
    return this.engine.stack;
  }

  /** The memory of a device, and the engine that copies: 0 or -ENOMEM. */
  *probe(device: TtmDevice): KernelTask<number> {
    const { memory } = device.manager(TTM_PL_VRAM);
    yield* this.engine.probe();
    const sched = yield* this.stack.sched.createScheduler({
      name: 'mover',
      ops: this,
      creditLimit: COPIES_MAX,
    });
    if (typeof sched === 'number') return sched;
    const entity = yield* this.stack.sched.createEntity({
      priority: DRM_SCHED_PRIORITY_KERNEL,
      schedulers: [sched],
    });
    this.parts = { sched, entity };
    const error = yield* this.backing.back(this.blank, 'system');
    return error !== 0 || memory === null ? error : yield* this.backing.back(memory, 'vram');
  }

  /** The last copy is done, and objects are gone. */
  *remove(device: TtmDevice): KernelTask<void> {
    const { parts } = this;
    if (parts === null) return;
    this.parts = null;
    yield* this.stack.schedKill.destroy(parts.entity);
    parts.entity.free();
    yield* parts.sched.fini();
    yield* this.engine.remove();
    const { memory } = device.manager(TTM_PL_VRAM);
    for (const left of [memory, this.blank]) if (left !== null) this.backing.unpopulate(left);
    yield* this.backing.drain();
  }

  evictionPlaces(): TtmPlacement {
    return [anywhereIn(TTM_PL_SYSTEM)];
  }

  /** Pages that stay where they are need no copy; a new object in VRAM shows nothing of others. */
  *move(move: TtmMove): KernelTask<DmaFence | number> {
    const { from, to, source, target, object } = move;
    if (from?.manager.usesPages === true && to.manager.usesPages) return 0;
    if (target === null || (from === null && to.manager.usesPages)) return 0;
    const origin = source ?? { memory: this.blank, first: 0, pages: object.pages };
    return yield* this.queueCopy(move, {
      from: this.backing.addressOf(origin),
      to: this.backing.addressOf(target),
      lines: object.pages * PAGE_LINES,
    });
  }

  /** @rule EVICT-012 */
  protected *queueCopy(move: TtmMove, copy: Copy): KernelTask<DmaFence | number> {
    const { world } = this.engine;
    const { parts } = this;
    if (parts === null) return world.fault('bug', 'a device without a mover', this.engine);
    // The fence of the engine: nothing may be allocated when the copy begins.
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const job = new this.stack.types.DrmSchedJob(this.stack);
    let error = yield* job.init(parts.entity, 1);
    if (error === 0) {
      error = yield* this.depend(job, move.dependencies);
      if (error !== 0) yield* job.cleanup();
    }
    if (error === 0) return yield* this.push(parts.entity, job, copy);
    job.free();
    return error;
  }

  private *push(entity: DrmSchedEntity, job: DrmSchedJob, copy: Copy): KernelTask<DmaFence> {
    yield* this.lock.acquire();
    yield* job.arm();
    const { finished } = job.fence;
    yield* finished.get();
    this.copies.set(job, copy);
    yield* entity.push(job);
    this.lock.release();
    return finished;
  }

  protected *depend(job: DrmSchedJob, fences: readonly DmaFence[]): KernelTask<number> {
    for (const fence of fences) {
      const error = yield* job.dependencies.add(yield* fence.get());
      if (error !== 0) return error;
    }
    return 0;
  }

  *runJob(job: DrmSchedJob): KernelTask<DmaFence | number | null> {
    const copy = this.copies.get(job);
    return copy === undefined ? null : yield* this.engine.emit(copy);
  }

  /** The engine's driver has time-outs of its own: the scheduler has none. */
  *timedoutJob(): KernelTask<SchedStat> {
    return DRM_GPU_SCHED_STAT_NOMINAL;
  }

  *freeJob(job: DrmSchedJob): KernelTask<void> {
    this.copies.delete(job);
    yield* job.cleanup();
    job.free();
  }
}
