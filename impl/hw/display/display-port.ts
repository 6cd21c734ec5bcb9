import type { KernelTask } from '../../kernel/access.ts';
import { ABORT } from '../dma-port.ts';

/** Where a page is when the bus refuses. */
export const ABORTED: number = ABORT;

/**
 * What surrounds a screen. What is a generator may take time; all else belongs to the step of the
 * screen that calls.
 */
export interface DisplayPort {
  /** Where a page of addresses is in memory, or `ABORTED`. */
  findPage(address: number): KernelTask<number>;
  /** The content of a line of a page. */
  load(page: number, address: number): number;
  /** From now on the frame at this address is read by a plane, and no other one; 0: none is. */
  scans(plane: number, address: number): void;
  /** The device asserts its interrupt. */
  raise(): KernelTask<void>;
  /** What is read is not what it was: the machine does not notice. */
  races(what: string): void;
  /** It asserts its interrupt no longer. */
  lower(): void;
}
