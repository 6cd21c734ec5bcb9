import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** What the video queues of Linux 6.12 themselves do wrong. */
export const VB2_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-VB2-01',
    mistake: 'a plane that cannot be attached or mapped leaves the references of those behind it',
    breaks: ['VB2-015'],
    install: (types) => ({
      Vb2Planes: class extends types.Vb2Planes {
        protected override *abandon(): KernelTask<void> {}
      },
    }),
  }),
];
