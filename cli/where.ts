import type { Command } from 'commander';

import { type Rule, RULES } from '../model/rules/catalogue.ts';
import { WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { ruleLines } from './rules.ts';
import { builtSymbols, entriesOfSymbol, placeText } from './source-index.ts';

const SYMBOL = /[A-Za-z_]\w*(?:->\w+)?/g;

/** `where SYMBOL`: from a kernel function to its code and its rules. */
export function addWhere(program: Command): void {
  program
    .command('where')
    .description('show where a kernel function or structure is built, and which rules it carries')
    .argument('<symbol>', 'such as dma_fence_add_callback')
    .action((symbol: string) => print(whereText(symbol)));
}

/** Everything that is known of a kernel symbol. */
export function whereText(wanted: string): string {
  const symbol = wanted
    .trim()
    .replace(/^(?:struct|enum|union)\s+/, '')
    .replace(/\(\)$/, '');
  const entries = entriesOfSymbol(symbol);
  const named = rulesBySource();
  const sourced = named.get(symbol) ?? [];
  if (entries.length === 0 && sourced.length === 0) {
    throw new WrongUse(unknown('kernel symbol', symbol, [...builtSymbols(), ...named.keys()]));
  }
  const carried = new Set(entries.flatMap(({ rules }) => rules));
  const others = sourced.filter(({ id }) => !carried.has(id));
  return [
    symbol,
    ...(entries.length === 0
      ? ['  not built yet']
      : entries.map((entry) => `  ${placeText(entry)}`)),
    ...section(
      'rules',
      RULES.filter(({ id }) => carried.has(id)),
    ),
    ...section('rules that name it, with code elsewhere or none', others),
  ].join('\n');
}

function section(title: string, rules: readonly Rule[]): string[] {
  return rules.length === 0 ? [] : ['', `${title}:`, ...rules.flatMap((rule) => ruleLines(rule))];
}

/** The kernel symbols that rules give as their source, each with these rules. */
function rulesBySource(): Map<string, Rule[]> {
  const named = new Map<string, Rule[]>();
  for (const rule of RULES) {
    for (const symbol of new Set(rule.source.match(SYMBOL))) {
      // Words of prose have no underscore.
      if (!symbol.includes('_')) continue;
      const rules = named.get(symbol);
      if (rules === undefined) named.set(symbol, [rule]);
      else rules.push(rule);
    }
  }
  return named;
}
