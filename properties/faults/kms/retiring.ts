import type { AtomicState } from '../../../impl/drm/kms/atomic-state.ts';
import type { CrtcState } from '../../../impl/drm/kms/crtc.ts';
import type { Framebuffer } from '../../../impl/drm/kms/framebuffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

const FOREVER: number = Number.MAX_SAFE_INTEGER;

/** Mistakes about what is given back, and when. */
export const RETIRING_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-016-releases-at-once',
    mistake: 'what was shown before is released as soon as the new state is programmed',
    breaks: ['KMS-014', 'KMS-016'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitForFlip(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-016-never-gives-up',
    mistake: 'the wait for the flip has no end',
    breaks: ['KMS-016'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitForFlips(state: AtomicState): KernelTask<void> {
          for (const [, commit] of state.commits.entries()) {
            if (commit !== null) yield* commit.flipDone.waitTimeout(FOREVER);
          }
        }
      },
    }),
  }),
  fault({
    id: 'kms-016-no-vblank-needed',
    mistake: 'nobody waits for a vertical blank',
    breaks: ['KMS-016'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *waitForVblanks(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-017-forgets',
    mistake: 'a CRTC is switched off with events on its list',
    breaks: ['KMS-017'],
    install: (types) => ({
      Vblank: class extends types.Vblank {
        protected override *sendAll(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-017-first-only',
    mistake: 'only events whose vertical blank has come are sent when the CRTC is switched off',
    breaks: ['KMS-017'],
    install: (types) => ({
      Vblank: class extends types.Vblank {
        protected override *sendAll(): KernelTask<void> {
          yield* this.sendPassed();
        }
      },
    }),
  }),
  fault({
    id: 'kms-017-still-arms',
    mistake: 'who wants vertical blanks of a CRTC that is off gets a reference',
    breaks: ['KMS-017'],
    install: (types) => ({
      Vblank: class extends types.Vblank {
        override *get(): KernelTask<number> {
          const error = yield* super.get();
          if (error === 0) return 0;
          const flags = yield* this.lock.acquireIrqsave();
          this.references.change((references) => references + 1);
          this.lock.releaseIrqrestore(flags);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-024-stays-pinned',
    mistake: 'a commit that fails behind its preparation leaves framebuffers pinned',
    breaks: ['KMS-024'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        protected override *unprepare(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-024-first-object-stays',
    mistake: 'of a framebuffer that cannot be pinned the first objects stay pinned',
    breaks: ['KMS-024'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        override *pin(fb: Framebuffer): KernelTask<number> {
          for (const object of fb.objects) {
            const error = yield* object.pinPages();
            if (error !== 0) return error;
          }
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-024-signals',
    mistake: 'the out-fence of a commit that fails is signaled',
    breaks: ['KMS-024'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *dropEvent(next: CrtcState): KernelTask<void> {
          yield* next.event.get()?.fence.get()?.signal() ?? nothing();
          yield* super.dropEvent(next);
        }
      },
    }),
  }),
  fault({
    id: 'kms-024-event-stays',
    mistake: 'the file keeps the place of an event that will not come',
    breaks: ['KMS-024'],
    install: (types) => ({
      DisplayEvents: class extends types.DisplayEvents {
        override *forget(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-024-commit-stays',
    mistake: 'an event that is not sent keeps its reference on the commit',
    breaks: ['KMS-024'],
    install: (types) => ({
      VblankEvent: class extends types.VblankEvent {
        override *cancel(): KernelTask<void> {
          const commit = this.crtcCommit.get();
          if (commit !== null) yield* commit.get();
          yield* super.cancel();
        }
      },
    }),
  }),
];

function* nothing(): KernelTask<void> {}
