import type { TimedRow } from '../properties/baseline/try-row.ts';
import { counted } from '../traces/report/text.ts';

/** Columns of the matrix, for a terminal and for a page. */
export const COLUMNS: readonly string[] = [
  'fault',
  'seed',
  'caught by',
  'rules',
  'seconds',
  'tasks',
  'steps',
  'preemptions',
  'replays',
  'silent intact',
];

/** Caught, with a rule that it breaks, by a trace that replays and shows nothing without it. */
export function isGood(row: TimedRow): boolean {
  return row.isCaught && row.namesRule && row.replays && row.passesIntact;
}

/** One row in the order of the columns. */
export function cellsOf(row: TimedRow): readonly string[] {
  const number = (value: number | null): string => (value === null ? '-' : String(value));
  return [
    row.fault,
    String(row.seed),
    row.isCaught ? (row.source ?? '-') : 'nothing',
    row.rules.join(' '),
    row.seconds.toFixed(1),
    number(row.tasks),
    number(row.steps),
    number(row.preemptions),
    row.replays ? 'yes' : 'no',
    row.passesIntact ? 'yes' : 'no',
  ];
}

/** The matrix, and what it amounts to. */
export function matrixText(rows: readonly TimedRow[]): readonly string[] {
  const table = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, at) =>
    Math.max(...table.map((cells) => (cells[at] ?? '').length)),
  );
  const lines = table.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, summary(rows)];
}

/** How many faults are caught with every seed, and how long it took. */
export function summary(rows: readonly TimedRow[]): string {
  const faults = new Set(rows.map(({ fault }) => fault));
  const missed = new Set(rows.filter((row) => !isGood(row)).map(({ fault }) => fault));
  const seconds = rows.map((row) => row.seconds).toSorted((one, other) => one - other);
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0;
  const slowest = seconds.at(-1) ?? 0;
  return (
    `${faults.size - missed.size} of ${counted(faults.size, 'fault')} caught in each of ` +
    `${rows.length} searches; ` +
    `median ${median.toFixed(1)} s, slowest ${slowest.toFixed(1)} s`
  );
}
