import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Replaces the comparison of two numbers. */
function comparing(
  isLater: (first: bigint, second: bigint, is64Bit: boolean) => boolean,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    FenceFunctions: class extends types.FenceFunctions {
      override isLaterSeqno(first: bigint, second: bigint, is64Bit: boolean): boolean {
        return isLater(first, second, is64Bit);
      }
    },
  });
}

function wraps(first: bigint, second: bigint): boolean {
  return BigInt.asIntN(32, first - second) > 0n;
}

/** Mistakes about comparing fences. */
export const ORDERING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-082-always-plain',
    mistake: 'numbers compare as plain ones in both modes',
    breaks: ['FENCE-082'],
    install: comparing((first, second) => first > second),
  }),
  fault({
    id: 'fence-082-always-wraps',
    mistake: 'numbers compare as wrapping ones in both modes',
    breaks: ['FENCE-082'],
    install: comparing(wraps),
  }),
  fault({
    id: 'fence-082-wide-wraps',
    mistake: '64-bit numbers compare by the sign of their difference',
    breaks: ['FENCE-082'],
    install: comparing((first, second, is64Bit) =>
      is64Bit ? BigInt.asIntN(64, first - second) > 0n : wraps(first, second),
    ),
  }),
  fault({
    id: 'fence-082-mode-of-second',
    mistake: 'the second fence decides how numbers compare',
    breaks: ['FENCE-082'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override isLater(first: DmaFence, second: DmaFence): boolean {
          const is64Bit = second.ops.use64BitSeqno ?? false;
          return this.isLaterSeqno(first.seqno, second.seqno, is64Bit);
        }
      },
    }),
  }),
  fault({
    id: 'fence-083-half-is-later',
    mistake: 'the 32-bit difference is taken as unsigned, and half the range counts as later',
    breaks: ['FENCE-083'],
    install: comparing((first, second, is64Bit) => {
      if (is64Bit) return first > second;
      const distance = BigInt.asUintN(32, first - second);
      return distance > 0n && distance <= 1n << 31n;
    }),
  }),
  fault({
    id: 'fence-084-compares-anyway',
    mistake: 'numbers are compared whatever context they belong to',
    breaks: ['FENCE-084'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override isLater(first: DmaFence, second: DmaFence): boolean {
          super.isLater(first, second);
          return this.isLaterSeqno(first.seqno, second.seqno, first.ops.use64BitSeqno ?? false);
        }
      },
    }),
  }),
  fault({
    id: 'fence-084-no-complaint',
    mistake: 'fences of different contexts are refused without a warning',
    breaks: ['FENCE-084'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override isLater(first: DmaFence, second: DmaFence): boolean {
          return first.context === second.context && super.isLater(first, second);
        }
      },
    }),
  }),
  fault({
    id: 'fence-085-same-number',
    mistake: 'fences with one context and number count as the same',
    breaks: ['FENCE-085'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override isLaterOrSame(first: DmaFence, second: DmaFence): boolean {
          return first.seqno === second.seqno || super.isLaterOrSame(first, second);
        }
      },
    }),
  }),
  fault({
    id: 'fence-085-strictly-later',
    mistake: 'a fence does not count as the same as itself',
    breaks: ['FENCE-085'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override isLaterOrSame(first: DmaFence, second: DmaFence): boolean {
          return this.isLater(first, second);
        }
      },
    }),
  }),
  fault({
    id: 'fence-086-polls-both',
    mistake: 'later-of-two gives the other fence when the later one is done',
    breaks: ['FENCE-086'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *later(first: DmaFence, second: DmaFence): KernelTask<DmaFence | null> {
          const later = yield* super.later(first, second);
          if (later !== null || first.context !== second.context) return later;
          const other = this.isLater(first, second) ? second : first;
          return (yield* other.isSignaled()) ? null : other;
        }
      },
    }),
  }),
  fault({
    id: 'fence-086-first-on-tie',
    mistake: 'of two equal fences the first counts as the later one',
    breaks: ['FENCE-086'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *later(first: DmaFence, second: DmaFence): KernelTask<DmaFence | null> {
          return yield* super.later(second, first);
        }
      },
    }),
  }),
  fault({
    id: 'fence-086-flag-only',
    mistake: 'later-of-two looks at the flag and does not poll',
    breaks: ['FENCE-086'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override *later(first: DmaFence, second: DmaFence): KernelTask<DmaFence | null> {
          const later = this.isLater(first, second) ? first : second;
          return (yield* later.flags.test(SIGNALED)) ? null : later;
        }
      },
    }),
  }),
];
