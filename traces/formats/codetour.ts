import { printableData } from '../printable.ts';
import { replayCommand } from '../report/replay-command.ts';
import { nameOf, type Place } from '../report/results.ts';
import { type Row, tableOf } from '../report/rows.ts';
import type { Exported, Format } from './format.ts';

/** A stop of a tour: without a file it is only said. */
interface TourStep {
  readonly title: string;
  readonly description: string;
  readonly file?: string;
  readonly line?: number;
}

/** A walk through the code in the order of the run. */
export const CODETOUR: Format = {
  name: 'codetour',
  shows:
    'the CodeTour extension of VS Code: from call to call through the code, in order of the run',
  write: (exported) => tourText({ ...exported, trace: printableData(exported.trace) }),
};

function tourText(exported: Exported): string {
  const { trace, file } = exported;
  const { id, message } = nameOf(trace.verdict);
  const { expected, actual, bounds } = trace.verdict;
  const start: TourStep = {
    title: 'What is wrong',
    description: paragraphs(
      `${id}: ${message}`,
      ...(bounds === '' ? [] : [`Within these bounds: ${bounds}`]),
      `To see the same run again: ${replayCommand({ file })}`,
    ),
  };
  const end: TourStep = {
    title: 'How it ends',
    description: paragraphs(
      ...(expected === null ? [] : [`The model expects ${expected}.`]),
      ...(actual === null ? [] : [`The implementation ${actual}.`]),
      ...trace.blocked.map(({ task, at, why }) => `${task} waits at ${at}: ${why}`),
      `${id}: ${message}`,
    ),
  };
  const tour = {
    $schema: 'https://aka.ms/codetour-schema',
    title: `${id}: ${message}`,
    description: `${trace.program.name}: a counterexample of dmabuf-verify`,
    steps: [start, ...stops(exported), end],
  };
  return `${JSON.stringify(tour, null, 2)}\n`;
}

/** Where calls begin, what was chosen, where model and code part, and what the kernel complains of. */
function stops({ trace, places }: Exported): TourStep[] {
  const { lanes, rows } = tableOf(trace);
  const calls = new Map(trace.calls.map((one) => [`${one.call} ${one.task}`, one]));
  const placeOf = (number: number | null): Place | undefined => {
    const step = trace.steps[(number ?? 0) - 1];
    const call = calls.get(`${step?.call} ${step?.task}`);
    return call === undefined ? undefined : places.get(call.op);
  };
  let last: number | null = null;
  return rows.flatMap((row, index): TourStep[] => {
    if (row.kind === 'step') last = row.number;
    const next = rows[index + 1];
    const at = row.kind === 'begin' && next?.kind === 'step' ? next.number : last;
    const title = titleOf(row, trace.verdict.deciding);
    if (title === null) return [];
    const place = placeOf(at);
    const who = 'lane' in row ? `${lanes[row.lane]?.name ?? ''}: ` : '';
    const changes = row.kind === 'step' ? row.changes : [];
    const description = paragraphs(
      `${who}${row.text}`,
      ...changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`),
    );
    return [{ title, description, ...(place === undefined ? {} : place) }];
  });
}

/** Null for what is no stop. */
function titleOf(row: Row, deciding: number | null): string | null {
  switch (row.kind) {
    case 'begin':
      return 'A call begins';
    case 'switch':
      return 'Somebody else goes on';
    case 'violation':
      return 'The kernel complains';
    case 'step':
      if (row.isParting) return `Step ${row.number}: model and implementation part`;
      return row.number === deciding ? `Step ${row.number}: the deciding choice` : null;
    case 'return':
    case 'fold':
      return null;
    default:
      return row satisfies never;
  }
}

/**
 * Plain text in Markdown. A tour can run commands and show variables of the environment, so each
 * mark is written as its code: nothing in a trace becomes a link, a command or a tag.
 */
function paragraphs(...texts: readonly string[]): string {
  return texts
    .map((text) => text.replaceAll(/[!-+:-@[-`{-~./-]/g, (mark) => `&#${mark.charCodeAt(0)};`))
    .join('\n\n');
}
