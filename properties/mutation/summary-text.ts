import type { Counts, Summary } from './summary.ts';

/** The summary as a part of a Markdown page. */
export function textOf({ draw, mutants, all, files, undetected }: Summary): string {
  const { size, seed } = draw;
  const open = undetected.filter(({ isEquivalent }) => !isEquivalent);
  const lines = [
    `Of ${mutants} mutants ${size} were drawn with seed ${seed}. Tests fail with ${all.killed} of them, and ` +
      `${all.timeout} never end; ${all.equivalent} of`,
    `the other ${all.survived + all.noCoverage} are equivalent. **Score: ${all.score} %.**`,
    '',
    ...Object.entries(files).map(([name, counts]) => `- \`${name}\`: ${standing(counts)}`),
    '',
    open.length === 0 ? 'No other mutant survived.' : 'Survivors that are not equivalent:',
    '',
    ...open.map(({ key, status }) => `- \`${key.replaceAll('`', "'")}\` (${status})`),
  ];
  return `\n${lines.join('\n').trimEnd()}\n\n`;
}

/** `12 of 14 noticed, 1 not reached, 1 equivalent` */
function standing({ killed, timeout, survived, noCoverage, equivalent }: Counts): string {
  const noticed = killed + timeout;
  const parts = [`${noticed} of ${noticed + survived + noCoverage} noticed`];
  if (noCoverage > 0) parts.push(`${noCoverage} not reached`);
  if (equivalent > 0) parts.push(`${equivalent} equivalent`);
  return parts.join(', ');
}
