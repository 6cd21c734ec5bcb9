import { SOURCE_ENTRIES } from './source-index.generated.ts';

const SYMBOL = /[A-Za-z_]\w*(?:->\w+)?/g;

/** A place in the sources that carries tags. */
export interface SourceEntry {
  /** Kernel functions and structures that are built here; a star at the end stands for any rest. */
  readonly symbols: readonly string[];
  readonly rules: readonly string[];
  /** `FenceSignal.addCallback` */
  readonly name: string;
  /** Relative to the root of the project. */
  readonly file: string;
  readonly line: number;
}

/** The places that build a kernel symbol. */
export function entriesOfSymbol(symbol: string): SourceEntry[] {
  return SOURCE_ENTRIES.filter(({ symbols }) =>
    symbols.some((name) =>
      name.endsWith('*') ? symbol.startsWith(name.slice(0, -1)) : name === symbol,
    ),
  );
}

/** The places that carry a rule. */
export function entriesOfRule(rule: string): SourceEntry[] {
  return SOURCE_ENTRIES.filter(({ rules }) => rules.includes(rule));
}

/** Every kernel symbol that has a place. */
export function builtSymbols(): Set<string> {
  return new Set(SOURCE_ENTRIES.flatMap(({ symbols }) => symbols));
}

/** `impl/dma-buf/fence-signal.ts:97  FenceSignal.addCallback` */
export function placeText({ file, line, name }: SourceEntry): string {
  return `${file}:${line}  ${name}`;
}

/** The kernel symbols that a rule gives as its source. */
export function symbolsOf(source: string): string[] {
  // Words of prose have no underscore.
  return [...new Set(source.match(SYMBOL))].filter((symbol) => symbol.includes('_'));
}
