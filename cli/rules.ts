import type { Command } from 'commander';

import {
  HISTORICAL_FAULTS,
  isRuleId,
  KERNEL_FAULTS,
  NOT_MODELLED,
  rule,
  type Rule,
  RULES,
  RULES_BY_FAMILY,
  SCENARIOS,
  WINDOWS,
} from '../model/rules/catalogue.ts';
import { counted, wrap } from '../traces/report/text.ts';
import { WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { entriesOfRule, placeText } from './source-index.ts';

/** Unit: characters. */
const WIDTH_MAX = 100;
const LABEL_WIDTH = 10;

/** `rules [ID]`: the catalogue, a family of it, or one entry. */
export function addRules(program: Command): void {
  program
    .command('rules')
    .description('list the rule families, the rules of a family, or one rule with its code')
    .argument('[id]', 'a rule such as FENCE-046, a family such as FENCE, a fault, a race window')
    .action((id: string | undefined) => print(id === undefined ? overview() : entryText(id)));
}

/** A rule in its own words: `FENCE-046 [conc] …`. */
export function ruleLines({ id, kind, text }: Rule): string[] {
  return hanging(`  ${id} [${kind}] `, text);
}

function overview(): string {
  const rows = [...RULES_BY_FAMILY].map(([name, rules]) => {
    const reason = NOT_MODELLED[name];
    const count = counted(rules.length, 'rule').padStart(9);
    return `  ${name.padEnd(9)} ${count}${reason === undefined ? '' : `  not modelled: ${reason}`}`;
  });
  return [`${RULES.length} rules in ${RULES_BY_FAMILY.size} families`, ...rows].join('\n');
}

function entryText(wanted: string): string {
  const id = wanted.toUpperCase();
  if (isRuleId(id)) return ruleText(rule(id)).join('\n');
  for (const [name, rules] of RULES_BY_FAMILY) {
    if (name === id) return rules.flatMap((entry) => ruleLines(entry)).join('\n');
  }
  const text = faultText(id) ?? placeInSpecText(id);
  if (text !== null) return text.join('\n');
  const known = [...RULES, ...HISTORICAL_FAULTS, ...KERNEL_FAULTS, ...WINDOWS, ...SCENARIOS];
  const names = [...known.map((entry) => entry.id), ...RULES_BY_FAMILY.keys()];
  throw new WrongUse(unknown('rule', wanted, names));
}

function ruleText(entry: Rule): string[] {
  return [
    ...hanging(`${entry.id} [${entry.kind}] `, entry.text),
    ...labelled('source', entry.source),
    ...labelled('observe', entry.observe),
    ...labelled('section', `${entry.file}: ${entry.section}`),
    ...codeLines(entry.id),
  ];
}

function codeLines(id: string): string[] {
  const places = entriesOfRule(id).map(placeText);
  if (places.length === 0) places.push('none carries its tag');
  return places.flatMap((place, index) => labelled(index === 0 ? 'code' : '', place));
}

function faultText(id: string): string[] | null {
  const historical = HISTORICAL_FAULTS.find((entry) => entry.id === id);
  if (historical !== undefined) {
    const { class: kind, grade, component, upstream, mechanism, trigger, ruleBroken } = historical;
    return [
      `${id} ${kind}, ${grade} to find, in ${component}`,
      ...labelled('upstream', upstream),
      ...labelled('mechanism', mechanism),
      ...labelled('trigger', trigger),
      ...labelled('breaks', ruleBroken),
    ];
  }
  const kernel = KERNEL_FAULTS.find((entry) => entry.id === id);
  if (kernel === undefined) return null;
  return [
    ...hanging(`${id} `, kernel.mechanism),
    ...labelled('breaks', kernel.ruleBroken),
    ...labelled('evidence', kernel.evidence),
  ];
}

function placeInSpecText(id: string): string[] | null {
  const entry = [...WINDOWS, ...SCENARIOS].find((candidate) => candidate.id === id);
  if (entry === undefined) return null;
  return [
    ...hanging(`${id} `, entry.text),
    ...labelled('section', `${entry.file}: ${entry.section}`),
    ...codeLines(id),
  ];
}

function labelled(label: string, text: string): string[] {
  return hanging(`  ${label.padEnd(LABEL_WIDTH)}`, text);
}

function hanging(prefix: string, text: string): string[] {
  return wrap(text, WIDTH_MAX - prefix.length).map(
    (line, index) => (index === 0 ? prefix : ''.padEnd(prefix.length)) + line,
  );
}
