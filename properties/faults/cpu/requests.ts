import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type UserPointer, wideField } from '../../../impl/uapi/user-memory.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Takes the flags for others. */
function readAs(change: (flags: bigint) => bigint) {
  return (types: StackTypes): Partial<StackTypes> => ({
    DmaBufIoctls: class extends types.DmaBufIoctls {
      override *sync(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
        const flags = change(wideField(argument, 'flags'));
        return yield* super.sync(buffer, { ...argument, fields: { flags } });
      }
    },
  });
}

/** Reading is writing, and the other way round. */
function swapped(flags: bigint): bigint {
  const both = flags & 3n;
  const other = both === 1n ? 2n : both === 2n ? 1n : both;
  return (flags & ~3n) | other;
}

/** Mistakes about the request that makes brackets. */
export const REQUEST_FAULTS: readonly Fault[] = [
  fault({
    id: 'cpu-010-high-bits',
    mistake: 'only the lower half of the word is looked at',
    breaks: ['CPU-010'],
    install: readAs((flags) => flags & 0xffff_ffffn),
  }),
  fault({
    id: 'cpu-010-neither',
    mistake: 'neither reading nor writing is taken for both',
    breaks: ['CPU-010'],
    install: readAs((flags) => ((flags & 3n) === 0n ? flags | 3n : flags)),
  }),
  fault({
    id: 'cpu-010-asks-first',
    mistake: 'the exporter is asked before the flags are checked',
    breaks: ['CPU-010'],
    install: (types) => ({
      DmaBufIoctls: class extends types.DmaBufIoctls {
        override *sync(buffer: DmaBuf, argument: UserPointer): KernelTask<number> {
          const result = yield* super.sync(buffer, argument);
          if (result === -EINVAL) yield* this.stack.bufferAccess.begin(buffer, 0);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'cpu-011-turned-round',
    mistake: 'what the CPU reads is said to go to the device',
    breaks: ['CPU-011'],
    install: readAs(swapped),
  }),
  fault({
    id: 'cpu-011-always-both',
    mistake: 'every bracket is for both directions',
    breaks: ['CPU-011'],
    install: readAs((flags) => ((flags & 3n) === 0n ? flags : flags | 3n)),
  }),
];
