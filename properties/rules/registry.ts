import '../programs/operations/index.ts';
import type { Property } from '../check/property.ts';
import { ARRAY_PROPERTIES } from './array/index.ts';
import { BUF_PROPERTIES } from './buf/index.ts';
import { CONTRACT_PROPERTIES } from './contract/index.ts';
import { CHAIN_PROPERTIES } from './chain/index.ts';
import { CPU_PROPERTIES } from './cpu/index.ts';
import { ATTACH_PROPERTIES } from './attach/index.ts';
import { CALLBACK_PROPERTIES } from './fence/callbacks.ts';
import { FENCE_A_PROPERTIES } from './fence/index-a.ts';
import { FENCE_B_PROPERTIES } from './fence/index-b.ts';
import { HEAP_PROPERTIES } from './heap/index.ts';
import { IOCTL_PROPERTIES } from './ioctl/index.ts';
import { POLL_PROPERTIES } from './poll/index.ts';
import { LOCKING_PROPERTIES } from './locking/index.ts';
import { DEV_PROPERTIES } from './dev/index.ts';
import { PRIME_PROPERTIES } from './prime/index.ts';
import { REFUSED_PROPERTIES } from './refused/index.ts';
import { RESV_PROPERTIES } from './resv/index.ts';
import { SWSYNC_PROPERTIES } from './swsync/index.ts';
import { SYNCFILE_PROPERTIES } from './syncfile/index.ts';
import { SYNCOBJ_PROPERTIES } from './syncobj/index.ts';
import { UDMABUF_PROPERTIES } from './udmabuf/index.ts';
import { UNWRAP_PROPERTIES } from './unwrap/index.ts';
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
  ...DEV_PROPERTIES,
  ...CONTRACT_PROPERTIES,
  ...REFUSED_PROPERTIES,
];
