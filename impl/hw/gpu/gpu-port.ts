import type { KernelTask } from '../../kernel/access.ts';
import type { GpuCommand } from './gpu-commands.ts';

/** Where a line is when the bus refuses, or what it holds. */
export const ABORTED: number = -1;
/** Where a line is, nobody can say at once. */
export const UNKNOWN: number = -2;

/**
 * What surrounds a graphics engine: memory, bus and interrupt line. What is a generator may take
 * time, and the engine may have been reset when it comes back; all else belongs to the step of the
 * engine that calls. Addresses of context `NO_CONTEXT` are those of the device itself.
 */
export interface GpuPort {
  /** Where a line is in memory, or `ABORTED`. */
  find(context: number, address: number, isWrite: boolean): KernelTask<number>;
  /** The same without waiting, or `UNKNOWN`. */
  known(context: number, address: number, isWrite: boolean): number;
  /** A line through the cache of the engine. */
  load(place: number): number;
  store(place: number, token: number): void;
  /** A line past the cache. */
  look(place: number): number;
  /** The token that a write command leaves in a line. */
  tokenOf(context: number, version: number, line: number): number;
  /** What a line of a ring or of a command buffer asks for; null: no known command. */
  command(token: number): GpuCommand | null;
  /** A number in memory, past all caches. */
  readWord(place: number): number;
  /** Returns when everybody can see it. */
  writeWord(place: number, value: number): KernelTask<void>;
  /** The number at an address, for who waits for it: nobody is asked, and nothing is recorded. */
  peekWord(address: number): number;
  /** Returns when everybody can see what was dirty. */
  flush(): KernelTask<void>;
  /** Clean lines of the cache are gone. */
  invalidate(): void;
  /** Nothing is left of cached translations. */
  forgetTranslations(): void;
  /** Nothing is left of cached lines, the dirty ones included, nor of what is on its way. */
  dropCache(): void;
  /** Commands were overwritten that were not executed: the machine does not notice. */
  overrun(commands: number): void;
  /** The device asserts its interrupt. */
  raise(): KernelTask<void>;
  /** It asserts its interrupt no longer. */
  lower(): void;
}
