import type { KernelTask } from '../../kernel/access.ts';

/** Where a line is when the bus refuses. */
export const ABORTED: number = -1;

/**
 * What surrounds a copying engine. What is a generator may take time, and the engine may have been
 * reset when it comes back; all else belongs to the step of the engine that calls.
 */
export interface DmaEnginePort {
  /** Where a page of addresses is in memory, or `ABORTED`; a burst keeps the answer. */
  findPage(address: number, isWrite: boolean): KernelTask<number>;
  /** The content of a line of a page. */
  load(page: number, address: number): number;
  /** Sends lines of a page on their way, from an address on. */
  post(page: number, address: number, tokens: readonly number[]): void;
  /** Returns when everything that is on its way has landed. */
  drain(): KernelTask<void>;
  /** What is on its way never lands, and nothing is left of cached translations. */
  reset(): void;
  /** One more in a number in memory; returns when everybody can see it. */
  count(address: number): KernelTask<void>;
  /** The device asserts its interrupt. */
  raise(): KernelTask<void>;
  /** It asserts its interrupt no longer. */
  lower(): void;
}
