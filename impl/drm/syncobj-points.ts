import type { DmaFenceChain } from '../dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { ChainMemory } from '../dma-buf/fence-chains.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, ENOENT, ENOMEM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import type { UserArray } from '../uapi/user-array.ts';
import type { DrmFile } from './drm-file.ts';
import type { Syncobj } from './syncobj.ts';

/** A point of one object, and where it shall go. */
export interface Transfer {
  readonly source: { readonly handle: number; readonly point: bigint };
  readonly target: { readonly handle: number; readonly point: bigint };
  readonly flags: number;
}

/** What is done with the points of timelines. */
export class SyncobjPoints {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Adds a point that is done to each object, or to none. @kernel drm_syncobj_timeline_signal_ioctl @rule SYNCOBJ-026 */
  *signal(syncobjs: readonly Syncobj[], userPoints: UserArray | null): KernelTask<number> {
    const { memory } = this.stack.world;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const points = userPoints === null ? [] : userPoints.read(syncobjs.length);
    if (points === null) return -EFAULT;
    if (!(yield* memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const nodes = yield* this.allocate(syncobjs.length);
    if (nodes === null) return -ENOMEM;
    for (const [index, syncobj] of syncobjs.entries()) {
      const node = nodes[index];
      if (node === undefined) continue;
      const stub = yield* this.stack.stubs.getStub();
      yield* syncobj.addPoint(node, stub, points[index] ?? 0n);
      yield* stub.put();
    }
    return 0;
  }

  /** Memory for so many points, or none at all. */
  protected *allocate(count: number): KernelTask<readonly ChainMemory[] | null> {
    const { chains } = this.stack;
    const nodes: ChainMemory[] = [];
    while (nodes.length < count) {
      const node = yield* chains.alloc();
      if (node === null) {
        for (const unused of nodes) chains.free(unused);
        return null;
      }
      nodes.push(node);
    }
    return nodes;
  }

  /** How far an object has come. @kernel drm_syncobj_query_ioctl @rule SYNCOBJ-028 */
  *query(syncobj: Syncobj, isLastSubmitted: boolean): KernelTask<bigint> {
    const fence = yield* syncobj.fenceGet();
    if (fence === null) return 0n;
    const chain = this.stack.chains.chainOf(fence);
    let point = 0n;
    if (chain !== null) {
      point = isLastSubmitted ? fence.seqno : yield* this.reachedPoint(chain);
    }
    yield* fence.put();
    return point;
  }

  /** Who asks again and again must see the end some day, also of what is done on demand only. */
  protected *reachedPoint(head: DmaFenceChain): KernelTask<bigint> {
    yield* head.base.enableSwSignaling();
    return yield* this.signaledPoint(head);
  }

  /**
   * The last point of which everything before it is done.
   *
   * @rule SYNCOBJ-028
   */
  protected *signaledPoint(head: DmaFenceChain): KernelTask<bigint> {
    const { chains } = this.stack;
    let last = head;
    let isOtherPending = false;
    yield* last.base.get();
    let element: DmaFence | null = yield* head.base.get();
    while (element !== null) {
      const chain = chains.chainOf(element);
      if (chain === null || element.context !== head.base.context) {
        yield* element.put();
        isOtherPending = true;
        break;
      }
      yield* last.base.put();
      yield* element.get();
      last = chain;
      element = yield* chains.walk(element);
    }
    const isDone = yield* last.base.isSignaled();
    const point = isDone ? last.base.seqno : this.pointBefore(last, isOtherPending);
    yield* last.base.put();
    return point;
  }

  /** Behind a fence of another timeline that is pending no point of this one is done. @rule SYNCOBJ-036 */
  protected pointBefore(node: DmaFenceChain, isOtherPending: boolean): bigint {
    return isOtherPending ? 0n : node.prevSeqno;
  }

  /** @kernel drm_syncobj_transfer_ioctl @rule SYNCOBJ-029 @rule SYNCOBJ-030 */
  *transfer(file: DrmFile, { source, target, flags }: Transfer): KernelTask<number> {
    const syncobj = yield* file.syncobjs.find(target.handle);
    if (syncobj === null) return -ENOENT;
    const fence = yield* this.stack.syncobjs.findFence(file, { ...source, flags });
    let result = 0;
    if (typeof fence === 'number') {
      result = fence;
    } else if (target.point === 0n) {
      yield* syncobj.replaceFence(fence);
      yield* fence.put();
    } else {
      result = yield* this.transferToTimeline(syncobj, fence, target.point);
    }
    yield* syncobj.put();
    return result;
  }

  /** Chains are never put into chains: only what is pending of the leaves goes. @kernel drm_syncobj_transfer_to_timeline */
  protected *transferToTimeline(
    syncobj: Syncobj,
    fence: DmaFence,
    point: bigint,
  ): KernelTask<number> {
    const { chains, unwrap } = this.stack;
    const merged = yield* unwrap.merge([fence]);
    yield* fence.put();
    if (merged === null) return -ENOMEM;
    const node = yield* chains.alloc();
    if (node !== null) yield* syncobj.addPoint(node, merged, point);
    yield* merged.put();
    return node === null ? -ENOMEM : 0;
  }
}
