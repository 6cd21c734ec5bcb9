import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { AtomicState, Change } from './atomic-state.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import type { Crtc, CrtcState } from './crtc.ts';
import type { DisplayState } from './display-state.ts';

/** Nothing that a display does takes longer; then a wait is given up. Unit: jiffies. */
export const DISPLAY_TIMEOUT = 10_000;

/** The order of commits: each knows the ones before it that it has to wait for. */
export class CommitSetup {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_atomic_helper_setup_commit @rule KMS-011 */
  *setUp(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
    for (const change of state.crtcs.all()) {
      const error = yield* this.setUpCrtc(state, change, isNonblocking);
      if (error !== 0) return error;
    }
    for (const change of [...state.connectors.all(), ...state.planes.all()]) {
      const error = yield* this.join(state, change, isNonblocking);
      if (error !== 0) return error;
    }
    return 0;
  }

  protected *setUpCrtc(
    state: AtomicState,
    { next, old }: Change<CrtcState>,
    isNonblocking: boolean,
  ): KernelTask<number> {
    const { crtc } = next;
    const commit = yield* this.make(crtc);
    if (commit === null) return -ENOMEM;
    next.crtcCommit.set(commit);
    const error = yield* this.stall(crtc, isNonblocking);
    if (error !== 0) return error;
    // The clean-up needs it even when nothing will flip.
    state.commits.set(crtc.index, yield* commit.get());
    if (!old.active.get() && !next.active.get()) {
      yield* commit.nothingToFlip();
      return 0;
    }
    return yield* this.expect(next, commit);
  }

  protected *make(crtc: Crtc | null): KernelTask<CrtcCommit | null> {
    const { world, types } = this.stack;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return null;
    return new types.CrtcCommit(world, crtc);
  }

  /** The commit hears of the flip through an event, with whoever else does. */
  protected *expect(next: CrtcState, commit: CrtcCommit): KernelTask<number> {
    let event = next.event.get();
    if (event === null) {
      if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
      event = new this.stack.types.VblankEvent(next.crtc, 0);
      next.event.set(event);
    }
    event.crtcCommit.set(yield* commit.get());
    return 0;
  }

  /**
   * Nobody gets ahead of a flip without waiting, and nobody more than one clean-up ahead.
   *
   * @kernel stall_checks
   * @rule KMS-011
   */
  protected *stall(crtc: Crtc, isNonblocking: boolean): KernelTask<number> {
    yield* crtc.commitLock.acquire();
    const last = crtc.commits.at(0);
    if (last !== null && isNonblocking && !(yield* last.flipDone.tryWait())) {
      crtc.commitLock.release();
      return -EBUSY;
    }
    const secondLast = crtc.commits.at(1);
    if (secondLast !== null) yield* secondLast.get();
    crtc.commitLock.release();
    return secondLast === null ? 0 : yield* this.awaitCleanUp(secondLast);
  }

  protected *awaitCleanUp(commit: CrtcCommit): KernelTask<number> {
    const left = yield* commit.cleanupDone.waitInterruptible(DISPLAY_TIMEOUT);
    this.logTimeout(left, 'cleanup_done timed out');
    yield* commit.put();
    return Math.min(left, 0);
  }

  /** A plane or a connector belongs to the commit of its CRTC. */
  protected *join(
    state: AtomicState,
    { next, old }: Change<DisplayState>,
    isNonblocking: boolean,
  ): KernelTask<number> {
    const before = old.crtcCommit.get();
    if (before !== null && isNonblocking && !(yield* before.flipDone.tryWait())) return -EBUSY;
    const commit = yield* this.commitOf(state, next.on ?? old.on);
    if (commit === null) return -ENOMEM;
    next.crtcCommit.set(yield* commit.get());
    return 0;
  }

  /** @kernel crtc_or_fake_commit */
  protected *commitOf(state: AtomicState, crtc: Crtc | null): KernelTask<CrtcCommit | null> {
    const known = crtc === null ? null : state.crtcs.get(crtc.index)?.crtcCommit.get();
    if (known !== null && known !== undefined) return known;
    const fake = state.fakeCommit.get() ?? (yield* this.make(null));
    state.fakeCommit.set(fake);
    return fake;
  }

  /**
   * The new states become those of their objects, once the ones before are programmed.
   *
   * @kernel drm_atomic_helper_swap_state
   * @rule KMS-011
   */
  *swap(state: AtomicState): KernelTask<number> {
    for (const { old } of state.all()) {
      const before = old.crtcCommit.get();
      const left = before === null ? 1 : yield* this.awaitProgrammed(before);
      if (left < 0) return left;
    }
    for (const { next, old } of state.all()) {
      old.hidden();
      next.shown();
    }
    for (const { next } of state.connectors.all()) next.connector.state.set(next);
    for (const { next } of state.crtcs.all()) {
      next.crtc.state.set(next);
      const commit = next.crtcCommit.get();
      yield* next.crtc.commitLock.acquire();
      if (commit !== null) next.crtc.commits.unshift(commit);
      commit?.swapped();
      next.crtc.commitLock.release();
    }
    state.fakeCommit.get()?.swapped();
    for (const { next } of state.planes.all()) next.plane.state.set(next);
    state.isSwapped.set(true);
    return 0;
  }

  protected *awaitProgrammed(before: CrtcCommit): KernelTask<number> {
    return yield* before.hwDone.waitInterruptible(Number.MAX_SAFE_INTEGER);
  }

  /** A message in the log, and life goes on. @kernel drm_err */
  logTimeout(left: number, message: string): void {
    this.stack.world.warnOn(left === 0, message);
  }
}
