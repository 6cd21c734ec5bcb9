import type { TraceChange } from '../trace.ts';
import { type Lane, type Row, type Table } from './rows.ts';
import { longest, wrap, type Colors } from './text.ts';

/** What lock proving says begins so. */
const LOCKDEP = 'lockdep: ';
/** Marker and step number. Unit: characters, as for all widths here. */
const NUMBER_WIDTH = 6;
const GAP = '  ';
/** A lane that would have to be narrower shares one column with the others. */
const LANE_WIDTH_MIN = 16;
/** The last column may grow beyond this only where the lanes leave room. */
const CHANGES_WIDTH_MIN = 28;
const FIELD_WIDTH_MAX = 24;

/** Values get a column of their own only when it is at least this wide. */
const VALUE_WIDTH_MIN = 16;

const CHANGES_TITLE = 'what changed';

/** The table of steps: a column per task, and what each step changed. */
export function laneLines(table: Table, width: number, colors: Colors): string[] {
  const wide = new LaneTable(table, width, colors);
  if (wide.fits) return wide.lines();
  const note = `${table.lanes.length} tasks do not fit side by side, so each line names its task.`;
  return [...wrap(`  ${note}`, width), ...new LaneTable(oneColumn(table), width, colors).lines()];
}

/** The same table with all tasks in one column. */
function oneColumn({ lanes, rows }: Table): Table {
  const nameWidth = longest(lanes.map(({ name }) => name));
  const named = rows.map((row): Row => {
    if (!('lane' in row)) return row;
    const name = (lanes[row.lane]?.name ?? '').padEnd(nameWidth);
    return { ...row, lane: 0, text: `${name}  ${row.text}` };
  });
  return { lanes: [{ name: 'task', context: 'process' }], rows: named };
}

function titleOf({ name, context }: Lane): string {
  return context === 'process' ? name : `${name} (${context})`;
}

class LaneTable {
  private readonly table: Table;
  private readonly width: number;
  private readonly colors: Colors;
  private readonly fieldWidth: number;
  private readonly laneWidths: readonly number[];
  private readonly changesWidth: number;

  constructor(table: Table, width: number, colors: Colors) {
    this.table = table;
    this.width = width;
    this.colors = colors;
    const steps = table.rows.filter((row) => row.kind === 'step');
    const fields = steps.flatMap(({ changes }) => changes.map(({ field }) => field));
    this.fieldWidth = Math.min(longest(fields), FIELD_WIDTH_MAX);

    const wanted = table.lanes.map((lane) => titleOf(lane).length);
    for (const row of table.rows) {
      if ('lane' in row) wanted[row.lane] = Math.max(wanted[row.lane] ?? 0, row.text.length);
    }
    const changes = steps.flatMap((row) => this.changeTexts(row));
    const changesWanted = longest([CHANGES_TITLE, ...changes]);
    const room = width - NUMBER_WIDTH - GAP.length * (wanted.length + 1);
    const left = room - wanted.reduce((sum, each) => sum + each, 0);
    this.changesWidth = Math.min(changesWanted, Math.max(CHANGES_WIDTH_MIN, left));
    this.laneWidths = share(wanted, room - this.changesWidth);
  }

  /** One lane has nothing better to be than narrow. */
  get fits(): boolean {
    const { lanes } = this.table;
    const isTooNarrow = lanes.some(
      (lane, index) =>
        (this.laneWidths[index] ?? 0) < Math.min(LANE_WIDTH_MIN, titleOf(lane).length),
    );
    return lanes.length <= 1 || (!isTooNarrow && Math.max(...this.laneWidths) >= LANE_WIDTH_MIN);
  }

  lines(): string[] {
    const { bold } = this.colors;
    const titles = this.table.lanes.map((lane) => [titleOf(lane)]);
    const head = this.line('step'.padStart(NUMBER_WIDTH), titles, [CHANGES_TITLE], bold);
    return [...head, ...this.table.rows.flatMap((row) => this.row(row))];
  }

