import type { KernelObject } from './object.ts';

/** How long a driver lets work of its device take. Unit: nanoseconds; `Infinity`: for ever. */
export interface WorkLimits {
  /** From the moment on at which the device may begin it. */
  readonly timeoutNs: number;
  /** So often somebody looks without an interrupt. */
  readonly fallbackNs: number;
  readonly resetNs: number;
}

/** Work of a device for which a fence stands. */
export interface LedgerWork {
  readonly fence: KernelObject;
  readonly device: KernelObject;
  /** The number that the device writes when it is done, and at which address; null: it writes none. */
  readonly seq: { readonly value: number; readonly address: number } | null;
  /** What is copied; null: the commands of the device say it. Addresses of the device, in bytes. */
  readonly copy: { readonly from: number; readonly to: number; readonly lines: number } | null;
  readonly limits: WorkLimits;
}

/** A frame that a client wants to see on a screen. */
export interface LedgerCommit {
  readonly device: KernelObject;
  readonly outFence: KernelObject;
  readonly inFence: KernelObject | null;
  /** By plane, the address of what it shows. */
  readonly addresses: readonly number[];
  /** Which frame of the client it is; null: it does not say. */
  readonly frame: number | null;
}

/**
 * The books of simulated hardware: which lines devices and processors write and read, and what for.
 * Nobody in the simulated machine reads them. A place is the number of a line in all of memory.
 */
export interface HardwareLedger {
  /** A device has written a line, somewhere on its own side: nobody else may see it yet. */
  written(device: KernelObject, place: number, token: number): void;
  /** A line that a device has written is in memory now. */
  landed(device: KernelObject, place: number, token: number): void;
  /** A processor has written a line, or read it and seen this. */
  stored(place: number, token: number, isCached: boolean): void;
  seen(place: number, token: number, isCached: boolean): void;
  /** A processor begins to use pages that devices have, or ends. */
  bracket(pages: readonly number[], isBegin: boolean): void;
  submitted(work: LedgerWork): void;
  committed(commit: LedgerCommit): void;
  /** Memory of a device that others reach directly was pulled out with it. */
  pulled(): void;
}

/** A machine whose books somebody may want to keep. */
export interface WatchedHardware {
  ledger: HardwareLedger | null;
}
