import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of drivers that lock several reservations. */
export const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-WW-01',
    mistake: 'without memory for a fence the reservations stay locked',
    breaks: ['WW-044'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        protected override *giveUp(
          _resvs: readonly DmaResv[],
          _context: WwAcquireContext,
          error: number,
        ): KernelTask<number> {
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-WW-02',
    mistake: 'a helper that fails leaves its context open',
    breaks: ['WW-044'],
    install: (types) => ({
      GemReservations: class extends types.GemReservations {
        protected override end(_context: WwAcquireContext, error: number): number {
          return error;
        }
      },
    }),
  }),
];
