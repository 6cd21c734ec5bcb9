import { type ComponentChild, h } from 'preact';
import { renderToString } from 'preact-render-to-string';

import type { HistogramReport } from '../properties/ftrace/histogram.ts';
import type { LogReport } from '../properties/ftrace/log-report.ts';
import { durationText } from './duration-text.ts';

/** Unit: pixels. */
const WIDTH = 640;
const TITLE = 32;
const ROW = 16;
const GAP = 24;
const LABEL = 100;
const COUNT = 80;

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #222; }
text.title { font-size: 14px; font-weight: 600; }
text.number { font-variant-numeric: tabular-nums; text-anchor: end; }
rect.page { fill: #fff; }
rect.bar { fill: #3b6ea8; }
`;

/** The histograms of a log, one under the other, as one picture that loads nothing. */
export function histogramsSvg({ histograms, clock }: LogReport): string {
  const parts: ComponentChild[] = [];
  let top = GAP / 2;
  for (const [name, histogram] of Object.entries(histograms)) {
    parts.push(histogramPart(name, histogram, { top, clock }));
    top += TITLE + Math.max(1, histogram.buckets.length) * ROW + GAP;
  }
  const picture = h(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: WIDTH,
      height: top,
      viewBox: `0 0 ${WIDTH} ${top}`,
    },
    [
      h('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
      h('rect', { class: 'page', width: WIDTH, height: top }),
      ...parts,
    ],
  );
  return `${renderToString(picture)}\n`;
}

function histogramPart(
  name: string,
  { count, longest, buckets }: HistogramReport,
  { top, clock }: { readonly top: number; readonly clock: LogReport['clock'] },
): ComponentChild {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const title =
    count === 0 ? `${name}: none` : `${name}: ${count}, at most ${durationText(longest, clock)}`;
  return h('g', { transform: `translate(0 ${top})` }, [
    h('text', { class: 'title', x: 12, y: 16 }, title),
    ...buckets.map((bucket, at) => {
      const y = TITLE + at * ROW;
      const width = ((WIDTH - LABEL - COUNT - 24) * bucket.count) / most;
      return h('g', null, [
        h('text', { class: 'number', x: LABEL - 8, y }, `≥ ${durationText(bucket.from, clock)}`),
        h('rect', { class: 'bar', x: LABEL, y: y - 11, width: width.toFixed(1), height: ROW - 4 }),
        h('text', { class: 'number', x: WIDTH - 12, y }, String(bucket.count)),
      ]);
    }),
  ]);
}
