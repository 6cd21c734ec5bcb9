import type { AtomicState } from '../../../impl/drm/kms/atomic-state.ts';
import type { ModesetContext } from '../../../impl/drm/kms/modeset-lock.ts';
import type { Promised, Request } from '../../../impl/drm/kms/out-fences.ts';
import type { Flip } from '../../../impl/drm/kms/page-flips.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EDEADLK } from '../../../impl/kernel/errno.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of those who have to give way. */
export const CONTENTION_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-KMS-03',
    mistake: 'a flip that gives way still names the framebuffer that it has dropped',
    breaks: ['KMS-020'],
    install: (types) => ({
      PageFlips: class extends types.PageFlips {
        protected override *letGo(flip: Flip): KernelTask<void> {
          if (flip.fb !== null) yield* flip.fb.put();
        }
      },
    }),
  }),
  fault({
    id: 'kms-020-tells-of-it',
    mistake: 'a call that has to give way fails',
    breaks: ['KMS-020'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override *attempts(
          state: AtomicState,
          _context: ModesetContext,
          argument: UserPointer,
          request: Request,
        ): KernelTask<number> {
          return yield* this.attempt(state, argument, request);
        }
      },
    }),
  }),
  fault({
    id: 'kms-020-does-not-clear',
    mistake: 'a call that begins anew goes on with the states of its first attempt',
    breaks: ['KMS-020'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override *attempts(
          state: AtomicState,
          context: ModesetContext,
          argument: UserPointer,
          request: Request,
        ): KernelTask<number> {
          for (;;) {
            const result = yield* this.attempt(state, argument, request);
            if (result !== -EDEADLK) return result;
            const error = yield* context.backOff();
            if (error !== 0) return error;
          }
        }
      },
    }),
  }),
  fault({
    id: 'kms-020-keeps-promises',
    mistake: 'a call that gives way keeps the number and the file of its out-fence',
    breaks: ['KMS-020'],
    install: (types) => {
      class Forgetful extends types.AtomicCalls {
        protected override *attempt(
          state: AtomicState,
          argument: UserPointer,
          request: Request,
        ): KernelTask<number> {
          const { outFences } = this.stack.kms;
          const promised: Promised[] = [];
          let result = yield* this.setProperties(state, argument, request.flags);
          if (result === 0) result = yield* outFences.prepare(state, request, promised);
          if (result === 0) result = yield* this.perform(state, request.flags);
          const kept = result === -EDEADLK ? [] : promised;
          yield* outFences.complete(state, kept, result === 0);
          return result;
        }
      }
      return { AtomicCalls: Forgetful };
    },
  }),
];
