import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { TtmDriver, TtmHop, TtmMove } from '../../impl/drm/ttm/ttm-driver.ts';
import type { TtmDevice } from '../../impl/drm/ttm/ttm-device.ts';
import { type TtmLocation, ZERO_STAMP } from '../../impl/drm/ttm/ttm-memory.ts';
import type { TtmObject } from '../../impl/drm/ttm/ttm-object.ts';
import {
  anywhereIn,
  TTM_PL_SYSTEM,
  TTM_PL_TT,
  TTM_PL_VRAM,
  type TtmMemoryType,
  type TtmPlacement,
} from '../../impl/drm/ttm/ttm-place.ts';
import type { TtmUse } from '../../impl/drm/ttm/ttm-users.ts';
import { Access, type Gate, type KernelTask } from '../../impl/kernel/access.ts';
import { EINVAL, EIO, ENOMEM } from '../../impl/kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainList, PlainWord } from '../../impl/kernel/plain.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';
import { TtmJob, type TtmWork } from './ttm-job.ts';

const FENCE_OPS: FenceOps = { getDriverName: () => 'ttm', getTimelineName: () => 'ttm' };

/** Lanes of the machine are numbered; devices of this kind come after all workers. */
const DEVICE_LANE = 14_336;

/** What a device of tests is like. */
export interface TtmGpuOptions {
  /** It works by itself, as soon as it may; otherwise the program says when. */
  readonly isAutomatic: boolean;
  /** Where objects go that are evicted. */
  readonly evictTo: readonly TtmMemoryType[];
  /** Between its memory and pages that it does not reach, content goes by way of those it does. */
  readonly hops: boolean;
  /** Binding pages and letting go of them is a job of its own. */
  readonly bindsByJobs: boolean;
  /** It fills its own memory with zeros before an object's first use. */
  readonly fills: boolean;
}

/** A device of tests: its driver, an engine that copies, one that works, both at their own times. */
export class TtmGpu extends KernelObject implements TtmDriver, Gate {
  readonly blockedBy = 'nothing is to be done';
  readonly stack: Stack;
  readonly options: TtmGpuOptions;
  /** Copies in the order in which they were queued; one engine does them all. */
  readonly copies: PlainList<TtmJob>;
  readonly jobs: PlainList<TtmJob>;
  /** Copies that the driver refuses from now on. */
  readonly refusals: PlainWord<number>;
  private readonly lock: SpinLock;
  private readonly lastCopy: PlainWord<number>;
  private readonly copyContext: number;
  private readonly works: Access;

  constructor(stack: Stack, options: TtmGpuOptions, copyContext: number) {
    super(stack.world, 'ttmGpu');
    this.isStatic = true;
    this.stack = stack;
    this.options = options;
    this.copyContext = copyContext;
    this.copies = new PlainList<TtmJob>(this, 'copies', 'full');
    this.jobs = new PlainList<TtmJob>(this, 'jobs', 'full');
    this.refusals = new PlainWord<number>(this, 'refusals', 0, 'full');
    this.lastCopy = new PlainWord<number>(this, 'lastCopy', 0, 'full');
    this.lock = new SpinLock(this, 'lock', '&ttm_gpu->lock');
    this.works = new Access('wait', 'acquire', this, 'ring', 'work off', this);
    if (options.isAutomatic) this.start();
  }

  private start(): void {
    const lane = this.world.addLane('gpu', DEVICE_LANE, 'hardirq');
    lane.idleAt = this.works;
    lane.start(this.workOff());
  }

  ready(): boolean {
    return this.next() !== null;
  }

  /** The oldest copy, or any job, if it may run. */
  private next(): TtmJob | null {
    const first = this.copies.value[0];
    if (first?.mayRun === true) return first;
    return this.jobs.value.find((job) => job.mayRun) ?? null;
  }

  private *workOff(): KernelTask<void> {
    for (;;) {
      yield this.works;
      const job = this.next();
      if (job !== null) yield* this.finish(job);
    }
  }

  /** One job, whoever's time has come. */
  *finish(job: TtmJob): KernelTask<'done' | 'waits'> {
    const outcome = yield* job.run();
    if (outcome === 'waits') return outcome;
    this.copies.remove(job);
    this.jobs.remove(job);
    return outcome;
  }

  *finishCopy(): KernelTask<'done' | 'waits' | 'idle'> {
    const job = this.copies.at(0);
    return job === null ? 'idle' : yield* this.finish(job);
  }

