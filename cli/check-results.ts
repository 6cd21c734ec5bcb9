import type { RuleStatus } from '../properties/check/coverage.ts';
import type { CheckReport } from '../properties/check/report.ts';
import {
  type Kept,
  nameOf,
  type Result,
  resultOfTrace,
  type Results,
} from '../traces/report/results.ts';
import { countedResults } from './check-counts.ts';
import type { Shown } from './findings.ts';
import { placesOfCalls } from './places.ts';
import { fallback, Subjects } from './subjects.ts';

/** What `check` has to say to the systems that run it: first what is wrong, then the rest. */
export function checkResults(report: CheckReport, shown: readonly Shown[]): Results {
  const about = new Subjects(report.ruleStates);
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

function failed({ found, file }: Shown, about: Subjects): Result {
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
function said(status: 'weak' | 'partial', text: string, about: Subjects): Result {
  const [, id = text, message = text] = /^([^:]+): ([^]*)$/.exec(text) ?? [];
  const words = about.of(id);
  return { ...words, id, status, message, kept: null, place: words.place ?? fallback(words.group) };
}

/** Rules that hold, and those that nobody looks at, with the reason. */
function fineRules(report: CheckReport, wrong: readonly Result[], about: Subjects): Result[] {
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
