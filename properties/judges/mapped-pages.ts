import { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import { SgTable } from '../../impl/dma-buf/sg-table.ts';
import { VmapArea } from '../../impl/exporters/page-mapping.ts';
import type { Place } from '../../impl/kernel/access.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import { Mapping } from '../../impl/uapi/mapping.ts';
import { Pages } from '../../impl/uapi/pages.ts';
import type { Tracepoint } from '../../model/events.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

/** Something through which a CPU reaches pages for as long as it lives. */
type View = VmapArea | Mapping;

/** What is mapped, as this judge keeps it in mind. */
const MAPPED: Place = { label: 'mapped' };

/**
 * What a device, the kernel or a process can reach stays where it is: pinned pages keep a pin until
 * the last of them has let go, and no page is freed under a device.
 */
export class MappedPagesJudge implements Judge {
  readonly name = 'mapped pages';
  /** How often each table is mapped. */
  private readonly tables = new Map<SgTable, number>();
  private readonly views = new Set<View>();
  private readonly findings: Finding[] = [];

  /** Exporters without a device of their own tell no trace point; the core knows of all importers. */
  event({ object, name, subject }: WorldEvent): void {
    if (!(object instanceof DmaBufAttachment && subject instanceof SgTable)) return;
    if (name === 'map' || name === 'map.kept') this.count(subject, 1);
    if (name === 'unmap' || name === 'drop') this.count(subject, -1);
  }

  tracepoint(name: Tracepoint, object: KernelObject): void {
    if (name === 'unpin_folio' && object instanceof Pages) this.judgeUnpin(object);
    if (object instanceof SgTable) {
      if (name === 'dma_map_sg') this.count(object, 1);
      else this.judgeAlive(object);
      if (name === 'dma_unmap_sg') this.count(object, -1);
    }
    if (object instanceof VmapArea || object instanceof Mapping) {
      object.world.touch(MAPPED, 'all', 'write', 'once');
      if (name === 'munmap') this.views.delete(object);
      else this.views.add(object);
    }
  }

  private count(table: SgTable, change: number): void {
    table.world.touch(MAPPED, 'all', 'write', 'once');
    const uses = (this.tables.get(table) ?? 0) + change;
    if (uses > 0) this.tables.set(table, uses);
    else this.tables.delete(table);
  }

  private judgeUnpin(pages: Pages): void {
    const { world } = pages;
    world.looked(MAPPED, 'all');
    if (pages.pins.value > 0) return;
    const who = this.whoReaches(pages, world);
    if (who === null) return;
    const message = `${pages.label} loses its last pin while ${who} shows it`;
    this.note(world, ['UDMABUF-011', 'ATTACH-027'], message, 'the pages to stay until all let go');
  }

  private whoReaches(pages: Pages, world: World): string | null {
    for (const table of this.tables.keys()) if (pagesOf(table).has(pages)) return table.label;
    for (const view of this.views) {
      world.looked(view, 'life');
      if (view.freedBy !== null) continue;
      const shown = view instanceof Mapping ? (view.backing.pages ?? []) : view.pages;
      if (shown.includes(pages)) return view.label;
    }
    return null;
  }

  private judgeAlive(table: SgTable): void {
    for (const pages of pagesOf(table)) {
      pages.world.looked(pages, 'life');
      if (pages.freedBy === null) continue;
      const message = `${pages.label} was freed by ${pages.freedBy}, and ${table.label} shows it`;
      this.note(pages.world, ['ATTACH-027'], message, 'the pages to stay until it is unmapped');
    }
  }

  private note(world: World, rules: readonly RuleId[], message: string, expected: string): void {
    this.findings.push({ rules, judge: this.name, message, step: world.steps, expected });
  }

  visitState(key: StateKey): void {
    for (const [table, uses] of this.tables) {
      key.part();
      key.add(table);
      key.add(uses);
    }
    for (const view of this.views) {
      if (view.freedBy !== null) continue;
      key.part();
      key.add('view');
      key.add(view);
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

function pagesOf({ segments }: SgTable): ReadonlySet<Pages> {
  return new Set(segments.flatMap(({ pages }) => (pages === undefined ? [] : [pages])));
}
