import type { MemoryModel } from './store-buffer.ts';

/** How a world is built. Everything is off or smallest by default. */
export interface WorldOptions {
  /** `discrete`: the clock jumps when nothing can run. `free`: a timer may fire at any step. */
  readonly time?: 'discrete' | 'free';
  /** How many allocations nature may fail. Unit: allocations. */
  readonly failuresMax?: number;
  /** How many sleeps nature may interrupt. Unit: signals. */
  readonly interruptionsMax?: number;
  /** Default: stores are seen by everybody at once. */
  readonly memory?: MemoryModel;
  /** Keep what each task has seen, for state keys. */
  readonly tracksObservations?: boolean;
  /** The kernel was built with lock proving (`CONFIG_PROVE_LOCKING`). */
  readonly lockProving?: boolean;
  /** Importers may hear of moves, so maps need not pin (`CONFIG_DMABUF_MOVE_NOTIFY`). */
  readonly moveNotify?: boolean;
  /** Lock calls fail with -EDEADLK for nothing now and then (`DEBUG_WW_MUTEX_SLOWPATH`). */
  readonly wwInjection?: boolean;
}
