import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { TtmMove } from '../../../impl/drm/ttm/ttm-driver.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of who moves content by an engine. */
export const MOVE_FAULTS: readonly Fault[] = [
  fault({
    id: 'evict-011-mover-clears-nothing',
    mistake: 'new objects get memory of the device as it is',
    breaks: ['EVICT-011'],
    install: (types) =>
      devices(types, ({ DmaMover }) => ({
        DmaMover: class extends DmaMover {
          override *move(move: TtmMove): KernelTask<DmaFence | number> {
            return move.source === null ? 0 : yield* super.move(move);
          }
        },
      })),
  }),
];
