// Reads the rule files and writes `catalogue.generated.ts`, from which rule ids get their types.
// Plain JavaScript, because it runs before the compiler, and Node 20 runs no TypeScript.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const RULE_FILES = ['fences.md', 'buffers.md', 'drivers-and-hardware.md'];
const FAULT_FILE = 'faults.md';
const CLAIM_FILE = 'doc-claims.md';

const RULE = /^- \*\*([A-Z0-9-]+)\*\* \[([a-z]+)\] (.+) \(source: (.+?); how to observe: (.+)\)$/;
const RULE_START = /^- \*\*[A-Z0-9-]+\*\* \[/;
const WINDOW = /^- \*\*((?:RACE|RW)-\d+)\b(.*)$/;
const SCENARIO = /^- \*\*(ST-[A-Z0-9]+-\d+)\*\* (.+)$/;
const NAMED_SCENARIO = /^\*\*(SCN-\d+) (.+?)\*\* (.+)$/;
const FAULT_START = /^\*\*(BUG-[A-Z0-9]+-\d+)\*\* — ([^,]+), (easy|medium|hard)$/;
const FAULT_FIELD = /^- (upstream|mechanism|trigger|rule broken|seed): (.+)$/;
const KERNEL_FAULT = /^\| (KERN-[A-Z0-9]+-\d+) \| (.+) \| (.+) \| (.+) \|$/;
const CLAIM = /^- \*\*(DOC-\d+)\*\* (.+) -> (.+)$/;
const CLAIM_START = /^- \*\*DOC-/;
/** What stands behind a claim: `A-001..003`, `A-001`, the table of contradictions, a whole section. */
const REFERENCE =
  /([A-Z0-9-]+)-(\d+)\.\.(\d+)|([A-Z0-9-]+-\d+)|\((scope|design)\)|sections? ([A-Z]+(?:, [A-Z]+(?![A-Z-]))*)/g;
const HEADING = /^(#+) (.+)$/;

const read = (file) => readFileSync(new URL(`spec/${file}`, import.meta.url), 'utf8').split('\n');
const stop = (file, index, problem) => {
  throw new Error(`model/rules/spec/${file}:${index + 1}: ${problem}`);
};

/** Follows the headings, and names the place as "chapter / section". */
const sectionReader = () => {
  const path = [];
  return (line) => {
    const heading = HEADING.exec(line);
    if (heading) path.splice(Math.max(heading[1].length - 2, 0), Infinity, heading[2]);
    return path.filter(Boolean).join(' / ');
  };
};

const rules = [];
const windows = [];
const scenarios = [];
for (const file of RULE_FILES) {
  const sectionAt = sectionReader();
  read(file).forEach((line, index) => {
    const section = sectionAt(line);
    const rule = RULE.exec(line);
    if (rule) {
      const [, id, kind, text, source, observe] = rule;
      rules.push({ id, kind, text, source, observe, file, line: index + 1, section });
      return;
    }
    if (RULE_START.test(line))
      stop(file, index, 'a rule needs "(source: ...; how to observe: ...)"');
    const window = WINDOW.exec(line);
    // The title of a window may be inside the bold text or after it.
    if (window)
      windows.push({ id: window[1], text: window[2].replace('**', '').trim(), file, section });
    const scenario = SCENARIO.exec(line);
    if (scenario) scenarios.push({ id: scenario[1], text: scenario[2], file, section });
    const named = NAMED_SCENARIO.exec(line);
    if (named) scenarios.push({ id: named[1], text: `${named[2]} ${named[3]}`, file, section });
  });
}

const faults = [];
const kernelFaults = [];
{
  let component = '';
  let open;
  read(FAULT_FILE).forEach((line, index) => {
    component = HEADING.exec(line)?.[2] ?? component;
    const start = FAULT_START.exec(line);
    if (start) {
      open = { id: start[1], class: start[2], grade: start[3], component };
      faults.push(open);
      return;
    }
    if (line.startsWith('**BUG-')) stop(FAULT_FILE, index, 'a fault needs "— class, grade"');
    const field = FAULT_FIELD.exec(line);
    if (field && open) open[field[1] === 'rule broken' ? 'ruleBroken' : field[1]] = field[2];
    const kernel = KERNEL_FAULT.exec(line);
    if (kernel) {
      const [, id, ruleBroken, mechanism, evidence] = kernel;
      kernelFaults.push({ id, ruleBroken, mechanism, evidence });
    }
  });
  for (const fault of faults)
    for (const field of ['upstream', 'mechanism', 'trigger', 'ruleBroken', 'seed'])
      if (!fault[field])
        throw new Error(`model/rules/spec/${FAULT_FILE}: ${fault.id} has no ${field}`);
}

const ruleIds = new Set(rules.map(({ id }) => id));
const otherIds = new Set([...windows, ...scenarios].map(({ id }) => id));

/**
 * A claim of the seed document: its rules, and what else is said of it.
 *
 * @param {number} index
 * @param {string} section
 * @param {string} id
 * @param {string} text
 * @param {string} references
 */
const claimOf = (index, section, id, text, references) => {
  /** @type {{ id: string, text: string, rules: string[], families: string[], notes: string[], section: string }} */
  const claim = { id, text, rules: [], families: [], notes: [], section };
  let rest = references;
  for (const match of references.matchAll(REFERENCE)) {
    const [whole, family, from, to, single, kind, sections] = match;
    rest = rest.replace(whole, '');
    if (kind) claim.notes.push(kind);
    else if (sections) claim.families.push(...sections.split(', '));
    else if (family)
      for (let number = Number(from); number <= Number(to); number += 1)
        claim.rules.push(`${family}-${String(number).padStart(from.length, '0')}`);
    else if (single.startsWith('MM-') || otherIds.has(single)) claim.notes.push(single);
    else claim.rules.push(single);
  }
  if (/[^ ,;]/.test(rest)) stop(CLAIM_FILE, index, `what does "${rest.trim()}" refer to?`);
  const unknown = claim.rules.find((rule) => !ruleIds.has(rule));
  if (unknown) stop(CLAIM_FILE, index, `there is no rule ${unknown}`);
  return claim;
};

const claims = [];
{
  const sectionAt = sectionReader();
  read(CLAIM_FILE).forEach((line, index) => {
    const section = sectionAt(line);
    const claim = CLAIM.exec(line);
    if (claim) claims.push(claimOf(index, section, claim[1], claim[2], claim[3]));
    else if (CLAIM_START.test(line)) stop(CLAIM_FILE, index, 'a claim needs "-> rules"');
  });
}

const seen = new Set();
for (const { id } of [...rules, ...windows, ...scenarios, ...faults, ...kernelFaults, ...claims]) {
  if (seen.has(id)) throw new Error(`model/rules/spec: ${id} is defined twice`);
  seen.add(id);
}

const idType = (name, entries) =>
  `export type ${name} =\n${entries.map(({ id }) => `  | '${id}'`).join('\n')};\n`;
const table = (name, type, entries) =>
  `export const ${name}: readonly ${type}[] = ${JSON.stringify(entries, null, 2)};\n`;
const face = (name, id, fields) =>
  `export interface ${name} {\n  readonly id: ${id};\n${fields.map((f) => `  readonly ${f};\n`).join('')}}\n`;

const familyOf = (id) => id.slice(0, id.lastIndexOf('-'));
const families = [...new Set(rules.map((rule) => familyOf(rule.id)))];
const kinds = [...new Set(rules.map((rule) => rule.kind))];
const place = ['file: string', 'section: string'];
const output = [
  '// Generated by generate.mjs from the files in spec/. Do not edit.\n',
  `export type RuleKind = ${kinds.map((kind) => `'${kind}'`).join(' | ')};\n`,
  idType(
    'RuleFamily',
    families.map((id) => ({ id })),
  ),
  idType('RuleId', rules),
  idType('WindowId', windows),
  idType('ScenarioId', scenarios),
  idType('HistoricalFaultId', faults),
  idType('KernelFaultId', kernelFaults),
  '/** Anything that the rule files give a name to. */',
  'export type SpecId = RuleId | WindowId | ScenarioId | HistoricalFaultId | KernelFaultId;\n',
  face('Rule', 'RuleId', [
    'kind: RuleKind',
    'text: string',
    'source: string',
    'observe: string',
    'line: number',
    ...place,
  ]),
  face('Window', 'WindowId', ['text: string', ...place]),
  face('Scenario', 'ScenarioId', ['text: string', ...place]),
  face('HistoricalFault', 'HistoricalFaultId', [
    'class: string',
    "grade: 'easy' | 'medium' | 'hard'",
    'component: string',
    'upstream: string',
    'mechanism: string',
    'trigger: string',
    'ruleBroken: string',
    'seed: string',
  ]),
  face('KernelFault', 'KernelFaultId', [
    'ruleBroken: string',
    'mechanism: string',
    'evidence: string',
  ]),
  face('DocClaim', 'string', [
    'text: string',
    'rules: readonly RuleId[]',
    'families: readonly RuleFamily[]',
    'notes: readonly string[]',
    'section: string',
  ]),
  table('RULES', 'Rule', rules),
  table('WINDOWS', 'Window', windows),
  table('SCENARIOS', 'Scenario', scenarios),
  table('HISTORICAL_FAULTS', 'HistoricalFault', faults),
  table('KERNEL_FAULTS', 'KernelFault', kernelFaults),
  table('DOC_CLAIMS', 'DocClaim', claims),
].join('\n');

const target = new URL('catalogue.generated.ts', import.meta.url);
// An unchanged file keeps its date, so that incremental builds and watchers stay quiet.
if (!existsSync(target) || readFileSync(target, 'utf8') !== output) writeFileSync(target, output);