  /** The device goes: what it has not done, it will never do. */
  *stop(): KernelTask<void> {
    for (const list of [this.copies, this.jobs]) {
      for (const job of list.copy()) yield* job.run(true);
      for (const job of list.copy()) list.remove(job);
    }
  }

  evictionPlaces(): TtmPlacement {
    return this.options.evictTo.map(anywhereIn);
  }

  *move(move: TtmMove): KernelTask<DmaFence | TtmHop | number> {
    const { from, to, source, target } = move;
    const left = this.refusals.get();
    if (left > 0) {
      this.refusals.set(left - 1);
      return -EIO;
    }
    if (from !== null && this.needsHop(from.manager.memoryType, to.manager.memoryType)) {
      return { hop: anywhereIn(TTM_PL_TT) };
    }
    if (from?.manager.usesPages === true && to.manager.usesPages) return yield* this.rebind(move);
    if (target === null || (from === null && to.manager.usesPages)) return 0;
    if (source !== null) return yield* this.queueCopy(move, { kind: 'copy', source, target });
    if (!this.options.fills) return 0;
    return yield* this.queueCopy(move, { kind: 'write', target, stamp: ZERO_STAMP });
  }

  private needsHop(from: TtmMemoryType, to: TtmMemoryType): boolean {
    if (!this.options.hops) return false;
    return (
      (from === TTM_PL_VRAM && to === TTM_PL_SYSTEM) ||
      (from === TTM_PL_SYSTEM && to === TTM_PL_VRAM)
    );
  }

  /** The pages stay, and only what the device sees of them changes. */
  private *rebind(move: TtmMove): KernelTask<DmaFence | number> {
    if (this.options.bindsByJobs) return yield* this.queueCopy(move, { kind: 'nothing' });
    if (move.from?.manager.memoryType !== TTM_PL_TT) return 0;
    const { device } = move.object;
    return yield* device.moves.waitIdle(move.object, move.context);
  }

  private *queueCopy(move: TtmMove, work: TtmWork): KernelTask<DmaFence | number> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const seqno = this.lastCopy.get() + 1;
    this.lastCopy.set(seqno);
    const fence = this.makeFence(this.copyContext, BigInt(seqno));
    for (const dependency of move.dependencies) yield* dependency.get();
    const job = new TtmJob(fence, move.dependencies, work);
    yield* fence.get();
    this.copies.push(job);
    return fence;
  }

  private makeFence(context: number, seqno: bigint): DmaFence {
    return new this.stack.types.DmaFence(this.stack, FENCE_OPS, this.lock, context, seqno);
  }

  /**
   * A job on an object, whose reservation the caller holds. The caller's reference on its fence is
   * taken first: a device that works by itself may have done the job, and dropped its own, by now.
   */
  *submit(object: TtmObject, use: TtmUse, stamp: number | null): KernelTask<TtmJob | number> {
    const { users } = object.device;
    const location = object.locate(object.resource.get());
    // What is behind an importing object is the exporter's.
    if (location === null && object.imported === null) return -EINVAL;
    const error = yield* object.resv.reserveFences(1);
    if (error !== 0) return error;
    const dependencies = yield* users.dependencies(object, use);
    if (typeof dependencies === 'number') return dependencies;
    const work = workOn(location, stamp);
    const context = yield* this.stack.fences.contextAlloc(1);
    const job = new TtmJob(this.makeFence(context, 1n), dependencies, work);
    yield* job.fence.get();
    yield* users.publish(object, job.fence, use);
    this.jobs.push(job);
    return job;
  }

  visitState(visit: StateVisitor): void {
    visit('copies', this.copies.value);
    visit('jobs', this.jobs.value);
    visit('refusals', this.refusals.value);
    visit('lastCopy', this.lastCopy.value);
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}

function workOn(location: TtmLocation | null, stamp: number | null): TtmWork {
  if (location === null) return { kind: 'nothing' };
  return stamp === null
    ? { kind: 'read', source: location }
    : { kind: 'write', target: location, stamp };
}

/** The engines of a device whose driver this is. */
export function gpuOf(device: TtmDevice): TtmGpu {
  const { driver } = device;
  if (driver instanceof TtmGpu) return driver;
  throw new Error(`${device.label} is no device of tests`);
}

export const MEMORY_TYPES: Readonly<Record<string, TtmMemoryType>> = {
  system: TTM_PL_SYSTEM,
  tt: TTM_PL_TT,
  vram: TTM_PL_VRAM,
};
