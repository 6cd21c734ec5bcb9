import type { Connector } from '../../../impl/drm/kms/connector.ts';
import type { Crtc } from '../../../impl/drm/kms/crtc.ts';
import type { WritebackJob } from '../../../impl/drm/kms/writeback-job.ts';
import type { Frames } from '../../../impl/drm/kms/vkms-output.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what the virtual display does with its frames. */
export const CAPTURE_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-KMS-02',
    mistake: 'a job whose out-fence was signaled and dropped still names it when it is cleaned up',
    breaks: ['KMS-021'],
    install: (types) => ({
      WritebackQueue: class extends types.WritebackQueue {
        protected override *signalFence(job: WritebackJob, status: number): KernelTask<void> {
          const fence = job.outFence.get();
          if (fence === null) return;
          if (status !== 0) yield* fence.setError(status);
          yield* fence.signal();
          yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-with-the-flip',
    mistake: 'the fence of a capture signals when the capture begins',
    breaks: ['KMS-021'],
    install: (types) => ({
      WritebackQueue: class extends types.WritebackQueue {
        override *queue(job: WritebackJob): KernelTask<void> {
          yield* super.queue(job);
          yield* job.outFence.get()?.signal() ?? nothing();
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-without-errors',
    mistake: 'a capture that failed signals as one that did not',
    breaks: ['KMS-021'],
    install: (types) => ({
      WritebackQueue: class extends types.WritebackQueue {
        override *signalCompletion(): KernelTask<void> {
          yield* super.signalCompletion(0);
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-newest-first',
    mistake: 'the job that came last is taken for the one that is done',
    breaks: ['KMS-021'],
    install: (types) => ({
      WritebackQueue: class extends types.WritebackQueue {
        override *queue(job: WritebackJob): KernelTask<void> {
          const flags = yield* this.lock.acquireIrqsave();
          this.jobs.unshift(job);
          job.queued();
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-forgets-jobs',
    mistake: 'a state that is given up forgets its job',
    breaks: ['KMS-021'],
    install: (types) => ({
      ConnectorState: class extends types.ConnectorState {
        override *destroy(): KernelTask<void> {
          this.job.set(null);
          yield* super.destroy();
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-stays-pinned',
    mistake: 'what was captured stays pinned',
    breaks: ['KMS-021'],
    install: (types) => ({
      WritebackJob: class extends types.WritebackJob {
        override *cleanUp(): KernelTask<void> {
          this.isPrepared.set(false);
          yield* super.cleanUp();
        }
      },
    }),
  }),
  fault({
    id: 'kms-021-not-when-off',
    mistake: 'captures of a display that is switched off wait for ever',
    breaks: ['KMS-021'],
    install: (types) => ({
      VkmsDisplay: class extends types.VkmsDisplay {
        override *disable(crtc: Crtc): KernelTask<void> {
          yield* crtc.vblank?.off() ?? nothing();
        }
      },
    }),
  }),
  fault({
    id: 'kms-022-loses-frames',
    mistake: 'of frames that the worker is too slow for only the last one is composed',
    breaks: ['KMS-022'],
    install: (types) => ({
      VkmsOutput: class extends types.VkmsOutput {
        protected override addDue(frame: Frames): void {
          this.due.takeAll();
          super.addDue(frame);
        }
      },
    }),
  }),
  fault({
    id: 'kms-022-composes-what-is-shown-later',
    mistake: 'the worker composes what is shown when it runs, and not what was shown at the tick',
    breaks: ['KMS-022'],
    install: (types) => ({
      VkmsOutput: class extends types.VkmsOutput {
        protected override *compose(frames: Frames, capture: Connector | null): KernelTask<void> {
          yield* this.lock.acquireIrq();
          const framebuffers = this.shown.copy().map(({ number }) => number);
          this.lock.releaseIrq();
          yield* super.compose({ ...frames, framebuffers }, capture);
        }
      },
    }),
  }),
  fault({
    id: 'kms-022-ticks-for-ever',
    mistake: 'vertical blanks go on when nobody wants them any more',
    breaks: ['KMS-022'],
    install: (types) => ({
      Vblank: class extends types.Vblank {
        protected override *disableUnused(): KernelTask<void> {}
      },
    }),
  }),
];

function* nothing(): KernelTask<void> {}
