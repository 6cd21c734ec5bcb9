import type { KernelTask } from '../../kernel/access.ts';
import type { Stack } from '../../stack.ts';
import type { AtomicState } from './atomic-state.ts';
import type { Crtc, CrtcState } from './crtc.ts';
import type { PlaneState } from './plane.ts';

/** Commits, up to the point from which they cannot fail. */
export class AtomicCommits {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_atomic_commit drm_atomic_nonblocking_commit */
  *checkAndCommit(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
    const error = yield* this.stack.kms.check.check(state);
    return error === 0 ? yield* this.commit(state, isNonblocking) : error;
  }

  /** @kernel drm_atomic_helper_commit @rule KMS-010 */
  protected *commit(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
    const { kms } = this.stack;
    const refused = yield* kms.setup.setUp(state, isNonblocking);
    if (refused !== 0) return refused;
    const unprepared = yield* this.preparePlanes(state);
    if (unprepared !== 0) return unprepared;
    const error = yield* this.reachSwap(state, isNonblocking);
    if (error !== 0) {
      yield* this.unprepare(state);
      return error;
    }
    yield* state.get();
    if (isNonblocking) this.handOver(state);
    else yield* kms.tail.run(state);
    return 0;
  }

  /** A blocking commit can be interrupted while it waits, and then nothing has changed. */
  protected *reachSwap(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
    const error = isNonblocking ? 0 : yield* this.waitForFences(state, true);
    return error === 0 ? yield* this.stack.kms.setup.swap(state) : error;
  }

  /** @kernel queue_work */
  protected handOver(state: AtomicState): void {
    const { workers } = state.config;
    const first = state.crtcs.all()[0]?.index ?? 0;
    // The commit before may be cleaned up still, with a worker of its own.
    const crtc = state.config.crtcs[first];
    const turn = crtc?.turn.get() ?? 0;
    crtc?.turn.set(1 - turn);
    const work = { label: `commit of ${state.label}`, run: () => this.stack.kms.tail.run(state) };
    workers[2 * first + turn]?.queue(work);
  }

  /** @kernel drm_atomic_helper_prepare_planes */
  protected *preparePlanes(state: AtomicState): KernelTask<number> {
    for (const { next } of state.connectors.all()) {
      const job = next.job.get();
      const error = job === null ? 0 : yield* job.prepare();
      if (error !== 0) return error;
    }
    const prepared: PlaneState[] = [];
    for (const { next } of state.planes.all()) {
      const error = yield* this.stack.kms.planeFences.prepare(next);
      if (error !== 0) {
        for (const before of prepared) yield* this.stack.kms.planeFences.cleanUp(before);
        return error;
      }
      prepared.push(next);
    }
    return 0;
  }

  /** @kernel drm_atomic_helper_unprepare_planes @rule KMS-024 */
  protected *unprepare(state: AtomicState): KernelTask<void> {
    for (const { next } of state.planes.all()) yield* this.stack.kms.planeFences.cleanUp(next);
  }

  /**
   * Waits for everything that was collected; how it ended is nobody's business here.
   *
   * @kernel drm_atomic_helper_wait_for_fences
   * @rule KMS-009
   * @rule KMS-010
   */
  *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
    yield* this.setDeadline(state);
    for (const { next } of state.planes.all()) {
      const fence = next.fence.get();
      if (fence === null) continue;
      const error = yield* fence.wait(isBeforeSwap);
      if (error !== 0) return error;
      next.fence.set(null);
      yield* fence.put();
    }
    return 0;
  }

  /** @kernel set_fence_deadline @rule KMS-018 */
  protected *setDeadline(state: AtomicState): KernelTask<void> {
    const steady = state.crtcs.all().filter(({ next }) => this.isSteady(next));
    const starts = steady
      .map(({ next }) => this.nextVblank(next.crtc))
      .filter((startNs) => startNs > 0);
    if (starts.length === 0) return;
    const deadlineNs = BigInt(Math.min(...starts));
    for (const { next } of state.planes.all()) {
      yield* next.fence.get()?.setDeadline(deadlineNs) ?? nothing();
    }
  }

  /** It is lit, and stays as it is. */
  protected isSteady(next: CrtcState): boolean {
    return next.active.get() && !next.needsModeset.get();
  }

  /** When the next vertical blank starts; 0 where nobody knows. @kernel drm_crtc_next_vblank_start */
  protected nextVblank(crtc: Crtc): number {
    const { vblank } = crtc;
    const lastNs = vblank === null ? 0 : vblank.timeNs.get();
    return lastNs === 0 ? 0 : lastNs + crtc.periodNs;
  }
}

function* nothing(): KernelTask<void> {}
