import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import { type Fault, fault } from '../fault.ts';

/** What synchronisation objects of Linux 6.12 do wrong. */
export const SYNCOBJ_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-SYNCOBJ-01',
    mistake: 'a query does not mind what is pending below the timeline of the head',
    breaks: ['SYNCOBJ-036'],
    install: (types) => ({
      SyncobjPoints: class extends types.SyncobjPoints {
        protected override pointBefore(node: DmaFenceChain): bigint {
          return node.prevSeqno;
        }
      },
    }),
  }),
];
