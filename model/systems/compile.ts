import { canonicalCode } from './canonical-code.ts';
import type { Reductions } from './canonical-code.ts';
import { claimsCode, checkCode, expandCode } from './generate.ts';
import type { Claim } from './claims.ts';
import { engineCode } from './engine-code.ts';
import type { Engine } from './engine-code.ts';
import type { EngineShape } from './key-code.ts';
import type { Layout } from './layout.ts';
import type { Network } from './network.ts';
import { sharedCode } from './parallel/shared-code.ts';
import type { SharedParts } from './parallel/shared-code.ts';
import { Tables } from './tables.ts';

/** Makes a function of text that this folder has written from tables; no input gets into it. */
function evaluate(text: string, values: Readonly<Record<string, unknown>>): unknown {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- it makes the search fast
  return new Function(...Object.keys(values), `'use strict';\n${text}`)(...Object.values(values));
}

export interface EngineParts extends Reductions {
  readonly network: Network;
  readonly layout: Layout;
  readonly always: readonly Claim[];
  readonly sometimes: readonly Claim[];
  readonly mayEnd: Claim | null;
  readonly memory: EngineShape['memory'];
  /** The size of the field in bit-state mode, a power of two. */
  readonly bitField: number;
}

/** A search as text, with the tables that it reads: plain data, which threads can be given. */
export interface Program {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The part of a search that its network alone decides, whoever searches. */
export function networkCode(parts: EngineParts): {
  readonly text: string;
  readonly arrays: Tables['arrays'];
} {
  const { network, layout, always, sometimes, mayEnd } = parts;
  const tables = new Tables();
  const text = [
    expandCode(network, layout, tables),
    checkCode(network, layout, tables, always),
    claimsCode('wanted', network, layout, tables, sometimes),
    claimsCode('ends', network, layout, tables, mayEnd === null ? [] : [mayEnd]),
    'const mayEnd = ends[0] ?? (() => 0);',
    canonicalCode(network, layout, tables, parts),
  ];
  return { text: [tables.bindings, ...text].join('\n'), arrays: tables.arrays };
}

function programOf(parts: EngineParts, engine: string): Program {
  const { text, arrays } = networkCode(parts);
  return { text: `${text}\n${engine}`, values: { arrays, bitField: parts.bitField } };
}

function shapeOf({ layout, memory, symmetry, views }: EngineParts): EngineShape {
  return { words: layout.words, memory, isReduced: symmetry.length + views.length > 0 };
}

/** Writes and compiles the search of one network. */
export function compileEngine(parts: EngineParts): Engine {
  const { text, values } = programOf(parts, engineCode(shapeOf(parts)));
  // The text returns exactly this object.
  return evaluate(text, values) as Engine;
}

/** Writes the part that each of several threads has in a search; see `SharedEngine`. */
export function sharedProgram(parts: EngineParts, capacity: number, stripes: number): Program {
  const { text, values } = programOf(parts, sharedCode({ ...shapeOf(parts), capacity }));
  return { text, values: { ...values, stripes } };
}

/** Compiles what `sharedProgram` has written. */
export function compileShared({ text, values }: Program): SharedParts {
  // The text returns exactly this object.
  return evaluate(text, values) as SharedParts;
}

/** Called for each move that is enabled, with the state behind it. */
export type Visit = (move: number, ...words: readonly number[]) => void;

/** Compiles the successor code alone: `visit` sees every enabled move of a state. */
export function compileSuccessors(
  network: Network,
  layout: Layout,
): (visit: Visit, words: readonly number[]) => number {
  const tables = new Tables();
  const expand = expandCode(network, layout, tables);
  const text = `${tables.bindings}
    let put = null;
    ${expand}
    return (visit, words) => { put = visit; return expand(...words); };`;
  // The text returns exactly this function.
  return evaluate(text, { arrays: tables.arrays }) as ReturnType<typeof compileSuccessors>;
}

/** Compiles claims into functions of a packed state. */
export function compileClaims(
  network: Network,
  layout: Layout,
  claims: readonly Claim[],
): readonly ((...words: readonly number[]) => number)[] {
  const tables = new Tables();
  const text = claimsCode('claims', network, layout, tables, claims);
  // The text returns a list of such functions.
  return evaluate(`${tables.bindings}\n${text}\nreturn claims;`, {
    arrays: tables.arrays,
  }) as ReturnType<typeof compileClaims>;
}
