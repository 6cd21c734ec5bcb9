import type { Component } from './network.ts';

const WORD_BITS = 32;

/** Where the state of a component stands in the packed state. */
export interface Field {
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

/** How the states of all components are packed into words. */
export interface Layout {
  readonly words: number;
  readonly fields: ReadonlyMap<Component, Field>;
}

/** Packs components into as few words as first fit, largest first, finds. */
export function layoutOf(components: readonly Component[]): Layout {
  const used: number[] = [];
  const fields = new Map<Component, Field>();
  const sized = components.map((component) => {
    const last = component.machine.states.length - 1;
    return { component, bits: last === 0 ? 0 : WORD_BITS - Math.clz32(last) };
  });
  for (const { component, bits } of sized.toSorted((a, b) => b.bits - a.bits)) {
    let word = used.findIndex((taken) => taken + bits <= WORD_BITS);
    if (word < 0) word = used.push(0) - 1;
    const shift = used[word] ?? 0;
    fields.set(component, { word, shift, bits });
    used[word] = shift + bits;
  }
  return { words: Math.max(used.length, 1), fields };
}

/** The field of a component that the layout was made for. */
export function fieldOf(layout: Layout, component: Component): Field {
  const field = layout.fields.get(component);
  if (field === undefined) throw new Error(`${component.name} is not in this network`);
  return field;
}

/** Reads a component's state out of packed words. */
export function unpack({ word, shift, bits }: Field, words: ArrayLike<number>): number {
  if (bits === 0) return 0;
  return ((words[word] ?? 0) >>> shift) & mask(bits);
}

/** As many ones as a field has bits. */
export function mask(bits: number): number {
  return bits === WORD_BITS ? -1 : (1 << bits) - 1;
}
