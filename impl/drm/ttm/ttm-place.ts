import type { DmaResv } from '../../dma-buf/dma-resv.ts';

/** Pages of the system that the device does not reach; as many as there are. @kernel TTM_PL_SYSTEM */
export const TTM_PL_SYSTEM = 0;
/** Pages of the system behind a translation table of the device. @kernel TTM_PL_TT */
export const TTM_PL_TT = 1;
/** Memory of the device itself. @kernel TTM_PL_VRAM */
export const TTM_PL_VRAM = 2;

export type TtmMemoryType = 0 | 1 | 2;

/** Somewhere an object may be. @kernel struct ttm_place */
export interface TtmPlace {
  readonly memoryType: TtmMemoryType;
  /** The first page that may be used. @kernel fpfn */
  readonly first: number;
  /** The first page behind what may be used; null: up to the end. @kernel lpfn */
  readonly end: number | null;
  /** Good only where nobody has to go for it. @kernel TTM_PL_FLAG_DESIRED */
  readonly isDesired: boolean;
  /** Good only where others had to go. @kernel TTM_PL_FLAG_FALLBACK */
  readonly isFallback: boolean;
}

/** Places, the best one first. @kernel struct ttm_placement */
export type TtmPlacement = readonly TtmPlace[];

/** Anywhere in memory of this type. */
export function anywhereIn(memoryType: TtmMemoryType): TtmPlace {
  return { memoryType, first: 0, end: null, isDesired: false, isFallback: false };
}

/** How patient an operation is. @kernel struct ttm_operation_ctx */
export interface TtmContext {
  /** A signal ends its waits. */
  readonly isInterruptible: boolean;
  /** It must not wait for devices. @kernel no_wait_gpu */
  readonly isImpatient: boolean;
  /** A reservation that the caller holds; objects that share it may be evicted. @kernel allow_res_evict */
  readonly resv: DmaResv | null;
}

/** Waits for devices, whatever signals come. */
export const PATIENT: TtmContext = { isInterruptible: false, isImpatient: false, resv: null };
