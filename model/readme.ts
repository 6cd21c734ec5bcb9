import { describe } from './diagram.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Table } from './tabulate.ts';

const BEGIN = '<!-- Written by write-diagrams.ts from here. -->';
const END = '<!-- Written by write-diagrams.ts to here. -->';

/** `page` with its generated part made anew. */
export function readmeWith(
  page: string,
  machines: readonly (readonly [Lifecycle, Table])[],
): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks "${BEGIN}" or "${END}"`);
  const head = page.slice(0, begin + BEGIN.length);
  return `${head}\n\n${describe(machines)}\n\n${page.slice(end)}`;
}
