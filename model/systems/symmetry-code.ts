import { each } from './key-code.ts';
import { fieldOf, mask } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { exchangeOf } from './symmetry.ts';
import type { Exchange, Symmetry } from './symmetry.ts';
import type { Tables } from './tables.ts';

/** A bundle must fit into one number that sorts as an integer. */
const BUNDLE_BITS_MAX = 30;

/** All orders of more bundles are too many to try. */
const NUMBERED_MAX = 4;

/** Statements that sort the bundles of one symmetry within the words. */
function sortCode(layout: Layout, bundles: Symmetry['bundles']): string {
  const names = bundles.map((_, index) => `b${index}`);
  const widths = (bundles[0] ?? []).map((component) => fieldOf(layout, component).bits);
  const total = widths.reduce((sum, bits) => sum + bits, 0);
  if (total > BUNDLE_BITS_MAX) throw new RangeError(`a bundle has ${total} bits`);
  const gather = bundles.map((bundle, index) => {
    const fields = bundle.map((component) => fieldOf(layout, component));
    const text = fields.reduce(
      (all, { word, shift, bits }) => `(${all} << ${bits} | w${word} >>> ${shift} & ${mask(bits)})`,
      '0',
    );
    return `let b${index} = ${text};`;
  });
  const sort = names.flatMap((_, end) =>
    names
      .slice(0, Math.max(names.length - 1 - end, 0))
      .map((a, at) => `if (${a} > b${at + 1}) { t = ${a}; ${a} = b${at + 1}; b${at + 1} = t; }`),
  );
  const scatter = bundles.flatMap((bundle, index) =>
    bundle.toReversed().map((component) => {
      const { word, shift, bits } = fieldOf(layout, component);
      const ones = mask(bits);
      const clear = ~(ones << shift);
      return `w${word} = w${word} & ${clear} | (b${index} & ${ones}) << ${shift}; b${index} >>>= ${bits};`;
    }),
  );
  return `{ let t = 0; ${[...gather, ...sort, ...scatter].join('\n')} }`;
}

/** All orders of `0 .. count - 1`, the usual one first. */
function orders(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, index) => order.toSpliced(count - 1 - index, 0, count - 1)),
  );
}

/** Expressions for the words of the state after an exchange. */
function imageCode(
  { components }: Network,
  layout: Layout,
  tables: Tables,
  exchange: Exchange,
): readonly string[] {
  const parts = Array.from({ length: layout.words }, (): string[] => []);
  const kept = Array.from({ length: layout.words }, () => 0);
  for (const component of components) {
    const from = fieldOf(layout, component);
    const target = exchange.component(component);
    const to = fieldOf(layout, target);
    const states = exchange.states(component);
    const isSame = states.every((mirror, state) => mirror === state);
    if (isSame && target === component) {
      kept[to.word] = (kept[to.word] ?? 0) | (mask(from.bits) << from.shift);
      continue;
    }
    const state = `w${from.word} >>> ${from.shift} & ${mask(from.bits)}`;
    const mirror = isSame ? `(${state})` : `${tables.row(states)}[${state}]`;
    parts[to.word]?.push(`${mirror} << ${to.shift}`);
  }
  return parts.map((texts, word) => [`w${word} & ${kept[word] ?? 0}`, ...texts].join(' | '));
}

/** Statements that try all orders and keep the one with the smallest words. */
function smallestCode(
  network: Network,
  layout: Layout,
  tables: Tables,
  symmetry: Symmetry,
): string {
  const { bundles, name } = symmetry;
  if (bundles.length > NUMBERED_MAX) {
    throw new RangeError(`symmetry of ${name}: more than ${NUMBERED_MAX} with numbers`);
  }
  const { words } = layout;
  const tries = orders(bundles.length)
    .slice(1)
    .map((places) => {
      const image = imageCode(network, layout, tables, exchangeOf(symmetry, places));
      const isSmaller = Array.from({ length: words }, (_, word) => {
        const equal = each(word, (before) => `i${before} === s${before} && `, '');
        return `${equal}i${word} < s${word}`;
      }).join(' || ');
      return `{
        const ${each(words, (word) => `i${word} = ${image[word] ?? ''}`, ', ')};
        if (${isSmaller}) { ${each(words, (word) => `s${word} = i${word};`)} }
      }`;
    });
  return `{
    let ${each(words, (word) => `s${word} = w${word}`, ', ')};
    ${tries.join('\n')}
    ${each(words, (word) => `w${word} = s${word};`)}
  }`;
}

/** Statements that put one of all the states that a symmetry takes for one into the words. */
export function symmetryCode(
  network: Network,
  layout: Layout,
  tables: Tables,
  symmetry: Symmetry,
): string {
  return symmetry.rename === undefined
    ? sortCode(layout, symmetry.bundles)
    : smallestCode(network, layout, tables, symmetry);
}
