import { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL, DMA_NONE, DMA_TO_DEVICE } from '../../impl/dma-buf/dma-buf-ops.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_KERNEL } from '../../impl/dma-buf/resv-usage.ts';
import { SgTable } from '../../impl/dma-buf/sg-table.ts';
import type { Place } from '../../impl/kernel/access.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import { Exporter } from '../own-driver/exporter.ts';
import { DeviceTable } from '../own-driver/storage.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';
import { slotsIn } from './resv-slots.ts';

/** A table that an importer has. */
interface Mapping {
  readonly direction: number;
  /** The content has gone elsewhere since. */
  isStale: boolean;
}

/** What this judge knows of an attachment. */
interface Use {
  readonly tables: Map<SgTable, Mapping>;
  pins: number;
  /** The importer has heard of a move that has not been made yet. */
  isTold: boolean;
}

/** Who has which table, as this judge keeps it in mind. */
const TABLES: Place = { label: 'tables' };

const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE'] as const;

/**
 * What exporters and importers owe each other, whoever they are: a table belongs to one mapping and
 * comes back once; it shows where the content is; devices reach only what is mapped, in place, and
 * filled. The core checks none of this.
 */
export class AttachmentsJudge implements Judge {
  readonly name = 'attachments';
  private readonly uses = new Map<DmaBufAttachment, Use>();
  /** Buffers whose content has moved. */
  private readonly moved = new Set<DmaBuf>();
  private readonly findings: Finding[] = [];

  event({ object, name, detail, subject }: WorldEvent): void {
    if (object instanceof DmaResv && name === 'unlock') this.forgetNotices(object);
    if (!(object instanceof DmaBufAttachment)) return;
    if (name.startsWith('attach.')) {
      this.uses.set(object, { tables: new Map(), pins: 0, isTold: false });
    }
    const use = this.uses.get(object);
    if (use === undefined) return;
    object.world.touch(TABLES, 'all', 'write', 'once');
    const table = subject instanceof SgTable ? subject : null;
    if (table !== null) this.judgeTable({ attachment: object, use, name, table, detail });
    else this.judgeCall(object, use, name);
  }

  /** A move happens in the hold of the lock in which it was announced: others may map after it. */
  private forgetNotices(resv: DmaResv): void {
    for (const [attachment, use] of this.uses) {
      if (!use.isTold || attachment.buffer.resv !== resv) continue;
      resv.world.touch(TABLES, 'all', 'write', 'once');
      use.isTold = false;
    }
  }

  private judgeCall(attachment: DmaBufAttachment, use: Use, name: WorldEvent['name']): void {
    if (name === 'pin') this.judgePin(attachment, use);
    if (name === 'unpin') use.pins -= 1;
    if (name === 'notify') use.isTold = true;
    if (name === 'relocate') this.judgeMove(attachment, use);
    if (name === 'detach') this.judgeDetach(attachment, use);
    if (name === 'free') this.uses.delete(attachment);
  }

  private judgeTable(event: TableEvent): void {
    switch (event.name) {
      case 'map':
      case 'map.kept':
        this.judgeMap(event);
        break;
      case 'unmap':
      case 'drop':
        this.judgeUnmap(event);
        break;
      case 'access':
        this.judgeAccess(event);
        break;
      default:
        this.judgeHidden(event);
    }
  }

  private judgeMap(event: TableEvent): void {
    const { attachment, use, table, detail } = event;
    const { buffer } = attachment;
    const owner = [...this.uses].find(([, other]) => other.tables.has(table))?.[0];
    if (owner !== undefined) {
      const message = `${table.label} is handed out while ${owner.label} has it`;
      this.note(attachment, ['ATTACH-018'], message, 'a table for each mapping');
    }
    if (!table.covers(buffer.bytes)) {
      const message = `${table.label} has ${table.length} bytes, or parts of pages`;
      this.note(attachment, ['ATTACH-022'], message, `whole pages for ${buffer.bytes} bytes`);
    }
    this.judgeHidden(event);
    if (!attachment.isDynamic && hasPending(buffer.resv, isMove)) {
      const message = `${table.label} is given to an importer that does not wait for moves`;
      this.note(attachment, ['ATTACH-019'], message, 'no KERNEL fence to be pending');
    }
    const isElsewhere = showsAnOldPlace(attachment, table);
    if (isElsewhere) {
      const message = `${table.label} is new, and shows a place that the content has left`;
      this.note(attachment, ['ATTACH-030', 'ATTACH-032'], message, 'the new place');
    }
    use.tables.set(table, { direction: detail, isStale: isElsewhere });
  }

  /** The core hides page pointers from importers, and shows them to exporters. */
  private judgeHidden({ attachment, table }: TableEvent): void {
    if (table.arePagesHidden.value) return;
    const message = `the importer can see the page pointers of ${table.label}`;
    this.note(attachment, ['ATTACH-023'], message, 'addresses and lengths only');
  }

  private judgeUnmap(event: TableEvent): void {
    const { attachment, use, table, detail } = event;
    const mapping = use.tables.get(table);
    if (mapping === undefined) {
      const message = `${attachment.label} gives back ${table.label}, which it does not have`;
      this.note(attachment, ['ATTACH-018'], message, 'the table of a map, once');
      return;
    }
    use.tables.delete(table);
    if (mapping.direction !== detail) {
      const message = `${table.label} is unmapped ${direction(detail)}`;
      this.note(attachment, ['ATTACH-024'], message, `${direction(mapping.direction)}, as mapped`);
    }
    if (table.arePagesHidden.value) {
      const message = `the exporter gets ${table.label} back with unusable page pointers`;
      this.note(attachment, ['ATTACH-023'], message, 'the table as the exporter made it');
    }
    this.judgePlace(attachment, table, mapping);
  }

