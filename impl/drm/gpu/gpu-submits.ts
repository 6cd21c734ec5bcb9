import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../../dma-buf/resv-usage.ts';
import type { SyncFile } from '../../dma-buf/sync-file.ts';
import type { GpuCommand } from '../../hw/gpu/gpu-commands.ts';
import { LINE_BYTES } from '../../hw/platform-options.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { EDEADLK, EINVAL, ENOENT, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import { FileTable } from '../../uapi/file-table.ts';
import type { UserPointer } from '../../uapi/user-memory.ts';
import type { DrmExec } from '../exec/drm-exec.ts';
import { initExec } from '../exec/drm-execs.ts';
import { DRM_EXEC_IGNORE_DUPLICATES, DRM_EXEC_INTERRUPTIBLE_WAIT } from '../exec/exec-flags.ts';
import type { ObjectArray } from '../gem-lookup.ts';
import type { GemObject } from '../gem-object.ts';
import type { DrmSchedJob } from '../sched/sched-job.ts';
import type { Syncobj } from '../syncobj.ts';
import type { GpuClient } from './gpu-client.ts';
import type { GpuNode } from './gpu-node.ts';
import {
  type ClientCommand,
  GPU_SUBMIT_FENCE_IN,
  GPU_SUBMIT_FENCE_OUT,
  readSubmit,
  type SubmitRequest,
} from './gpu-uapi.ts';
import { GpuWork } from './gpu-work.ts';

const EXEC_FLAGS: number = DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES;

/** A submission as far as it has come: all of this goes back if it fails. */
export interface Draft {
  readonly request: SubmitRequest;
  readonly array: ObjectArray;
  work: GpuWork | null;
  /** Promised, and not open. */
  fd: number;
  syncFile: SyncFile | null;
  outSync: Syncobj | null;
}

/** Submissions of clients: everything that can fail comes before the job is armed. */
export class GpuSubmits {
  protected readonly node: GpuNode;
  protected readonly stack: Stack;

  constructor(node: GpuNode) {
    this.node = node;
    this.stack = node.stack;
  }

  /** 0, or a negative error and nothing has happened. */
  *submit(client: GpuClient, argument: UserPointer): KernelTask<number> {
    const request = readSubmit(argument);
    if (typeof request === 'number') return request;
    const array = yield* this.stack.gemLookup.lookupAll(client.file, argument);
    if (typeof array === 'number') return array;
    const draft: Draft = { request, array, work: null, fd: -1, syncFile: null, outSync: null };
    let error = yield* this.prepare(client, draft);
    if (error === 0) error = yield* this.lockAndPush(client, draft, argument);
    if (error !== 0) yield* this.undo(draft);
    return error;
  }

