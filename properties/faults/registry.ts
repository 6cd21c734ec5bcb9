import { ARRAY_FAULTS } from './array/index.ts';
import { BUF_FAULTS } from './buf/index.ts';
import { CONTRACT_FAULTS } from './contract/index.ts';
import { CARD_FAULTS } from './card/index.ts';
import { CHAIN_FAULTS } from './chain/index.ts';
import { CPU_FAULTS } from './cpu/index.ts';
import { ATTACH_FAULTS } from './attach/index.ts';
import { DEV_FAULTS } from './dev/index.ts';
import { DYN_FAULTS } from './dyn/index.ts';
import { EXEC_FAULTS } from './exec/index.ts';
import { E2E_FAULTS } from './e2e/index.ts';
import { EVICT_FAULTS } from './evict/index.ts';
import type { Fault } from './fault.ts';
import { CALLBACK_FAULTS } from './fence/callbacks.ts';
import { FENCE_A_FAULTS } from './fence/index-a.ts';
import { FENCE_B_FAULTS } from './fence/index-b.ts';
import { HEAP_FAULTS } from './heap/index.ts';
import { HW_CACHE_FAULTS } from './hw-cache/index.ts';
import { HW_IOMMU_FAULTS } from './hw-iommu/index.ts';
import { HW_IRQ_FAULTS } from './hw-irq/index.ts';
import { HW_MEM_FAULTS } from './hw-mem/index.ts';
import { HW_DISP_FAULTS } from './hw-disp/index.ts';
import { HW_CAM_FAULTS } from './hw-cam/index.ts';
import { HW_CODEC_FAULTS } from './hw-codec/index.ts';
import { HW_DMA_FAULTS } from './hw-dma/index.ts';
import { HW_GPU_FAULTS } from './hw-gpu/index.ts';
import { HW_TIME_FAULTS } from './hw-time/index.ts';
import { IOCTL_FAULTS } from './ioctl/index.ts';
import { KERNEL_FAULTS } from './kernel-6.12/index.ts';
import { KMS_FAULTS } from './kms/index.ts';
import { POLL_FAULTS } from './poll/index.ts';
import { SCHED_FAULTS } from './sched/index.ts';
import { LOCKING_FAULTS } from './locking/index.ts';
import { PRIME_FAULTS } from './prime/index.ts';
import { RESV_FAULTS } from './resv/index.ts';
import { SWSYNC_FAULTS } from './swsync/index.ts';
import { SYNCFILE_FAULTS } from './syncfile/index.ts';
import { SYNCOBJ_FAULTS } from './syncobj/index.ts';
import { UDMABUF_FAULTS } from './udmabuf/index.ts';
import { UNWRAP_FAULTS } from './unwrap/index.ts';
import { VB2_FAULTS } from './vb2/index.ts';
import { VGEM_FAULTS } from './vgem/index.ts';
import { WW_FAULTS } from './ww/index.ts';

/** Every seeded fault, historical ones and our own. */
export const FAULTS: readonly Fault[] = [
  ...FENCE_A_FAULTS,
  ...CALLBACK_FAULTS,
  ...FENCE_B_FAULTS,
  ...ARRAY_FAULTS,
  ...CHAIN_FAULTS,
  ...UNWRAP_FAULTS,
  ...RESV_FAULTS,
  ...SYNCFILE_FAULTS,
  ...SWSYNC_FAULTS,
  ...WW_FAULTS,
  ...HW_TIME_FAULTS,
  ...HW_MEM_FAULTS,
  ...HW_IOMMU_FAULTS,
  ...HW_CACHE_FAULTS,
  ...HW_IRQ_FAULTS,
  ...POLL_FAULTS,
  ...IOCTL_FAULTS,
  ...HEAP_FAULTS,
  ...UDMABUF_FAULTS,
  ...BUF_FAULTS,
  ...CPU_FAULTS,
  ...LOCKING_FAULTS,
  ...ATTACH_FAULTS,
  ...PRIME_FAULTS,
  ...VGEM_FAULTS,
  ...SCHED_FAULTS,
  ...HW_GPU_FAULTS,
  ...HW_DISP_FAULTS,
  ...HW_DMA_FAULTS,
  ...CARD_FAULTS,
  ...HW_CAM_FAULTS,
  ...HW_CODEC_FAULTS,
  ...SYNCOBJ_FAULTS,
  ...EXEC_FAULTS,
  ...DYN_FAULTS,
  ...KMS_FAULTS,
  ...DEV_FAULTS,
  ...VB2_FAULTS,
  ...CONTRACT_FAULTS,
  ...EVICT_FAULTS,
  ...E2E_FAULTS,
  ...KERNEL_FAULTS,
];

/** The fault with this id, or null. */
export function findFault(id: string): Fault | null {
  return FAULTS.find((candidate) => candidate.id === id) ?? null;
}