  private row(row: Row): string[] {
    const { bold, cyan, dim, red, yellow } = this.colors;
    switch (row.kind) {
      case 'step': {
        const marker = row.isParting ? '▶' : ' ';
        const number = `${marker}${String(row.number).padStart(NUMBER_WIDTH - 1)}`;
        const lines = this.line(number, this.cells(row), this.changeLines(row), String);
        return row.isParting ? lines.map((line) => bold(red(line))) : lines;
      }
      case 'switch':
        return this.line('⇄'.padStart(NUMBER_WIDTH), this.cells(row), [], yellow);
      case 'begin':
      case 'return':
        return this.line(''.padStart(NUMBER_WIDTH), this.cells(row), [], cyan);
      case 'violation':
        return this.complaint(row.text).map((line) => red(line));
      case 'fold':
        return this.across('', row.text).map((line) => dim(line));
      default:
        return row satisfies never;
    }
  }

  private cells(row: { readonly lane: number; readonly text: string }): string[][] {
    return this.laneWidths.map((width, lane) =>
      lane === row.lane ? wrap(row.text, Math.max(1, width)) : [],
    );
  }

  private changeTexts(row: { changes: readonly TraceChange[]; note: string | null }): string[] {
    const texts = row.changes.map(
      ({ field, from, to }) => `${field.padEnd(this.fieldWidth)}  ${from} → ${to}`,
    );
    return row.note === null ? texts : [...texts, `(${row.note})`];
  }

  /** The last column: what goes on in the next line stands under the value, not under the field. */
  private changeLines(row: { changes: readonly TraceChange[]; note: string | null }): string[] {
    const texts = this.changeTexts(row);
    const indent = this.fieldWidth + GAP.length;
    const valueWidth = this.changesWidth - indent;
    return texts.flatMap((text, index) => {
      const field = row.changes[index]?.field ?? '';
      const isInColumns = field !== '' && field.length <= this.fieldWidth;
      if (!isInColumns || valueWidth < VALUE_WIDTH_MIN) return wrap(text, this.changesWidth);
      const values = wrap(text.slice(indent), valueWidth);
      return values.map(
        (value, at) => (at === 0 ? text.slice(0, indent) : ''.padEnd(indent)) + value,
      );
    });
  }

  /** One row of cells, as many lines high as its highest cell. */
  private line(
    number: string,
    cells: readonly (readonly string[])[],
    changes: readonly string[],
    paint: (text: string) => string,
  ): string[] {
    const height = Math.max(1, changes.length, ...cells.map(({ length }) => length));
    const lines: string[] = [];
    for (let at = 0; at < height; at += 1) {
      const lanes = cells.map((cell, lane) => (cell[at] ?? '').padEnd(this.laneWidths[lane] ?? 0));
      const first = at === 0 ? number : ''.padStart(NUMBER_WIDTH);
      lines.push(paint([first, ...lanes, changes[at] ?? ''].join(GAP).trimEnd()));
    }
    return lines;
  }

  /** Lock proving knows several things at once: each has a line of its own. */
  private complaint(text: string): string[] {
    const clauses = text.startsWith(LOCKDEP) ? text.split('; ') : [text];
    return clauses.flatMap((clause, at) =>
      at === 0 ? this.across('!', clause) : this.across('', `  ${clause}`),
    );
  }

  private across(marker: string, text: string): string[] {
    const prefix = `${marker.padStart(NUMBER_WIDTH)}${GAP}`;
    return wrap(text, this.width - prefix.length).map(
      (line, index) => (index === 0 ? prefix : ''.padStart(prefix.length)) + line,
    );
  }
}

/** Cuts the widest lanes down to one width, so that all of them fit into `room`. */
function share(wanted: readonly number[], room: number): number[] {
  let limit = Math.max(1, ...wanted);
  const sum = (): number => wanted.reduce((total, each) => total + Math.min(each, limit), 0);
  while (limit > 1 && sum() > room) limit -= 1;
  return wanted.map((each) => Math.min(each, limit));
}
