import type { MemoryModel } from './store-buffer.ts';

/** Options of the kernel's own configuration. */
export interface KernelOptions {
  /** Lock proving is on (`CONFIG_PROVE_LOCKING`). */
  readonly lockProving: boolean;
  /** Importers may hear of moves, so maps need not pin (`CONFIG_DMABUF_MOVE_NOTIFY`). */
  readonly moveNotify: boolean;
  /** Lock calls fail with -EDEADLK for nothing now and then (`DEBUG_WW_MUTEX_SLOWPATH`). */
  readonly wwInjection: boolean;
  /** The GPU scheduler has the oddities that it has in Linux 6.12. */
  readonly schedulerQuirks: boolean;
  /**
   * A transaction takes up what it has locked ahead only by the name of the object, and not of
   * another one with the same reservation. Linux 6.12 does so.
   */
  readonly execClaimsByName: boolean;
}

/** How a world is built. Everything is off or smallest by default. */
export interface WorldOptions extends Partial<KernelOptions> {
  /** `discrete`: the clock jumps when nothing can run. `free`: a timer may fire at any step. */
  readonly time?: 'discrete' | 'free';
  /** How many allocations nature may fail. Unit: allocations. */
  readonly failuresMax?: number;
  /** How many sleeps nature may interrupt. Unit: signals. */
  readonly interruptionsMax?: number;
  /** How many mistakes simulated hardware may make. Unit: injected faults. */
  readonly hardwareFaultsMax?: number;
  /** Default: stores are seen by everybody at once. */
  readonly memory?: MemoryModel;
  /** Keep what each task has seen, for state keys. */
  readonly tracksObservations?: boolean;
}

/** How the kernel was built: with lock proving, and else as distributions do it. */
export function buildOf(options: WorldOptions): KernelOptions {
  return {
    lockProving: options.lockProving ?? true,
    moveNotify: options.moveNotify ?? false,
    wwInjection: options.wwInjection ?? false,
    schedulerQuirks: options.schedulerQuirks ?? false,
    execClaimsByName: options.execClaimsByName ?? false,
  };
}
