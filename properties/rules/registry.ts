import '../programs/operations/index.ts';
import type { Property } from '../check/property.ts';
import { ARRAY_PROPERTIES } from './array/index.ts';
import { BUF_PROPERTIES } from './buf/index.ts';
import { CONTRACT_PROPERTIES } from './contract/index.ts';
import { CARD_PROPERTIES } from './card/index.ts';
import { CHAIN_PROPERTIES } from './chain/index.ts';
import { CPU_PROPERTIES } from './cpu/index.ts';
import { ATTACH_PROPERTIES } from './attach/index.ts';
import { DYN_PROPERTIES } from './dyn/index.ts';
import { EXEC_PROPERTIES } from './exec/index.ts';
import { CALLBACK_PROPERTIES } from './fence/callbacks.ts';
import { FENCE_A_PROPERTIES } from './fence/index-a.ts';
import { FENCE_B_PROPERTIES } from './fence/index-b.ts';
import { E2E_PROPERTIES } from './e2e/index.ts';
import { EVICT_PROPERTIES } from './evict/index.ts';
import { HEAP_PROPERTIES } from './heap/index.ts';
import { HW_CACHE_PROPERTIES } from './hw-cache/index.ts';
import { HW_IOMMU_PROPERTIES } from './hw-iommu/index.ts';
import { HW_IRQ_PROPERTIES } from './hw-irq/index.ts';
import { HW_MEM_PROPERTIES } from './hw-mem/index.ts';
import { HW_DISP_PROPERTIES } from './hw-disp/index.ts';
import { HW_CAM_PROPERTIES } from './hw-cam/index.ts';
import { HW_CODEC_PROPERTIES } from './hw-codec/index.ts';
import { HW_DMA_PROPERTIES } from './hw-dma/index.ts';
import { HW_GPU_PROPERTIES } from './hw-gpu/index.ts';
import { HW_TIME_PROPERTIES } from './hw-time/index.ts';
import { IOCTL_PROPERTIES } from './ioctl/index.ts';
import { KMS_PROPERTIES } from './kms/index.ts';
import { POLL_PROPERTIES } from './poll/index.ts';
import { LOCKING_PROPERTIES } from './locking/index.ts';
import { DEV_PROPERTIES } from './dev/index.ts';
import { PRIME_PROPERTIES } from './prime/index.ts';
import { REFUSED_PROPERTIES } from './refused/index.ts';
import { RESV_PROPERTIES } from './resv/index.ts';
import { SCHED_PROPERTIES } from './sched/index.ts';
import { SWSYNC_PROPERTIES } from './swsync/index.ts';
import { SYNCFILE_PROPERTIES } from './syncfile/index.ts';
import { SYNCOBJ_PROPERTIES } from './syncobj/index.ts';
import { UDMABUF_PROPERTIES } from './udmabuf/index.ts';
import { UNWRAP_PROPERTIES } from './unwrap/index.ts';
import { VB2_PROPERTIES } from './vb2/index.ts';
import { VGEM_PROPERTIES } from './vgem/index.ts';
import { WW_PROPERTIES } from './ww/index.ts';

/** Every property, in the order in which `check` runs them. */
export const PROPERTIES: readonly Property[] = [
  ...FENCE_A_PROPERTIES,
  ...CALLBACK_PROPERTIES,
  ...FENCE_B_PROPERTIES,
  ...ARRAY_PROPERTIES,
  ...CHAIN_PROPERTIES,
  ...UNWRAP_PROPERTIES,
  ...RESV_PROPERTIES,
  ...SYNCFILE_PROPERTIES,
  ...SWSYNC_PROPERTIES,
  ...WW_PROPERTIES,
  ...POLL_PROPERTIES,
  ...IOCTL_PROPERTIES,
  ...HEAP_PROPERTIES,
  ...UDMABUF_PROPERTIES,
  ...BUF_PROPERTIES,
  ...CPU_PROPERTIES,
  ...LOCKING_PROPERTIES,
  ...ATTACH_PROPERTIES,
  ...PRIME_PROPERTIES,
  ...VGEM_PROPERTIES,
  ...SYNCOBJ_PROPERTIES,
  ...EXEC_PROPERTIES,
  ...SCHED_PROPERTIES,
  ...DYN_PROPERTIES,
  ...KMS_PROPERTIES,
  ...DEV_PROPERTIES,
  ...VB2_PROPERTIES,
  ...CONTRACT_PROPERTIES,
  ...EVICT_PROPERTIES,
  ...HW_GPU_PROPERTIES,
  ...HW_DISP_PROPERTIES,
  ...HW_DMA_PROPERTIES,
  ...CARD_PROPERTIES,
  ...HW_CAM_PROPERTIES,
  ...HW_CODEC_PROPERTIES,
  ...REFUSED_PROPERTIES,
  ...HW_TIME_PROPERTIES,
  ...HW_MEM_PROPERTIES,
  ...HW_IOMMU_PROPERTIES,
  ...HW_CACHE_PROPERTIES,
  ...HW_IRQ_PROPERTIES,
  ...E2E_PROPERTIES,
];
