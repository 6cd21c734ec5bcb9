import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { AtomicState } from '../../../impl/drm/kms/atomic-state.ts';
import type { Crtc, CrtcState } from '../../../impl/drm/kms/crtc.ts';
import type { Promised, Request } from '../../../impl/drm/kms/out-fences.ts';
import type { VblankEvent } from '../../../impl/drm/kms/vblank-event.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about when and how a flip is told of. */
export const SIGNAL_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-003-opens-early',
    mistake: 'the descriptor is open before the commit is accepted',
    breaks: ['KMS-003'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *setUp(one: Promised, fence: DmaFence): KernelTask<number> {
          const error = yield* super.setUp(one, fence);
          if (error === 0 && one.syncFile !== null) {
            yield* one.syncFile.file.get();
            yield* FileTable.ofCurrent(this.stack.world).install(one.fd, one.syncFile.file);
          }
          return error;
        }

        override *complete(
          state: AtomicState,
          promised: readonly Promised[],
          isAccepted: boolean,
        ): KernelTask<void> {
          const files = FileTable.ofCurrent(this.stack.world);
          for (const { fd, syncFile } of promised) {
            if (syncFile !== null) yield* isAccepted ? syncFile.file.put() : files.close(fd);
          }
          if (!isAccepted) {
            const closed = promised.map((one) => ({ ...one, fd: -1 }));
            yield* super.complete(state, closed, false);
          }
        }
      },
    }),
  }),
  fault({
    id: 'kms-003-tells-late',
    mistake: 'the number is written when the descriptor is open',
    breaks: ['KMS-003'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *setUp(one: Promised, fence: DmaFence): KernelTask<number> {
          one.fd = yield* FileTable.ofCurrent(this.stack.world).getUnused(true);
          if (one.fd < 0) return one.fd;
          one.syncFile = yield* this.stack.syncFiles.create(fence);
          return one.syncFile === null ? -12 : 0;
        }

        override *complete(
          state: AtomicState,
          promised: readonly Promised[],
          isAccepted: boolean,
        ): KernelTask<void> {
          yield* super.complete(state, promised, isAccepted);
          for (const { pointer, fd } of isAccepted ? promised : []) yield* pointer.put(fd);
        }
      },
    }),
  }),
  fault({
    id: 'kms-013-timeline-each',
    mistake: 'each out-fence is in a context of its own',
    breaks: ['KMS-013'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *prepareCrtc(
          state: AtomicState,
          next: CrtcState,
          request: Request,
          promised: Promised[],
        ): KernelTask<number> {
          next.crtc.timeline.context.set(0);
          return yield* super.prepareCrtc(state, next, request, promised);
        }
      },
    }),
  }),
  fault({
    id: 'kms-013-gives-numbers-back',
    mistake: 'the number of a fence that nobody got is used again',
    breaks: ['KMS-013'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *dropEvent(next: CrtcState): KernelTask<void> {
          const hasFence = next.event.get()?.fence.isNull() === false;
          if (hasFence) next.crtc.timeline.seqno.change((seqno) => seqno - 1);
          yield* super.dropEvent(next);
        }
      },
    }),
  }),
  fault({
    id: 'kms-013-one-late',
    mistake: 'an event is sent at the vertical blank behind the one that it is for',
    breaks: ['KMS-013'],
    install: (types) => ({
      Vblank: class extends types.Vblank {
        override arm(event: VblankEvent): void {
          super.arm(event);
          event.sequence.change((sequence) => sequence + 1);
        }
      },
    }),
  }),
  fault({
    id: 'kms-013-when-programmed',
    mistake: 'the event is sent when the state is programmed, whatever is shown then',
    breaks: ['KMS-013', 'KMS-014'],
    install: (types) => ({
      VkmsDisplay: class extends types.VkmsDisplay {
        protected override *armOrSend(crtc: Crtc, event: VblankEvent): KernelTask<void> {
          const { eventLock, events } = crtc.config;
          yield* eventLock.acquire();
          yield* events.sendLocked(event, this.config.world.clock.nanoseconds);
          eventLock.release();
        }
      },
    }),
  }),
  fault({
    id: 'kms-013-never-without-vblanks',
    mistake: 'where there are no vertical blanks nothing signals the out-fence',
    breaks: ['KMS-013', 'DEV-015'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *fakeVblank(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'kms-014-frees-its-own',
    mistake: 'a commit that has flipped releases its own buffers instead of those before',
    breaks: ['KMS-014'],
    install: (types) => ({
      CommitTail: class extends types.CommitTail {
        protected override *cleanUp(state: AtomicState): KernelTask<void> {
          for (const { next } of state.planes.all())
            yield* this.stack.kms.planeFences.cleanUp(next);
        }
      },
    }),
  }),
  fault({
    id: 'kms-015-arms-early',
    mistake: 'the event is armed before the lock that keeps vertical blanks out is taken',
    breaks: ['KMS-015'],
    install: (types) => ({
      VkmsDisplay: class extends types.VkmsDisplay {
        override *begin(crtc: Crtc): KernelTask<void> {
          const state = crtc.state.get();
          const event = state.event.get();
          state.event.set(null);
          if (event !== null) {
            const flags = yield* this.output(crtc).lock.acquireIrqsave();
            yield* this.armOrSend(crtc, event);
            this.output(crtc).lock.releaseIrqrestore(flags);
          }
          yield* super.begin(crtc);
        }
      },
    }),
  }),
  fault({
    id: 'kms-015-arms-late',
    mistake: 'the event is armed when the lock that keeps vertical blanks out was given back',
    breaks: ['KMS-015'],
    install: (types) => ({
      VkmsDisplay: class extends types.VkmsDisplay {
        override *flush(crtc: Crtc, state: CrtcState): KernelTask<void> {
          const event = state.event.get();
          state.event.set(null);
          yield* super.flush(crtc, state);
          if (event === null) return;
          const flags = yield* this.output(crtc).lock.acquireIrqsave();
          yield* this.armOrSend(crtc, event);
          this.output(crtc).lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'kms-019-fence-first',
    mistake: 'the out-fence signals before the commits behind hear of the flip',
    breaks: ['KMS-019'],
    install: (types) => ({
      DisplayEvents: class extends types.DisplayEvents {
        override *sendLocked(event: VblankEvent, timestampNs: number): KernelTask<void> {
          yield* this.signal(event, timestampNs);
          yield* super.sendLocked(event, timestampNs);
        }
      },
    }),
  }),
  fault({
    id: 'kms-019-file-first',
    mistake: 'the file can read the event before the out-fence signals',
    breaks: ['KMS-019'],
    install: (types) => ({
      DisplayEvents: class extends types.DisplayEvents {
        override *sendLocked(event: VblankEvent, timestampNs: number): KernelTask<void> {
          const fence = event.fence.get();
          event.fence.set(null);
          yield* super.sendLocked(event, timestampNs);
          if (fence === null) return;
          yield* fence.signalTimestamp(timestampNs);
          yield* fence.put();
        }
      },
    }),
  }),
];
