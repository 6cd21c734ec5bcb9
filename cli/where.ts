import type { Command } from 'commander';

import { type Rule, RULES } from '../model/rules/catalogue.ts';
import { claimsFor } from './evidence.ts';
import { WrongUse } from './exit.ts';
import { hanging } from './labels.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { ruleLines } from './rules.ts';
import { builtSymbols, entriesOfSymbol, placeText, symbolsOf } from './source-index.ts';

/** `where SYMBOL`: from a kernel function to its code and its rules. */
export function addWhere(program: Command): void {
  program
    .command('where')
    .description('show where a kernel function is built, its rules, and what checks these')
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
    ...claimLines([...carried, ...sourced.map(({ id }) => id)]),
  ].join('\n');
}

/** What would notice a change there. */
function claimLines(rules: readonly string[]): string[] {
  const { properties, litmus, faults } = claimsFor(rules);
  const block = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `${title}:`, ...lines];
  return [
    ...block(
      'properties',
      properties.flatMap(({ rules: [rule], plan }) => hanging(`  ${rule}  `, firstLine(plan))),
    ),
    ...block(
      'litmus programs',
      litmus.map(({ id }) => `  ${id}`),
    ),
    ...block(
      'faults that break them',
      faults.flatMap(({ id, mistake }) => hanging(`  ${id}  `, mistake)),
    ),
  ];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function section(title: string, rules: readonly Rule[]): string[] {
  return rules.length === 0 ? [] : ['', `${title}:`, ...rules.flatMap((rule) => ruleLines(rule))];
}

/** The kernel symbols that rules give as their source, each with these rules. */
function rulesBySource(): Map<string, Rule[]> {
  const named = new Map<string, Rule[]>();
  for (const rule of RULES) {
    for (const symbol of symbolsOf(rule.source)) {
      const rules = named.get(symbol);
      if (rules === undefined) named.set(symbol, [rule]);
      else rules.push(rule);
    }
  }
  return named;
}