  protected *prepare(client: GpuClient, draft: Draft): KernelTask<number> {
    const { request, array } = draft;
    const commands = this.translate(client, request, array.objects);
    if (commands === null) return -EINVAL;
    const job = new this.stack.types.DrmSchedJob(this.stack);
    let error = yield* job.init(client.entity, commands.length + 1);
    // The driver's part of the job, and the fence of the ring: nothing may be allocated later on.
    if (error === 0 && !(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
      yield* job.cleanup();
      error = -ENOMEM;
    }
    if (error !== 0) {
      job.free();
      return error;
    }
    draft.work = new GpuWork(job, commands, array);
    error = yield* this.takeIn(client, draft, job);
    return error === 0 ? yield* this.promise(client, draft) : error;
  }

  /** What the engine is to do; null for what makes no sense. */
  protected translate(
    client: GpuClient,
    { commands, writes }: SubmitRequest,
    objects: readonly GemObject[],
  ): readonly GpuCommand[] | null {
    const { context } = client;
    const translated: GpuCommand[] = [{ op: 'CTX', context }];
    for (const command of commands) {
      const one = this.commandOf(command, writes, objects);
      if (one === null) return null;
      translated.push(one);
    }
    return translated;
  }

  private commandOf(
    { op, from, to, lines, version }: ClientCommand,
    writes: number,
    objects: readonly GemObject[],
  ): GpuCommand | null {
    if (op === 'nop') return { op: 'NOP' };
    if (op === 'hang') return { op: 'HANG' };
    const target = this.addressOf(objects[to], lines);
    if (target === null || ((writes >>> to) & 1) === 0) return null;
    if (op === 'draw') return { op: 'WRITE', to: target, lines, version };
    const source = this.addressOf(objects[from], lines);
    return source === null ? null : { op: 'COPY', from: source, to: target, lines };
  }

  private addressOf(object: GemObject | undefined, lines: number): number | null {
    if (object === undefined || lines * LINE_BYTES > object.size) return null;
    return this.node.addressOf(object);
  }

  /** What the client wants the job to wait for. */
  protected *takeIn(client: GpuClient, draft: Draft, job: DrmSchedJob): KernelTask<number> {
    const { flags, fenceFd, inSync } = draft.request;
    if ((flags & GPU_SUBMIT_FENCE_IN) !== 0) {
      const fence = yield* this.stack.syncFiles.getFence(fenceFd);
      if (fence === null) return -EINVAL;
      const error = yield* job.dependencies.add(fence);
      if (error !== 0) return error;
    }
    return inSync === 0 ? 0 : yield* job.dependencies.addSyncobj(client.file, inSync, 0n);
  }

  /** What the client will get: it is there before the job is. */
  protected *promise(client: GpuClient, draft: Draft): KernelTask<number> {
    const { flags, outSync } = draft.request;
    if (outSync !== 0) {
      draft.outSync = yield* client.file.syncobjs.find(outSync);
      if (draft.outSync === null) return -ENOENT;
    }
    if ((flags & GPU_SUBMIT_FENCE_OUT) === 0) return 0;
    draft.fd = yield* this.files.getUnused(true);
    if (draft.fd < 0) return draft.fd;
    draft.syncFile = yield* this.stack.syncFiles.allocate();
    return draft.syncFile === null ? -ENOMEM : 0;
  }

  /** Under all reservations the job gets its place in the order of every buffer. */
  protected *lockAndPush(
    client: GpuClient,
    draft: Draft,
    argument: UserPointer,
  ): KernelTask<number> {
    const { work, array, request } = draft;
    if (work === null) return -EINVAL;
    const exec = yield* initExec(this.stack, EXEC_FLAGS);
    let error = yield* this.lockAll(exec, array.objects);
    if (error === 0) error = yield* this.addImplicit(work.job, array.objects, request.writes);
    if (error !== 0) {
      yield* exec.fini();
      return error;
    }
    const finished = yield* this.push(client, draft, work);
    yield* exec.fini();
    yield* this.publish(draft, argument);
    yield* finished.put();
    return 0;
  }

  /** @rule EXEC-001 @rule EXEC-002 */
  protected *lockAll(exec: DrmExec, objects: readonly GemObject[]): KernelTask<number> {
    while (yield* exec.cleanup()) {
      const error = yield* exec.prepareArray(objects, 1);
      if (error !== 0 && error !== -EDEADLK) return error;
    }
    return 0;
  }

  /** @rule SCHED-006 */
  protected *addImplicit(
    job: DrmSchedJob,
    objects: readonly GemObject[],
    writes: number,
  ): KernelTask<number> {
    for (const [place, object] of objects.entries()) {
      const error = yield* job.dependencies.addImplicit(object, ((writes >>> place) & 1) !== 0);
      if (error !== 0) return error;
    }
    return 0;
  }

  /** The job belongs to the scheduler afterwards; its fence is returned with a reference. */
  protected *push(client: GpuClient, draft: Draft, { job }: GpuWork): KernelTask<DmaFence> {
    yield* client.submitLock.acquire();
    yield* job.arm();
    const { finished } = job.fence;
    yield* finished.get();
    if (draft.work !== null) this.node.ring.adopt(draft.work);
    yield* this.addFences(draft, finished);
    yield* client.entity.push(job);
    client.submitLock.release();
    return finished;
  }

  /** Who comes later waits for the job. */
  protected *addFences({ request, array, ...draft }: Draft, finished: DmaFence): KernelTask<void> {
    for (const [place, { resv }] of array.objects.entries()) {
      const isWrite = ((request.writes >>> place) & 1) !== 0;
      yield* resv.addFence(finished, isWrite ? DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
    }
    const { syncFile, outSync } = draft;
    if (syncFile !== null) syncFile.fence.set(yield* finished.get());
    if (outSync !== null) yield* outSync.replaceFence(finished);
  }

  /** Last of all: who guesses the number may close it at once. */
  protected *publish({ syncFile, outSync, fd }: Draft, argument: UserPointer): KernelTask<void> {
    if (outSync !== null) yield* outSync.put();
    if (syncFile === null) return;
    argument.fields['fence_fd'] = fd;
    yield* this.files.install(fd, syncFile.file);
  }

  protected *undo({ work, array, fd, syncFile, outSync }: Draft): KernelTask<void> {
    const { gemLookup, world } = this.stack;
    if (syncFile !== null) yield* syncFile.file.put();
    if (fd >= 0) yield* this.files.putUnused(fd);
    if (outSync !== null) yield* outSync.put();
    if (work !== null) {
      yield* work.job.cleanup();
      work.job.free();
      world.memory.free(work);
    }
    yield* gemLookup.putAll(array);
  }

  private get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }
}
