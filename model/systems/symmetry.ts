import { createHash } from 'node:crypto';
import type { Claim, Properties } from './claims.ts';
import { fieldOf, mask } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Component, Network } from './network.ts';
import { wordNames } from './tables.ts';

/** A bundle must fit into one number that sorts as an integer. */
const BUNDLE_BITS_MAX = 30;

/**
 * Bundles of components that nobody can tell apart: the first machine of one is the same as the
 * first of another, and so on. Only one of all the orders in which bundles can stand is searched.
 */
export type Symmetry = readonly (readonly Component[])[];

/** Exchanges two bundles. */
function exchange(a: readonly Component[], b: readonly Component[]): Map<Component, Component> {
  const pairs = new Map<Component, Component>();
  for (const [index, component] of a.entries()) {
    const twin = b[index];
    if (twin?.machine !== component.machine || a.length !== b.length) {
      throw new Error(`${component.name} and ${twin?.name ?? 'nobody'} are not the same machine`);
    }
    pairs.set(component, twin).set(twin, component);
  }
  return pairs;
}

function vectorKey(takes: readonly (readonly [Component, string])[]): string {
  return takes
    .map(([component, event]) => `${component.name} ${event}`)
    .toSorted()
    .join('; ');
}

/** The same for claims that say the same, in whatever order they list their components. */
function claimKey({ over, cells }: Claim, twin: (component: Component) => Component): string {
  const seen = over.map((component, index) => ({ index, component, name: twin(component).name }));
  const sorted = seen.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const strides = over.map((_, index) =>
    over.slice(index + 1).reduce((product, { machine }) => product * machine.states.length, 1),
  );
  let order = [0];
  for (const { index, component } of sorted) {
    const stride = strides[index] ?? 0;
    order = order.flatMap((cell) => component.machine.states.map((_, s) => cell + s * stride));
  }
  const bits = Uint8Array.from(order, (cell) => cells[cell] ?? 0);
  const digest = createHash('sha256').update(bits).digest('hex');
  return `${sorted.map(({ name }) => name).join()} ${digest}`;
}

/**
 * Throws unless exchanging any two neighbouring bundles gives the same moves and the same claims:
 * a symmetry is declared by people and proved here.
 */
export function proveSymmetry(
  { name, moves }: Network,
  { always = [], sometimes = [], mayEnd }: Properties,
  bundles: Symmetry,
): void {
  const vectors = new Set(moves.map(({ takes }) => vectorKey(takes)));
  const claims = [...always, ...sometimes, ...(mayEnd === undefined ? [] : [mayEnd])];
  const known = new Set(claims.map((one) => claimKey(one, (component) => component)));
  for (const [index, bundle] of bundles.slice(1).entries()) {
    const pairs = exchange(bundles[index] ?? [], bundle);
    const twin = (component: Component): Component => pairs.get(component) ?? component;
    for (const move of moves) {
      const mirrored = move.takes.map(([component, event]) => [twin(component), event] as const);
      if (vectors.has(vectorKey(mirrored))) continue;
      throw new Error(`system ${name} is not symmetric: ${move.name} has no mirror image`);
    }
    for (const one of claims) {
      if (known.has(claimKey(one, twin))) continue;
      throw new Error(`system ${name} is not symmetric: claim "${one.name}" has no mirror image`);
    }
  }
}

/** Statements that sort the bundles of one symmetry within the words. */
function sortCode(layout: Layout, bundles: Symmetry): string {
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

/** The text of `canonical(then, w0, ...)`: calls `then` with the chosen order of all bundles. */
export function canonicalCode(layout: Layout, symmetries: readonly Symmetry[]): string {
  const words = wordNames(layout.words);
  const sorts = symmetries.map((bundles) => sortCode(layout, bundles));
  return `function canonical(then, ${words}) { ${sorts.join('\n')} return then(${words}); }`;
}
