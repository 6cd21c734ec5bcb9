import type { CampaignReport, CurvePoint } from '../properties/campaign/campaign.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Heights from zero to the last and highest point. */
function sparkline(curve: readonly CurvePoint[]): string {
  const highest = Math.max(1, curve.at(-1)?.pairs ?? 0);
  const top = BLOCKS.length - 1;
  return curve.map(({ pairs }) => BLOCKS[Math.round((pairs / highest) * top)]).join('');
}

/** The curve is said in numbers at so many points. */
const SPOKEN = 5;

function curveText(curve: readonly CurvePoint[]): string {
  if (curve.length === 0) return 'none';
  const every = Math.max(1, Math.ceil(curve.length / SPOKEN));
  const spoken = curve.filter((_point, index) => (curve.length - 1 - index) % every === 0);
  const numbers = spoken.map(({ jobs, pairs }) => `${pairs} after ${counted(jobs, 'job')}`);
  return `${sparkline(curve)}  ${numbers.join(', ')}`;
}

/** What a campaign has come to. `traces`: where the trace of each finding is, if it has one. */
export function campaignText(
  report: CampaignReport,
  traces: readonly (string | null)[],
): readonly string[] {
  const { jobs, runs, steps, machines, curve, findings } = report;
  const pairs = machines
    .filter(({ reached, beyond }) => reached + beyond > 0)
    .map(({ machine, reached, possible }) => `${machine} ${reached} of ${possible}`);
  const found = findings.flatMap((one, index) => {
    const { rules, judge, message, size, jobs: times } = one;
    const what = rules.length === 0 ? judge : rules.join(', ');
    const how =
      size === null
        ? ''
        : `; smallest: ${counted(size.calls, 'call')}, ${counted(size.steps, 'step')}`;
    const file = traces[index] ?? null;
    return [
      ` FAIL  ${what}  ${printable(message)}`,
      `  found    by ${counted(times, 'job')}, first kept of job ${one.job}${how}`,
      ...(file === null ? [] : [`  replay   npx dmabuf-verify replay ${printable(file)}`]),
    ];
  });
  const kinds = findings.length;
  const count = kinds === 0 ? 'no violation' : `violations of ${counted(kinds, 'kind')}`;
  return [
    ...found,
    `pairs       ${pairs.length === 0 ? 'none' : pairs.join(', ')}`,
    `curve       ${curveText(curve)}`,
    `explored    ${counted(jobs, 'job')}: ${counted(runs, 'run')}, ${counted(steps, 'step')}`,
    `${count} within these bounds; other jobs were left out`,
  ];
}
