import { claimsCode } from './generate.ts';
import { fieldOf, mask } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { symmetryCode } from './symmetry-code.ts';
import type { Symmetry } from './symmetry.ts';
import { wordNames } from './tables.ts';
import type { Tables } from './tables.ts';
import type { View } from './views.ts';

/** Which states are taken for one. */
export interface Reductions {
  readonly symmetry: readonly Symmetry[];
  readonly views: readonly View[];
}

/** A statement that puts the state that stands for a component's state in its place. */
function viewCode({ of, as }: View, number: number, layout: Layout, tables: Tables): string {
  const { word, shift, bits } = fieldOf(layout, of);
  const ones = mask(bits);
  const state = `${tables.row(as)}[w${word} >>> ${shift} & ${ones}]`;
  return `if (viewed[${number}](${wordNames(layout.words)}) !== 0) {
    w${word} = w${word} & ${~(ones << shift)} | ${state} << ${shift};
  }`;
}

/** The text of `canonical(then, w0, ...)`: calls `then` with the state that stands for this one. */
export function canonicalCode(
  network: Network,
  layout: Layout,
  tables: Tables,
  { symmetry, views }: Reductions,
): string {
  const words = wordNames(layout.words);
  const during = views.map((view) => view.during);
  const look = views.map((view, number) => viewCode(view, number, layout, tables));
  const sort = symmetry.map((one) => symmetryCode(network, layout, tables, one));
  // A state that stands for others may have a twin that does not.
  const steps = sort.length === 0 ? look : [...look, ...sort, ...look];
  return `${claimsCode('viewed', network, layout, tables, during)}
    function canonical(then, ${words}) { ${steps.join('\n')} return then(${words}); }`;
}
