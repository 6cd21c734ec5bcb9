import { type ComponentChild, h } from 'preact';
import { renderToString } from 'preact-render-to-string';

import type { TimedRow } from '../properties/baseline/try-row.ts';
import { cellsOf, COLUMNS, isGood, summary } from './faults-text.ts';

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 2rem; }
table { border-collapse: collapse; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #8884; white-space: nowrap; }
thead th { position: sticky; top: 0; background: Canvas; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.missed th, tr.missed td { background: #c0392b33; }
`;

/** The matrix as one page that loads nothing. */
export function matrixPage(rows: readonly TimedRow[]): string {
  const page = h('html', { lang: 'en' }, [
    h('head', null, [
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('title', null, 'Faults and what catches them'),
      h('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
    ]),
    h('body', null, [h('h1', null, 'Faults and what catches them'), tableOf(rows)]),
  ]);
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function tableOf(rows: readonly TimedRow[]): ComponentChild {
  const head = COLUMNS.map((name) => h('th', { scope: 'col' }, name));
  return h('table', null, [
    h('caption', null, summary(rows)),
    h('thead', null, h('tr', null, head)),
    h('tbody', null, rows.map(rowOf)),
  ]);
}

function rowOf(row: TimedRow): ComponentChild {
  const [fault = '', ...others] = cellsOf(row);
  const isNumber = (text: string): boolean => /^[\d.]+$/.test(text);
  return h('tr', isGood(row) ? null : { class: 'missed' }, [
    h('th', { scope: 'row' }, fault),
    ...others.map((text) => h('td', isNumber(text) ? { class: 'number' } : null, text)),
  ]);
}
