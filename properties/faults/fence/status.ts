import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_ERRNO } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about status, error and description. */
export const STATUS_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-056-hides-error',
    mistake: 'the status of a failed fence reads 1',
    breaks: ['FENCE-056'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatusLocked(): KernelTask<number> {
          return (yield* this.isSignaledLocked()) ? 1 : 0;
        }
      },
    }),
  }),
  fault({
    id: 'fence-056-positive-is-one',
    mistake: 'only negative values count as stored errors',
    breaks: ['FENCE-056'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatusLocked(): KernelTask<number> {
          return Math.min(1, yield* super.getStatusLocked());
        }
      },
    }),
  }),
  fault({
    id: 'fence-057-looks-at-flag-only',
    mistake: 'a status query looks at the flag and does not ask the issuer',
    breaks: ['FENCE-057'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatusLocked(): KernelTask<number> {
          if (!(yield* this.flags.test(SIGNALED))) return 0;
          const error = yield* this.error.read();
          return error === 0 ? 1 : error;
        }
      },
    }),
  }),
  fault({
    id: 'fence-058-drops-wrong-value',
    mistake: 'a value that is no error number is not stored',
    breaks: ['FENCE-058'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setError(error: number): KernelTask<void> {
          const isWrong = error >= 0 || error < -MAX_ERRNO;
          if (this.world.warnOn(isWrong, `${error} is no error number`, this)) return;
          yield* super.setError(error);
        }
      },
    }),
  }),
  fault({
    id: 'fence-058-complains-once',
    mistake: 'two mistakes in one call give one complaint',
    breaks: ['FENCE-058'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setError(error: number): KernelTask<void> {
          const isLate = yield* this.flags.test(SIGNALED);
          const isWrong = error >= 0 || error < -MAX_ERRNO;
          this.world.warnOn(isLate || isWrong, 'wrong error', this);
          yield* this.error.write(error);
          this.world.emit(this, 'setError', null, error);
        }
      },
    }),
  }),
  fault({
    id: 'fence-059-first-error-wins',
    mistake: 'a second error does not replace the first',
    breaks: ['FENCE-059'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setError(error: number): KernelTask<void> {
          if ((yield* this.error.read()) === 0) yield* super.setError(error);
        }
      },
    }),
  }),
  fault({
    id: 'fence-059-error-locks',
    mistake: 'storing an error takes the lock of the fence',
    breaks: ['FENCE-059'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setError(error: number): KernelTask<void> {
          const flags = yield* this.lock.acquireIrqsave();
          yield* super.setError(error);
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'fence-059-error-shows-early',
    mistake: 'the status tells the error of a fence that is still pending',
    breaks: ['FENCE-059'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatusLocked(): KernelTask<number> {
          const status = yield* super.getStatusLocked();
          return status === 0 ? yield* this.error.read() : status;
        }
      },
    }),
  }),
  fault({
    id: 'fence-061-signed-number',
    mistake: 'the number is printed as a signed 32-bit number',
    breaks: ['FENCE-061'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *describe(): KernelTask<string> {
          const signed = String(BigInt.asIntN(32, this.seqno));
          return (yield* super.describe()).replace(String(this.seqno), signed);
        }
      },
    }),
  }),
  fault({
    id: 'fence-061-looks-at-flag-only',
    mistake: 'a description looks at the flag and does not poll',
    breaks: ['FENCE-061'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *describe(): KernelTask<string> {
          const state = (yield* this.flags.test(SIGNALED)) ? '' : 'un';
          return `mock mock seq ${this.seqno} ${state}signalled\n`;
        }
      },
    }),
  }),
  fault({
    id: 'fence-092-describe-asks-value',
    mistake: 'a description prints the value function instead of the number',
    breaks: ['FENCE-092'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *describe(): KernelTask<string> {
          const value = this.ops.fenceValueStr?.(this) ?? String(this.seqno);
          return (yield* super.describe()).replace(String(this.seqno), value);
        }
      },
    }),
  }),
];
