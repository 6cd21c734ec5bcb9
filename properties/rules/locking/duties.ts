import { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { Run } from '../../run/run.ts';
import type { Sighting } from '../../run/log.ts';

/** What one device has of a buffer. */
interface Use {
  /** Directions of mappings that were not undone. */
  readonly mapped: number[];
  pins: number;
}

/** What was asked of the exporter of one buffer, in order. */
function askedOf(run: Run, buffer: DmaBuf): readonly Sighting[] {
  return run.sightings.filter(({ object, name }) => object === buffer && name.startsWith('ops.'));
}

function buffersOf(run: Run): readonly DmaBuf[] {
  const objects = run.sightings.map(({ object }) => object);
  return [...new Set(objects.filter((object) => object instanceof DmaBuf))];
}

/** Follows who uses a buffer; `wrong` says what was done too early, too late, or too often. */
class Uses {
  readonly uses = new Map<KernelObject, Use>();
  wrong: string | null = null;
  private isReleased = false;

  take({ name, subject, detail }: Sighting): void {
    if (this.isReleased) this.wrong ??= `${name} after the release`;
    if (name === 'ops.release') this.release();
    if (subject === null) return;
    if (name === 'ops.attach') this.uses.set(subject, { mapped: [], pins: 0 });
    else this.use(name, subject, detail);
  }

  private use(name: string, subject: KernelObject, detail: number): void {
    const use = this.uses.get(subject);
    if (use === undefined) {
      this.wrong ??= `${name} of what is not attached`;
      return;
    }
    const { mapped } = use;
    if (name === 'ops.map') mapped.push(detail);
    if (name === 'ops.map.refused') mapped.pop();
    if (name === 'ops.pin') use.pins += 1;
    if (name === 'ops.unpin' || name === 'ops.pin.refused') use.pins -= 1;
    if (use.pins < 0) this.wrong ??= 'unpinned too often';
    if (name === 'ops.unmap') {
      const at = mapped.indexOf(detail);
      if (at < 0) this.wrong ??= 'unmapped too often, or in another direction';
      else mapped.splice(at, 1);
    }
    if (name === 'ops.detach' && mapped.length + use.pins > 0) this.wrong ??= 'detached while used';
    if (name === 'ops.detach' || name === 'ops.attach.refused') this.uses.delete(subject);
  }

  private release(): void {
    if (this.uses.size > 0) this.wrong ??= 'released while attached';
    this.isReleased = true;
  }
}

/** What importers owe: all that they take they give back, in order, before the buffer goes. */
export function importersDuties(run: Run): string | null {
  for (const buffer of buffersOf(run)) {
    const uses = new Uses();
    for (const one of askedOf(run, buffer)) uses.take(one);
    if (uses.wrong !== null) return `${buffer.label}: ${uses.wrong}`;
  }
  return null;
}

/** What an exporter owes when it moves: nobody has pinned the storage, and all are told. */
export function moverDuties(run: Run): string | null {
  for (const buffer of buffersOf(run)) {
    const uses = new Uses();
    for (const one of askedOf(run, buffer)) {
      const pinned = [...uses.uses.values()].some(({ pins }) => pins > 0);
      if (one.name === 'ops.moveNotify' && pinned) return `${buffer.label} moves while pinned`;
      uses.take(one);
    }
  }
  return null;
}
