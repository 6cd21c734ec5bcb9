import { printable } from '../printable.ts';
import { replayCommand } from './replay-command.ts';
import { type Result, type Results, WRONG } from './results.ts';
import { counted } from './text.ts';

type Command = 'error' | 'warning' | 'notice';

/** GitHub shows so many annotations of each kind for one step, and drops the others in silence. */
const SHOWN_MAX = 10;
/** One notice is kept for what is not shown. */
const NOTICES_MAX = SHOWN_MAX - 1;

/**
 * What is wrong, as workflow commands that a runner of GitHub takes from standard output and shows
 * beside the code; one a line. Nothing when nothing is wrong.
 */
export function githubAnnotations({ results }: Results): string {
  const lines: string[] = [];
  const left: string[] = [];
  const add = (command: Command, noun: string, chosen: readonly Result[]): void => {
    const shownMax = command === 'notice' ? NOTICES_MAX : SHOWN_MAX;
    lines.push(...chosen.slice(0, shownMax).map((result) => annotation(command, result)));
    const rest = chosen.length - shownMax;
    if (rest > 0) left.push(counted(rest, noun));
  };
  const told = (level: 'error' | 'warning'): readonly Result[] =>
    results.filter(({ status }) => WRONG[status] === level);
  add('error', 'error', told('error'));
  add('warning', 'warning', told('warning'));
  add(
    'notice',
    'partial result',
    results.filter(({ status }) => status === 'partial'),
  );
  if (left.length > 0) {
    const message = `${left.join(', ')} more than are shown here; the report has all`;
    lines.push(`::notice title=dmabuf-verify::${dataText(message)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(command: Command, { id, title, message, place, kept }: Result): string {
  const properties = [
    ...(place === null ? [] : [`file=${propertyText(place.file)}`, `line=${place.line}`]),
    `title=${propertyText(title === id ? id : `${id}: ${title}`)}`,
  ];
  const lines = [
    printable(message),
    ...(kept === null ? [] : [`replay: ${replayCommand({ file: kept.file })}`]),
  ];
  return `::${command} ${properties.join(',')}::${dataText(lines.join('\n'))}`;
}

/** What a runner takes back from the text behind the second pair of colons. */
function dataText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The same for values in front of it, which end at a colon or a comma. */
function propertyText(text: string): string {
  return dataText(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
