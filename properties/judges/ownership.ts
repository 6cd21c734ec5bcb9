import { DmaFenceArray } from '../../impl/dma-buf/dma-fence-array.ts';
import { DmaFenceChain } from '../../impl/dma-buf/dma-fence-chain.ts';
import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import { SyncFile } from '../../impl/dma-buf/sync-file.ts';
import type { Place } from '../../impl/kernel/access.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';
import { slotsIn } from './resv-slots.ts';

/** Something that keeps fences, with a reference for each, for others to find. */
type Holder = DmaResv | DmaFenceArray | DmaFenceChain | SyncFile;

/** The rules about the references of each kind of holder. */
const RULES_OF: Readonly<Record<string, readonly RuleId[]>> = {
  resv: ['RESV-018', 'RESV-023', 'FENCE-012'],
  array: ['ARRAY-020', 'FENCE-012'],
  chain: ['CHAIN-001', 'CHAIN-010', 'FENCE-012'],
  syncFile: ['SYNCFILE-001', 'FENCE-012'],
};

/** Who is a holder, as this judge keeps it in mind. */
const HOLDERS: Place = { label: 'holders' };

/** Events after which a fence may be owned by nobody, or a holder is new or gone. */
const CONCERNED: ReadonlySet<string> = new Set([
  ...['put', 'put.last'],
  ...['init', 'init.any', 'create'],
  ...['fini', 'release'],
]);

/**
 * Whoever can be asked for a fence owns a reference on it for as long as it can be asked. So after
 * each drop a fence has at least as many references as there are places where it is still found;
 * no second task has to come and look.
 */
export class OwnershipJudge implements Judge {
  readonly name = 'ownership';
  private readonly holders = new Set<Holder>();
  private readonly findings: Finding[] = [];

  event({ object, name }: WorldEvent): void {
    if (!CONCERNED.has(name)) return;
    if (object instanceof DmaFence) {
      if (name !== 'put' && name !== 'put.last') return;
      object.world.looked(HOLDERS, 'all');
      this.judge(object);
    } else if (isHolder(object)) {
      const isNew = name === 'init' || name === 'init.any' || name === 'create';
      if (!isNew && name !== 'fini' && name !== 'release') return;
      object.world.touch(HOLDERS, 'all', 'write', 'once');
      if (isNew) this.holders.add(object);
      else this.holders.delete(object);
    }
  }

  private judge(fence: DmaFence): void {
    if (this.holders.size === 0) return;
    const left = fence.references.value;
    let places = 0;
    let kind = '';
    for (const holder of this.holders) {
      const here = placesIn(holder, fence);
      if (here > 0) ({ kind } = holder);
      places += here;
    }
    if (places <= left) return;
    this.findings.push({
      rules: RULES_OF[kind] ?? ['FENCE-012'],
      judge: this.name,
      message: `${fence.label} is left with ${left} references`,
      step: fence.world.steps,
      expected: `${places}, one for each place where it can still be found`,
    });
  }

  visitState(key: StateKey): void {
    for (const holder of this.holders) {
      key.part();
      key.add('holder');
      key.add(holder);
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

function isHolder(object: KernelObject): object is Holder {
  return (
    object instanceof DmaResv ||
    object instanceof DmaFenceArray ||
    object instanceof DmaFenceChain ||
    object instanceof SyncFile
  );
}

/** How often `fence` is found in `holder`. Who is being released is found by nobody. */
function placesIn(holder: Holder, fence: DmaFence): number {
  holder.world.looked(holder, 'life');
  if (holder.freedBy !== null) return 0;
  if (holder instanceof DmaFenceArray) {
    if (holder.base.references.value === 0) return 0;
    return holder.fences.filter((child) => child === fence).length;
  }
  if (holder instanceof DmaFenceChain) {
    if (holder.base.references.value === 0) return 0;
    return Number(holder.fence === fence) + Number(holder.prev.value === fence);
  }
  if (holder instanceof SyncFile) {
    return holder.file.references.value > 0 && holder.fence.value === fence ? 1 : 0;
  }
  return slotsIn(holder.fences.value).filter((slot) => slot.fence === fence).length;
}
