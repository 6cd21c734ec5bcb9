import type { KernelTask } from '../../kernel/access.ts';
import type { Stack } from '../../stack.ts';
import type { AtomicState } from './atomic-state.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import type { CrtcState } from './crtc.ts';
import { DISPLAY_TIMEOUT } from './commit-setup.ts';

/** The longest time for which a picture stays on a screen. Unit: jiffies. */
const VBLANK_TIMEOUT = 100;

/** What a commit does once nobody can stop it any more. */
export class CommitTail {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel commit_tail */
  *run(state: AtomicState): KernelTask<void> {
    const { kms } = this.stack;
    yield* kms.commits.waitForFences(state, false);
    yield* this.waitForDependencies(state);
    yield* this.program(state);
    yield* this.programmed(state);
    yield* this.waitForFlip(state);
    yield* this.cleanUp(state);
    yield* this.cleaned(state);
    yield* state.put();
  }

  /** What came before must be shown. @kernel drm_atomic_helper_wait_for_dependencies @rule KMS-012 */
  protected *waitForDependencies(state: AtomicState): KernelTask<void> {
    const { crtcs, connectors, planes } = state;
    for (const { old } of [...crtcs.all(), ...connectors.all(), ...planes.all()]) {
      const before = old.crtcCommit.get();
      if (before !== null) yield* this.waitFor(before);
    }
  }

  /** A wait that takes too long is given up. @kernel drm_crtc_commit_wait @rule KMS-012 */
  protected *waitFor(before: CrtcCommit): KernelTask<void> {
    const { setup } = this.stack.kms;
    const programmed = yield* before.hwDone.waitTimeout(DISPLAY_TIMEOUT);
    setup.logTimeout(programmed, 'hw_done timed out');
    if (programmed === 0) return;
    setup.logTimeout(yield* before.flipDone.waitTimeout(DISPLAY_TIMEOUT), 'flip_done timed out');
  }

  /** @kernel drm_atomic_helper_commit_tail */
  protected *program(state: AtomicState): KernelTask<void> {
    const { hardware } = state.config;
    const crtcs = state.crtcs.all();
    for (const { old, next } of crtcs) {
      if (old.active.get() && next.needsModeset.get()) yield* hardware.disable(old.crtc);
    }
    for (const { next } of crtcs) yield* hardware.begin(next.crtc);
    for (const { next } of state.planes.all()) yield* hardware.updatePlane(next);
    for (const { next } of crtcs) yield* hardware.flush(next.crtc, next);
    for (const { next } of crtcs) {
      if (next.active.get() && next.needsModeset.get()) yield* hardware.enable(next.crtc);
    }
    yield* this.capture(state);
    for (const { next } of crtcs) yield* this.fakeVblank(next);
  }

  /** @kernel drm_atomic_helper_commit_writebacks */
  protected *capture(state: AtomicState): KernelTask<void> {
    const { hardware } = state.config;
    for (const { next } of state.connectors.all()) {
      const job = next.job.get();
      const crtc = next.crtc.get();
      if (job === null || crtc === null || hardware.capture === undefined) continue;
      next.job.set(null);
      yield* hardware.capture(next.connector, crtc, job);
    }
  }

  /**
   * Without vertical blanks it is shown as soon as it is programmed.
   *
   * @kernel drm_atomic_helper_fake_vblank
   * @rule KMS-013
   */
  protected *fakeVblank(next: CrtcState): KernelTask<void> {
    const { config, vblank } = next.crtc;
    const event = next.event.get();
    if (vblank !== null || event === null) return;
    const flags = yield* config.eventLock.acquireIrqsave();
    yield* config.events.sendLocked(event, this.stack.world.clock.nanoseconds);
    next.event.set(null);
    config.eventLock.releaseIrqrestore(flags);
  }

  /** @kernel drm_atomic_helper_commit_hw_done */
  protected *programmed(state: AtomicState): KernelTask<void> {
    for (const { next } of state.crtcs.all()) {
      const isLeft = !next.event.isNull();
      this.stack.world.warnOn(isLeft, 'the driver has left an event', next.crtc);
      const commit = next.crtcCommit.get();
      if (commit !== null) yield* commit.programmed();
    }
    const fake = state.fakeCommit.get();
    if (fake === null) return;
    yield* fake.programmed();
    yield* fake.flipped();
  }

  /** What was shown before is in use until then. @rule KMS-016 */
  protected *waitForFlip(state: AtomicState): KernelTask<void> {
    const { hardware } = state.config;
    if (hardware.waitsFor === 'vblanks') yield* this.waitForVblanks(state);
    else yield* this.waitForFlips(state);
    for (const { next } of state.crtcs.all()) {
      if (hardware.drain !== undefined) yield* hardware.drain(next.crtc);
    }
  }

  /** @kernel drm_atomic_helper_wait_for_flip_done */
  protected *waitForFlips(state: AtomicState): KernelTask<void> {
    for (const [, commit] of state.commits.entries()) {
      if (commit === null) continue;
      const left = yield* commit.flipDone.waitTimeout(DISPLAY_TIMEOUT);
      this.stack.kms.setup.logTimeout(left, 'flip_done timed out');
    }
  }

  /** @kernel drm_atomic_helper_wait_for_vblanks */
  protected *waitForVblanks(state: AtomicState): KernelTask<void> {
    const since: { readonly next: CrtcState; readonly count: number }[] = [];
    for (const { next } of state.crtcs.all()) {
      const { vblank } = next.crtc;
      if (vblank === null || !next.active.get()) continue;
      if ((yield* vblank.get()) === 0) since.push({ next, count: vblank.count.get() });
    }
    for (const { next, count } of since) {
      const { vblank } = next.crtc;
      if (vblank === null) continue;
      const hasCome = yield* vblank.waitForNext(count, VBLANK_TIMEOUT);
      this.stack.kms.setup.logTimeout(hasCome ? 1 : 0, 'vblank wait timed out');
      yield* vblank.put();
    }
  }

  /** @kernel drm_atomic_helper_cleanup_planes */
  protected *cleanUp(state: AtomicState): KernelTask<void> {
    for (const { old } of state.planes.all()) yield* this.stack.kms.planeFences.cleanUp(old);
  }

  /** @kernel drm_atomic_helper_commit_cleanup_done */
  protected *cleaned(state: AtomicState): KernelTask<void> {
    for (const [index, commit] of state.commits.entries()) {
      const crtc = state.config.crtcs[index];
      if (commit === null || crtc === undefined) continue;
      yield* commit.cleaned();
      yield* crtc.commitLock.acquire();
      crtc.commits.remove(commit);
      crtc.commitLock.release();
    }
    const fake = state.fakeCommit.get();
    if (fake !== null) yield* fake.cleaned();
  }
}
