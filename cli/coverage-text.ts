import { BATCH_RUNS, type CoverageReport } from '../properties/explore/guided/guide.ts';
import { counted } from '../traces/report/text.ts';

/** New states are shown for so many stretches of the batches; the report has each of them. */
const STRETCHES = 10;

/** What coverage guidance has come to. Machines that nothing happened to are left out. */
export function coverageText(report: CoverageReport, input: string): string[] {
  const { machines, states, corpus, statesByBatch } = report;
  const pairs = machines
    .filter(({ reached, beyond }) => reached + beyond > 0)
    .map(({ machine, reached, possible, beyond }) => {
      const more = beyond === 0 ? '' : ` and ${beyond} beyond its bounds`;
      return `${machine} ${reached} of ${possible}${more}`;
    });
  const length = Math.max(1, Math.ceil(statesByBatch.length / STRETCHES));
  const fresh: number[] = [];
  for (let from = 0; from < statesByBatch.length; from += length) {
    let sum = 0;
    for (const count of statesByBatch.slice(from, from + length)) sum += count;
    fresh.push(sum);
  }
  return [
    `pairs       ${pairs.length === 0 ? 'none' : pairs.join(', ')}`,
    `states      ${counted(states, 'abstract state')}; new ones for every ${length * BATCH_RUNS} runs: ` +
      fresh.join(' '),
    `corpus      ${counted(corpus, input)} that reached something new`,
  ];
}
