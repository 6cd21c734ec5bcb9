import type { AtomicState, Change } from '../../../impl/drm/kms/atomic-state.ts';
import { DISPLAY_TIMEOUT } from '../../../impl/drm/kms/commit-setup.ts';
import type { Crtc } from '../../../impl/drm/kms/crtc.ts';
import type { CrtcCommit } from '../../../impl/drm/kms/crtc-commit.ts';
import type { DisplayState } from '../../../impl/drm/kms/display-state.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { type Fault, fault } from '../fault.ts';

const FOREVER: number = Number.MAX_SAFE_INTEGER;

/** Mistakes about which commits come first, and about what each waits for. */
export const ORDER_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-010-deaf-to-signals',
    mistake: 'a blocking commit cannot be interrupted while it waits for fences',
    breaks: ['KMS-010'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState): KernelTask<number> {
          return yield* super.waitForFences(state, false);
        }
      },
    }),
  }),
  fault({
    id: 'kms-010-deaf-at-locks',
    mistake: 'no signal ends the wait for the locks of a display',
    breaks: ['KMS-010'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lockInterruptible(context: WwAcquireContext | null): KernelTask<number> {
          return yield* this.lock(context);
        }
      },
    }),
  }),
  fault({
    id: 'kms-010-waits-behind-the-swap',
    mistake: 'a blocking commit waits for its fences when its state is that of the display already',
    breaks: ['KMS-010'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override *reachSwap(state: AtomicState): KernelTask<number> {
          return yield* super.reachSwap(state, true);
        }
      },
    }),
  }),
  fault({
    id: 'kms-010-comes-back-early',
    mistake: 'a blocking commit leaves the flip to a worker',
    breaks: ['KMS-010'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override *commit(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
          const error = isNonblocking ? 0 : yield* this.waitForFences(state, true);
          return error === 0 ? yield* super.commit(state, true) : error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-010-gives-up-on-fences',
    mistake: 'a worker waits for a fence for ten seconds only',
    breaks: ['KMS-010'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
          for (const { next } of isBeforeSwap ? [] : state.planes.all()) {
            const fence = next.fence.get();
            if (fence === null) continue;
            yield* fence.waitTimeout(false, DISPLAY_TIMEOUT);
            next.fence.set(null);
            yield* fence.put();
          }
          return yield* super.waitForFences(state, isBeforeSwap);
        }
      },
    }),
  }),
  fault({
    id: 'kms-010-flip-interrupted',
    mistake: 'a signal ends the wait for the flip',
    breaks: ['KMS-010'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitForFlips(state: AtomicState): KernelTask<void> {
          for (const [, commit] of state.commits.entries()) {
            if (commit !== null) yield* commit.flipDone.waitInterruptible(DISPLAY_TIMEOUT);
          }
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-gets-ahead',
    mistake: 'a commit that does not block is queued behind the one before',
    breaks: ['KMS-011', 'DEV-014'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        override *setUp(state: AtomicState): KernelTask<number> {
          return yield* super.setUp(state, false);
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-planes-get-ahead',
    mistake: 'planes and connectors are taken from a commit that has not flipped',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *join(
          state: AtomicState,
          change: Change<DisplayState>,
        ): KernelTask<number> {
          return yield* super.join(state, change, false);
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-takes-its-place',
    mistake: 'who is refused ends the commit before, which nobody waits for any more',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *stall(crtc: Crtc, isNonblocking: boolean): KernelTask<number> {
          const error = yield* super.stall(crtc, isNonblocking);
          if (error !== -EBUSY) return error;
          yield* crtc.commitLock.acquire();
          const last = crtc.commits.at(0);
          if (last !== null) crtc.commits.remove(last);
          crtc.commitLock.release();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-does-not-stall',
    mistake: 'commits get ahead of clean-ups as far as they like',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *awaitCleanUp(commit: CrtcCommit): KernelTask<number> {
          yield* commit.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-stalls-for-the-last',
    mistake: 'a commit waits for the clean-up of the one right before it',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *stall(crtc: Crtc, isNonblocking: boolean): KernelTask<number> {
          const error = yield* super.stall(crtc, isNonblocking);
          const last = error === 0 ? crtc.commits.at(0) : null;
          return last === null ? error : yield* this.awaitCleanUp(yield* last.get());
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-stalls-for-ever',
    mistake: 'the wait for a clean-up has no end',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *awaitCleanUp(commit: CrtcCommit): KernelTask<number> {
          const left = yield* commit.cleanupDone.waitInterruptible(FOREVER);
          yield* commit.put();
          return Math.min(left, 0);
        }
      },
    }),
  }),
  fault({
    id: 'kms-011-programming-uninterrupted',
    mistake: 'a signal does not end the wait for the programming of the commit before',
    breaks: ['KMS-011'],
    install: (types) => ({
      CommitSetup: class extends types.CommitSetup {
        protected override *awaitProgrammed(before: CrtcCommit): KernelTask<number> {
          return yield* before.hwDone.waitTimeout(FOREVER);
        }
      },
    }),
  }),
  fault({
    id: 'kms-012-overtakes',
    mistake: 'a commit does not wait for the one before',
    breaks: ['KMS-012'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitForDependencies(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-012-programming-only',
    mistake: 'a commit waits until the one before is programmed, and not for its flip',
    breaks: ['KMS-012'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitFor(before: CrtcCommit): KernelTask<void> {
          yield* before.hwDone.waitTimeout(DISPLAY_TIMEOUT);
        }
      },
    }),
  }),
  fault({
    id: 'kms-012-waits-for-ever',
    mistake: 'the wait for the commit before has no end',
    breaks: ['KMS-012'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitFor(before: CrtcCommit): KernelTask<void> {
          yield* before.hwDone.waitTimeout(FOREVER);
          yield* before.flipDone.waitTimeout(FOREVER);
        }
      },
    }),
  }),
];