  /** What a table shows is there for as long as it is mapped, unless the content was moved. */
  private judgePlace(attachment: DmaBufAttachment, table: SgTable, mapping: Mapping): void {
    if (mapping.isStale || !(table instanceof DeviceTable)) return;
    attachment.world.looked(table.storage, 'life');
    const { freedBy } = table.storage;
    if (freedBy === null) return;
    const message = `${table.storage.label} was freed by ${freedBy}, while it was mapped`;
    this.note(attachment, ['ATTACH-027'], message, 'the storage to stay');
  }

  /** What is pinned is in its place, and complete. */
  private judgePin(attachment: DmaBufAttachment, use: Use): void {
    const { buffer } = attachment;
    use.pins += 1;
    if (!this.moved.has(buffer) || !hasPending(buffer.resv, isMove)) return;
    const message = `${buffer.label} is pinned while its content is on the way`;
    this.note(attachment, ['ATTACH-014'], message, 'the move to be complete');
  }

  private judgeMove(attachment: DmaBufAttachment, use: Use): void {
    const { world } = attachment;
    if (attachment.buffer.resv.lock.holder !== world.current) {
      const message = `the content moves, and ${world.current.name} does not hold the reservation`;
      this.note(attachment, ['ATTACH-032'], message, 'moves and maps to exclude each other');
    }
    if (use.pins > 0) {
      const message = `the content moves, and ${attachment.label} has pinned it`;
      this.note(attachment, ['ATTACH-014'], message, 'it to stay until it is unpinned');
    }
    const isAware = use.isTold || !attachment.isDynamic;
    if (use.tables.size > 0 && !isAware) {
      const message = `the content moves, and ${attachment.label} was not told`;
      this.note(attachment, ['ATTACH-030', 'ATTACH-028'], message, 'move_notify before the move');
    }
    use.isTold = false;
    this.moved.add(attachment.buffer);
    for (const mapping of use.tables.values()) mapping.isStale = true;
  }

  private judgeDetach(attachment: DmaBufAttachment, use: Use): void {
    for (const [table] of use.tables) {
      const message = `${attachment.label} is detached with ${table.label} mapped`;
      this.note(attachment, ['ATTACH-009'], message, 'everything unmapped before');
    }
    if (use.pins > 0) {
      const message = `${attachment.label} is detached with ${use.pins} pins`;
      this.note(attachment, ['ATTACH-009'], message, 'everything unpinned before');
    }
  }

  private judgeAccess({ attachment, use, table, detail }: TableEvent): void {
    const mapping = use.tables.get(table);
    if (mapping === undefined) {
      const message = `the device uses ${table.label}, which is not mapped`;
      this.note(attachment, ['ATTACH-024', 'ATTACH-027'], message, 'no access after unmap');
      return;
    }
    if (!permits(mapping.direction, detail)) {
      const verb = detail === DMA_TO_DEVICE ? 'reads' : 'writes';
      const message = `the device ${verb} what is mapped ${direction(mapping.direction)}`;
      this.note(attachment, ['ATTACH-024'], message, 'accesses in the direction of the mapping');
    }
    const { resv } = attachment.buffer;
    if (mapping.isStale) {
      if (hasPending(resv, (usage) => !isMove(usage))) return;
      const message = `the device uses ${table.label}, an old place, and has no fence`;
      this.note(attachment, ['ATTACH-031', 'ATTACH-030'], message, 'a fence, or a new mapping');
      return;
    }
    this.judgePlace(attachment, table, mapping);
    if (!hasPending(resv, isMove)) return;
    const message = 'the device uses storage that is still being filled';
    this.note(attachment, ['ATTACH-020'], message, 'the KERNEL fences to be waited for');
  }

  private note(
    { world }: DmaBufAttachment,
    rules: readonly RuleId[],
    message: string,
    expected: string,
  ): void {
    this.findings.push({ rules, judge: this.name, message, step: world.steps, expected });
  }

  visitState(key: StateKey): void {
    for (const [attachment, { tables, pins, isTold }] of this.uses) {
      key.part();
      key.add(attachment);
      key.add(pins);
      key.add(isTold);
      for (const [table, mapping] of tables) {
        key.add(table);
        key.add(mapping.direction);
        key.add(mapping.isStale);
      }
    }
    for (const buffer of this.moved) key.add(buffer);
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

/** An event with a table. */
interface TableEvent {
  readonly attachment: DmaBufAttachment;
  readonly use: Use;
  readonly name: WorldEvent['name'];
  readonly table: SgTable;
  /** The direction. */
  readonly detail: number;
}

function direction(detail: number): string {
  return DIRECTIONS[detail] ?? String(detail);
}

function permits(mapped: number, access: number): boolean {
  if (mapped === DMA_NONE) return false;
  return mapped === DMA_BIDIRECTIONAL || mapped === access;
}

function isMove(usage: number): boolean {
  return usage === DMA_RESV_USAGE_KERNEL;
}

/** Some fence with such a usage is pending, as a debugger sees it. */
function hasPending(resv: DmaResv, isAsked: (usage: number) => boolean): boolean {
  return slotsIn(resv.fences.value).some(
    ({ fence, usage }) => isAsked(usage) && (fence.flags.bits & SIGNALED) === 0,
  );
}

/** The exporter says where the content is; those that do not are taken at their word. */
function showsAnOldPlace({ buffer }: DmaBufAttachment, table: SgTable): boolean {
  return (
    buffer.priv instanceof Exporter &&
    table instanceof DeviceTable &&
    !buffer.priv.hasSettledIn(table.storage)
  );
}
