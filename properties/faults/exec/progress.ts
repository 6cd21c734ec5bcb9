import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ExecObject } from '../../../impl/drm/exec/exec-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EALREADY, EDEADLK, EINTR } from '../../../impl/kernel/errno.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about several transactions, and in the routine for arrays. */
export const PROGRESS_FAULTS: readonly Fault[] = [
  fault({
    id: 'exec-009-plain-locks',
    mistake: 'objects are locked in the order of the list, without the ticket',
    breaks: ['EXEC-009'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *lockObj(object: ExecObject): KernelTask<number> {
          yield* object.resv.acquire();
          yield* this.track(object);
          this.commit('lock', 0);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'exec-009-gives-way-to-anybody',
    mistake: 'the first object that is taken is in the way, also for the oldest one',
    breaks: ['EXEC-009'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        private hasGivenWay = false;

        override *lockObj(object: ExecObject): KernelTask<number> {
          const mayGiveWay = !this.hasGivenWay && !this.objects.isEmpty();
          if (!mayGiveWay || !this.contended.isNull()) return yield* super.lockObj(object);
          const isMine = this.objects.copy().some(({ resv }) => resv === object.resv);
          if (isMine || !(yield* object.resv.isLocked())) return yield* super.lockObj(object);
          this.hasGivenWay = true;
          this.ticket.contending.set(object.resv.lock);
          yield* object.get();
          this.contended.set(object);
          this.commit('lock.contended', -EDEADLK);
          return -EDEADLK;
        }
      },
    }),
  }),
  fault({
    id: 'exec-011-duplicates-pass',
    mistake: 'the routine for arrays takes a duplicate for locked, and gives it back twice',
    breaks: ['EXEC-011'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        protected override *lockOthers(
          resvs: readonly DmaResv[],
          contended: number,
          context: WwAcquireContext,
        ): KernelTask<{ readonly at: number; readonly error: number }> {
          const found = yield* super.lockOthers([...new Set(resvs)], contended, context);
          return found.error === -EALREADY ? { at: -1, error: 0 } : found;
        }
      },
    }),
  }),
  fault({
    id: 'exec-011-keeps-others',
    mistake: 'the routine for arrays keeps what it got before an error',
    breaks: ['EXEC-011'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        protected override *lockOthers(
          resvs: readonly DmaResv[],
          contended: number,
          context: WwAcquireContext,
        ): KernelTask<{ readonly at: number; readonly error: number }> {
          for (const [at, resv] of resvs.entries()) {
            if (at === contended) continue;
            const error = yield* resv.acquireInterruptible(context);
            if (error === 0) continue;
            if (error === -EDEADLK) {
              for (const before of resvs.slice(0, at)) yield* before.release();
              if (contended >= at) yield* resvs[contended]?.release() ?? nothing();
            }
            return { at, error };
          }
          return { at: -1, error: 0 };
        }
      },
    }),
  }),
  fault({
    id: 'exec-011-deaf',
    mistake: 'the routine for arrays waits on when a signal comes',
    breaks: ['EXEC-011'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        protected override *lockOthers(
          resvs: readonly DmaResv[],
          contended: number,
          context: WwAcquireContext,
        ): KernelTask<{ readonly at: number; readonly error: number }> {
          for (;;) {
            const found = yield* super.lockOthers(resvs, contended, context);
            if (found.error !== -EINTR) return found;
            this.world.current.signalPending = false;
          }
        }
      },
    }),
  }),
  fault({
    id: 'exec-011-from-the-front',
    mistake: 'the routine for arrays waits for what was in the way, and begins with the first one',
    breaks: ['EXEC-011'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        override *lock(resvs: readonly DmaResv[], context: WwAcquireContext): KernelTask<number> {
          yield* context.init();
          for (;;) {
            const { at, error } = yield* this.lockOthers(resvs, -1, context);
            if (error === 0) break;
            const slow = error === -EDEADLK ? resvs[at] : undefined;
            if (slow === undefined) return this.end(context, error);
            const waited = yield* slow.lockSlowInterruptible(context);
            if (waited !== 0) return this.end(context, waited);
            yield* slow.release();
          }
          context.done();
          return 0;
        }
      },
    }),
  }),
];

function* nothing(): KernelTask<void> {}
