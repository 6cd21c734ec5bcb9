import type { Fault } from '../fault.ts';
import { HEAP_KERNEL_FAULTS } from './heap.ts';
import { VB2_KERNEL_FAULTS } from './vb2.ts';
import { VGEM_KERNEL_FAULTS } from './vgem.ts';
import { RESV_KERNEL_FAULTS } from './resv.ts';
import { SCHED_KERNEL_FAULTS } from './sched.ts';
import { SW_SYNC_KERNEL_FAULTS } from './sw-sync.ts';
import { SYNCOBJ_KERNEL_FAULTS } from './syncobj.ts';
import { UDMABUF_KERNEL_FAULTS } from './udmabuf.ts';
import { UNWRAP_KERNEL_FAULTS } from './unwrap.ts';

/** What Linux 6.12 itself does wrong, as far as it is built here. */
export const KERNEL_FAULTS: readonly Fault[] = [
  ...SW_SYNC_KERNEL_FAULTS,
  ...RESV_KERNEL_FAULTS,
  ...HEAP_KERNEL_FAULTS,
  ...UDMABUF_KERNEL_FAULTS,
  ...UNWRAP_KERNEL_FAULTS,
  ...VGEM_KERNEL_FAULTS,
  ...SYNCOBJ_KERNEL_FAULTS,
  ...VB2_KERNEL_FAULTS,
  ...SCHED_KERNEL_FAULTS,
];
