import type { Hardware, Unit } from './hardware.ts';
import type { Job } from './job.ts';
import type { RemedyName } from './options.ts';

/** What a remedy knows of its device. */
export interface Shared {
  readonly hardware: Hardware;
  /** Fences of the device that others can wait for, and that are pending. */
  readonly fencesInFlight: number;
}

/** How work that may fault and work with fences share the hardware. The base: they do not care. */
export class Remedy {
  /** Units that jobs run on. */
  get units(): readonly string[] {
    return ['unit'];
  }

  /** Units that a job can run on, now or later. */
  unitsFor(_job: Job, units: readonly Unit[]): readonly Unit[] {
    return units;
  }

  /** Where a job may run now. */
  place(job: Job, units: readonly Unit[], _shared: Shared): Unit | null {
    return this.unitsFor(job, units).find(({ running }) => running === null) ?? null;
  }

  /** A fence may become visible now; until then its submission waits. */
  mayPublish(_shared: Shared): boolean {
    return true;
  }

  /** A job without a fence may go to the hardware now. */
  mayQueueWork(_shared: Shared): boolean {
    return true;
  }

  /** The last thing before a fence becomes visible. */
  publishing(_shared: Shared): void {}
}

/** Work without a fence gives its unit away at any moment, also with a fault open. */
export class Preempts extends Remedy {
  override place(job: Job, units: readonly Unit[], shared: Shared): Unit | null {
    const [unit] = units;
    if (unit === undefined) return null;
    const { running } = unit;
    if (running !== null && job.fence !== null && this.mayPreempt(running)) {
      shared.hardware.setAside(running);
    }
    return unit.running === null ? unit : null;
  }

  protected mayPreempt(running: Job): boolean {
    return running.fence === null;
  }
}

/** One unit is for work with fences alone. */
export class Reserves extends Remedy {
  override get units(): readonly string[] {
    return ['reserved', 'unit'];
  }

  override unitsFor(job: Job, units: readonly Unit[]): readonly Unit[] {
    return units.filter(({ name }) => (name === 'reserved') === (job.fence !== null));
  }
}

/** One unit is for work with fences alone from when a fence is about to be visible to its signal. */
export class ReservesInFlight extends Remedy {
  override get units(): readonly string[] {
    return ['reserved', 'unit'];
  }

  override unitsFor(job: Job, units: readonly Unit[]): readonly Unit[] {
    return job.fence === null ? units : units.filter(({ name }) => name === 'reserved');
  }

  override place(job: Job, units: readonly Unit[], shared: Shared): Unit | null {
    const keepsOff = job.fence === null && this.isReserved(shared);
    const usable = keepsOff ? units.filter(({ name }) => name !== 'reserved') : units;
    return super.place(job, usable, shared);
  }

  protected isReserved({ fencesInFlight, hardware }: Shared): boolean {
    return fencesInFlight > 0 || hardware.waiting.some(({ fence }) => fence !== null);
  }

  /** Work with an open fault cannot be preempted: its fault comes first. Nobody waits yet. */
  override mayPublish({ hardware }: Shared): boolean {
    return hardware.units[0]?.running?.hasFault !== true;
  }

  override publishing({ hardware }: Shared): void {
    const running = hardware.units[0]?.running ?? null;
    if (running !== null && isPreemptible(running)) hardware.setAside(running);
  }
}

/** The two kinds of work are never on the device together. */
export class Flushes extends Remedy {
  override place(job: Job, units: readonly Unit[], shared: Shared): Unit | null {
    if (job.fence === null && shared.fencesInFlight > 0) return null;
    return super.place(job, units, shared);
  }

  override mayQueueWork({ fencesInFlight }: Shared): boolean {
    return fencesInFlight === 0;
  }

  /** Work with an open fault cannot be preempted: its fault comes first. Nobody waits yet. */
  override mayPublish({ hardware }: Shared): boolean {
    return hardware.units.every(({ running }) => running === null || !running.hasFault);
  }

  override publishing({ hardware }: Shared): void {
    for (const { running } of hardware.units) {
      if (running !== null && isPreemptible(running)) hardware.setAside(running);
    }
  }
}

/** Without support by the hardware, only work that waits for nothing can be preempted. */
function isPreemptible(running: Job): boolean {
  return running.fence === null && !running.hasFault;
}

export const REMEDY_TYPES: Readonly<Record<RemedyName, typeof Remedy>> = {
  none: Remedy,
  preempts: Preempts,
  reserves: Reserves,
  reservesInFlight: ReservesInFlight,
  flushes: Flushes,
};
