/**
 * What the simulated machine is like. Every value is a parameter; the defaults are those of the
 * rules, and small enough to be explored. All times are in nanoseconds.
 */
export interface PlatformOptions {
  /** System memory, of which the last pages are the range for contiguous allocations. */
  readonly systemPages: number;
  readonly cmaPages: number;
  /** Memory of the graphics device, of which the first pages are visible through the aperture. */
  readonly vramPages: number;
  readonly aperturePages: number;
  /** So many later frees before a page is used again. */
  readonly quarantinePages: number;
  readonly iotlbEntries: number;
  readonly walkNs: number;
  readonly invalidationNs: number;
  readonly faultQueueEntries: number;
  /** Unmapping: wait for the invalidation, or leave it to a batch after so long at most. */
  readonly unmapping: 'strict' | 'deferred';
  readonly flushNs: number;
  readonly mmioWriteNs: number;
  readonly mmioReadNs: number;
  readonly dmaRamNs: number;
  readonly dmaPeerNs: number;
  /** How long an interrupt takes: nature picks one of them; with a single one there is no choice. */
  readonly interruptNs: readonly number[];
  /** An injected late interrupt. */
  readonly lateInterruptNs: number;
  /** Interrupts that nobody asked for are among the mistakes that nature may make. */
  readonly hasSpurious: boolean;
  /** An edge while the line is masked is lost. */
  readonly losesMaskedEdges: boolean;
  /** What caches do by themselves; `moves`: whatever nature wants, so many times. */
  readonly caches: CacheHabit;
  readonly cacheMovesMax: number;
  /** Of each page, the lines from the first on with which they do that. */
  readonly cacheMoveLines: number;
}

/**
 * `lazy`: nothing by itself. `eager`: what is written goes to memory at once, and is kept.
 * `prefetching`: a line that is not there is fetched as soon as it may be. `moves`: nature decides.
 */
export type CacheHabit = 'lazy' | 'eager' | 'prefetching' | 'moves';

export const PLATFORM_DEFAULTS: PlatformOptions = {
  systemPages: 1024,
  cmaPages: 256,
  vramPages: 512,
  aperturePages: 128,
  quarantinePages: 8,
  iotlbEntries: 16,
  walkNs: 200,
  invalidationNs: 1000,
  faultQueueEntries: 16,
  unmapping: 'strict',
  flushNs: 10_000_000,
  mmioWriteNs: 300,
  mmioReadNs: 600,
  dmaRamNs: 500,
  dmaPeerNs: 1500,
  interruptNs: [1000, 10_000, 50_000],
  lateInterruptNs: 50_000_000,
  hasSpurious: true,
  losesMaskedEdges: false,
  caches: 'lazy',
  cacheMovesMax: 2,
  cacheMoveLines: 64,
};

/** Unit: bytes. */
export const PAGE_BYTES = 4096;
export const LINE_BYTES = 64;
export const PAGE_LINES: number = PAGE_BYTES / LINE_BYTES;
/** Where physical memory begins, as buses see it. */
export const RAM_BASE = 0x8000_0000;
export const VRAM_BASE = 0x10_0000_0000;
export const APERTURE_BASE = 0xc_0000_0000;
/** What devices are given as addresses begins here. */
export const IOVA_BASE = 0x1000_0000;
