import type { KernelTask } from '../kernel/access.ts';
import { ABORT } from './dma-port.ts';
import type { Token } from './token.ts';

/** Where a page is when the bus refuses. */
export const ABORTED: number = ABORT;

/**
 * What surrounds a video device. What is a generator may take time, and the device may have been
 * stopped when it comes back; all else belongs to the step of the device that calls.
 */
export interface VideoPort {
  /** Its number as a writer of tokens. */
  readonly writer: number;
  /** Writes that are on their way to memory. */
  readonly inFlight: number;
  /** Where a page of addresses is in memory, or `ABORTED`. */
  findPage(address: number, isWrite: boolean): KernelTask<number>;
  /** The content of a line of a page. */
  load(page: number, address: number): Token;
  /** Sends lines of a page on their way, from an address on. */
  post(page: number, address: number, tokens: readonly Token[]): void;
  /** Returns when everything that is on its way has landed. */
  drain(): KernelTask<void>;
  /** What is on its way never lands, and nothing is left of cached translations. */
  reset(): void;
  /** The device asserts its interrupt. */
  raise(): KernelTask<void>;
  /** It asserts its interrupt no longer. */
  lower(): void;
  /** The bus has failed at an address, by a mistake of its own. */
  fails(address: number): void;
  /** What is read is what is written: nobody in the machine notices. */
  overlaps(): void;
}
