import { family, isRuleId, rule } from '../model/rules/catalogue.ts';
import type { CheckReport } from '../properties/check/report.ts';
import type { RuleStatus } from '../properties/check/coverage.ts';
import {
  type Kept,
  nameOf,
  type Place,
  type Result,
  type ResultAbout,
  resultOfTrace,
  type Results,
} from '../traces/report/results.ts';
import { countedResults } from './check-counts.ts';
import type { Shown } from './findings.ts';
import { placeOfRule, placesOfCalls } from './places.ts';

/** What `check` has to say to the systems that run it: first what is wrong, then the rest. */
export function checkResults(report: CheckReport, shown: readonly Shown[]): Results {
  const plans = new Map<string, RuleStatus>(report.ruleStates.map((state) => [state.rule, state]));
  const about = new About(plans);
  const wrong = [
    ...shown.map((one) => failed(one, about)),
    ...report.weak.map((text) => said('weak', text, about)),
  ];
  // The search for a fault ends at once, and says nothing of what it has not come to.
  const fine = report.fault === null ? fineRules(report, wrong, about) : [];
  const counted = report.fault === null ? countedResults(report) : [];
  const partial = report.partial.map((text) => said('partial', text, about));
  return { version: report.versions.package, results: [...wrong, ...partial, ...fine, ...counted] };
}

function failed({ found, file }: Shown, about: About): Result {
  const { finding, source, trace } = found;
  const named = nameOf(finding);
  const isRule = finding.rules.length > 0;
  const words = isRule ? about.of(named.id) : { ...about.of(source), title: `found by ${source}` };
  if (trace === null || file === null) {
    const place = words.place ?? fallback(words.group);
    return { ...words, ...named, status: 'failed', source, kept: null, place };
  }
  const kept: Kept = { trace, file, places: placesOfCalls(trace) };
  const result = resultOfTrace(kept, { ...words, source });
  return { ...result, place: result.place ?? fallback(words.group) };
}

/** `FENCE-046: the fault x survives`: stages name first what they speak about. */
function said(status: 'weak' | 'partial', text: string, about: About): Result {
  const [, id = text, message = text] = /^([^:]+): ([^]*)$/.exec(text) ?? [];
  const words = about.of(id);
  return { ...words, id, status, message, kept: null, place: words.place ?? fallback(words.group) };
}

/** Rules that hold, and those that nobody looks at, with the reason. */
function fineRules(report: CheckReport, wrong: readonly Result[], about: About): Result[] {
  const isWrong = new Set(wrong.map(({ id }) => id));
  return report.ruleStates.flatMap((entry): Result[] => {
    const { state, reason } = entry;
    if (isWrong.has(entry.rule)) return [];
    const rest = { ...about.of(entry.rule), id: entry.rule, kept: null };
    if (state === 'checked') return [{ ...rest, status: 'passed', message: evidence(entry) }];
    const isAsked = report.pattern === null || entry.rule.includes(report.pattern);
    if (reason === null || !isAsked) return [];
    return [{ ...rest, status: 'skipped', message: reason }];
  });
}

function evidence({ faults, witnesses }: RuleStatus): string {
  const reached = Object.entries(witnesses).map(([name, times]) => `${name} ${times} times`);
  return [
    ...(reached.length === 0 ? [] : [`reached: ${reached.join(', ')}`]),
    ...(faults.length === 0 ? [] : [`caught: ${faults.join(', ')}`]),
  ].join('; ');
}

/** What is known of a rule, or of whatever else a stage has a name for. */
class About {
  private readonly states: ReadonlyMap<string, RuleStatus>;

  constructor(states: ReadonlyMap<string, RuleStatus>) {
    this.states = states;
  }

  of(name: string): ResultAbout {
    const place = placeOfRule(name) ?? placeOfRecording(name);
    if (!isRuleId(name)) {
      return { group: groupOf(name), title: name, details: name, source: null, place };
    }
    const { text, source, file } = rule(name);
    const [plan] = this.states.get(name)?.plans ?? [];
    const details = `${text} (source: ${source}; model/rules/spec/${file})`;
    const title = plan?.split('\n')[0] ?? text;
    return { group: family(name), title, details, source: null, place };
  }
}

const RECORDING = /^([\w.-]+\.jsonl):(\d+)$/;

function placeOfRecording(source: string): Place | null {
  const [, file, line] = RECORDING.exec(source) ?? [];
  return file === undefined ? null : { file: `traces/kernel/${file}`, line: Number(line) };
}

/** `litmus` of `litmus/race-02-add-signal`; what is said about tables and systems is the model's. */
function groupOf(name: string): string {
  if (RECORDING.test(name)) return 'recordings';
  if (/^(?:system|machine|model) /.test(name)) return 'model';
  return /^(\w+)\//.exec(name)?.[1] ?? name;
}

/**
 * GitHub refuses a whole SARIF log when one result in it has no file. What no single place is to
 * blame for is shown where its stage is described.
 */
function fallback(group: string): Place {
  const folder: Readonly<Record<string, string>> = {
    litmus: 'properties/litmus',
    memory: 'properties/litmus',
    model: 'model',
    recordings: 'traces/kernel',
    scenario: 'properties/scenarios',
  };
  return { file: `${folder[group] ?? 'properties'}/README.md`, line: 1 };
}
