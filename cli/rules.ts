import process from 'node:process';

import type { Command } from 'commander';

import {
  family,
  HISTORICAL_FAULTS,
  isRuleId,
  KERNEL_FAULTS,
  rule,
  type Rule,
  RULES,
  RULES_BY_FAMILY,
  SCENARIOS,
  WINDOWS,
} from '../model/rules/catalogue.ts';
import type { RuleStatus } from '../properties/check/coverage.ts';
import { counted } from '../traces/report/text.ts';
import { docLines } from './doc-claims.ts';
import { claimsFor, declared, measure } from './evidence.ts';
import { WrongUse } from './exit.ts';
import { hanging, labelled, labelledList } from './labels.ts';
import { lastResults } from './last-results.ts';
import { unknown } from './nearest.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { entriesOfRule, placeText } from './source-index.ts';

/** `rules [ID]`: the catalogue, a family of it, or one entry, with what speaks for it. */
export function addRules(program: Command): void {
  program
    .command('rules')
    .description('say how well the rules are checked: all families, one family, or one rule')
    .argument('[id]', 'a rule such as FENCE-046, a family such as FENCE, a fault, a race window')
    .option('--run', 'run the properties of all families, too (one family or rule always runs)')
    .option('--doc', 'list the claims of the seed document, with the last results behind each')
    .action((id: string | undefined, flags: RulesFlags) => {
      print(linesOf(id, flags).join('\n'));
    });
}

interface RulesFlags {
  readonly run?: boolean;
  readonly doc?: boolean;
}

function linesOf(id: string | undefined, { run = false, doc = false }: RulesFlags): string[] {
  if (doc && id !== undefined) throw new WrongUse(`--doc lists all claims; expected no "${id}"`);
  if (doc) return docLines(run ? statesOf(null) : lastResults());
  return id === undefined ? overview(run) : entryText(id);
}

/** A rule in its own words: `FENCE-046 [conc] …`. */
export function ruleLines({ id, kind, text }: Rule): string[] {
  return hanging(`  ${id} [${kind}] `, text);
}

/** Runs the properties of what matches, with a word about progress. */
function statesOf(pattern: string | null): readonly RuleStatus[] {
  const progress = createProgress(process.stderr);
  const states = measure(pattern, (text) => progress.show(text));
  progress.end();
  return states;
}

function overview(isRun: boolean): string[] {
  const states = isRun ? statesOf(null) : null;
  const rows = [...RULES_BY_FAMILY].map(([name, rules]) => {
    const start = `  ${name.padEnd(9)} ${counted(rules.length, 'rule').padStart(9)}`;
    if (states === null) return `${start}  ${declared(name)} of ${rules.length} have a property`;
    return `${start}  ${share(states.filter((entry) => entry.family === name))}`;
  });
  const hint = isRun ? [] : ['`rules --run` runs them and says how many are checked.'];
  return [`${RULES.length} rules in ${RULES_BY_FAMILY.size} families`, ...rows, ...hint];
}

/** `92 of 92 checked (100 %)` */
function share(states: readonly RuleStatus[]): string {
  const checked = states.filter(({ state }) => state === 'checked').length;
  const percent = states.length === 0 ? 0 : Math.floor((100 * checked) / states.length);
  return `${checked} of ${states.length} checked (${percent} %)`;
}

function entryText(wanted: string): string[] {
  const id = wanted.toUpperCase();
  if (isRuleId(id)) return ruleText(rule(id));
  for (const [name, rules] of RULES_BY_FAMILY) if (name === id) return familyText(name, rules);
  const text = faultText(id) ?? placeInSpecText(id);
  if (text !== null) return text;
  const known = [...RULES, ...HISTORICAL_FAULTS, ...KERNEL_FAULTS, ...WINDOWS, ...SCENARIOS];
  const names = [...known.map((entry) => entry.id), ...RULES_BY_FAMILY.keys()];
  throw new WrongUse(unknown('rule', wanted, names));
}

function familyText(name: string, rules: readonly Rule[]): string[] {
  const states = new Map(statesOf(`${name}-`).map((entry) => [entry.rule, entry]));
  const lines = rules.flatMap((entry) => {
    const state = states.get(entry.id);
    const shown = ruleLines(entry);
    return state === undefined ? shown : [...shown, ...shortState(state)];
  });
  return [...lines, share([...states.values()])];
}

/** A line or two below the words of a rule. */
function shortState({ state, reason, witnesses, faults }: RuleStatus): string[] {
  if (reason !== null) return hanging(`      ${state}: `, reason);
  const parts = [witnessText(witnesses), faults.join(', ')].filter((part) => part !== '');
  return hanging(`      ${state}: `, parts.join('; caught: '));
}

/** `accepted 31 times, refused 23 times` */
function witnessText(witnesses: RuleStatus['witnesses']): string {
  const entries = Object.entries(witnesses).map(([name, count]) => `${name} ${count}×`);
  return entries.join(', ');
}

function ruleText(entry: Rule): string[] {
  const { id } = entry;
  const [state] = statesOf(id);
  const { properties, litmus, faults } = claimsFor([id]);
  const own = properties.filter(({ rules: [first] }) => first === id);
  const also = properties.filter(({ rules: [first] }) => first !== id);
  const places = entriesOfRule(id).map(placeText);
  const caught = new Set(state?.faults);
  return [
    ...hanging(`${id} [${entry.kind}] `, entry.text),
    ...labelled('source', entry.source),
    ...labelled('observe', entry.observe),
    ...labelled('section', `${entry.file}: ${entry.section}`),
    ...labelledList('code', places.length === 0 ? ['none carries its tag'] : places),
    ...(state === undefined ? [] : stateLines(state)),
    ...own.flatMap(({ plan }) =>
      labelledList(
        'plan',
        plan.split('\n').map((line) => line.trim()),
      ),
    ),
    ...labelledList(
      'programs',
      own.flatMap(({ programs }) => programs.map(({ name }) => name)),
    ),
    ...witnessLines(state),
    ...labelledList(
      'faults',
      faults.map(
        (fault) => `${fault.id}: ${fault.mistake}${caught.has(fault.id) ? ' (caught)' : ''}`,
      ),
    ),
    ...labelledList(
      'litmus',
      litmus.map(({ id: name }) => name),
    ),
    ...labelledList(
      'see also',
      also.map(({ rules: [first] }) => `the property of ${first}`),
    ),
  ];
}

function witnessLines(state: RuleStatus | undefined): string[] {
  const text = state === undefined ? '' : witnessText(state.witnesses);
  return text === '' ? [] : labelled('witness', text);
}

function stateLines({ rule: id, state, reason }: RuleStatus): string[] {
  const why = reason === null ? '' : `: ${reason}`;
  return labelled('state', `${state}${why} (family ${family(id)})`);
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
  const places = entriesOfRule(id).map(placeText);
  return [
    ...hanging(`${id} `, entry.text),
    ...labelled('section', `${entry.file}: ${entry.section}`),
    ...labelledList('code', places.length === 0 ? ['none carries its tag'] : places),
  ];
}
