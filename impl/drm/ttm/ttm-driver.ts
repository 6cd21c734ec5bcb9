import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { TtmLocation, TtmMemory } from './ttm-memory.ts';
import type { TtmObject } from './ttm-object.ts';
import type { TtmContext, TtmPlace, TtmPlacement } from './ttm-place.ts';
import type { TtmResource } from './ttm-resource.ts';

/** What a driver is to move. */
export interface TtmMove {
  readonly object: TtmObject;
  /** Null: the object has no content yet, and what is at the target is none of its own. */
  readonly from: TtmResource | null;
  readonly to: TtmResource;
  /** Null: no pages were ever needed, or there is no content. */
  readonly source: TtmLocation | null;
  /** Null where pages come when they are needed. */
  readonly target: TtmLocation | null;
  readonly isEviction: boolean;
  readonly context: TtmContext;
  /**
   * What the copy must come after: who uses the storage now, and who used the target. A driver that
   * keeps them takes references of its own. @rule EVICT-012
   */
  readonly dependencies: readonly DmaFence[];
}

/** The move has to go by way of another place. @kernel -EMULTIHOP */
export interface TtmHop {
  readonly hop: TtmPlace;
}

/** Where pages of the system come from, for devices that really reach them. @kernel ttm_tt_populate */
export interface TtmBacking {
  /** 0, or a negative error. */
  populate(memory: TtmMemory): KernelTask<number>;
  /** They go back, soon: whoever says so may not wait. @kernel ttm_tt_unpopulate */
  unpopulate(memory: TtmMemory): void;
}

/** What the driver of a device provides. @kernel struct ttm_device_funcs */
export interface TtmDriver {
  /** Default: pages are nothing but stamps. */
  readonly backing?: TtmBacking;
  /** Where an object may be evicted to; nowhere: its storage is dropped. @kernel evict_flags */
  evictionPlaces(object: TtmObject): TtmPlacement;
  /** Whether it would help to evict it. Default: if it is in the range that is wanted. */
  isWorthEvicting?(object: TtmObject, place: TtmPlace): boolean;
  /**
   * Queues the copy. A fence with a reference for the caller; 0 when nothing has to be copied; a
   * negative error, and nothing has happened; or another place to go by. @kernel move
   */
  move(move: TtmMove): KernelTask<DmaFence | TtmHop | number>;
}
