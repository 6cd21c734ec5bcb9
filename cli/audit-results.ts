import type { Audit } from '../properties/baseline/audit.ts';
import type { Difference } from '../properties/baseline/compare/difference.ts';
import type { Result, Results, Status } from '../traces/report/results.ts';
import { nameOfDifference } from './audit-text.ts';
import { checkResults } from './check-results.ts';
import type { Shown } from './findings.ts';
import { placeOfRule } from './places.ts';
import { fallback, Subjects } from './subjects.ts';

/** Something more than before is as good a reason to look as something else than before. */
const STATUS: Readonly<Record<Difference['kind'], Status>> = {
  lost: 'lost',
  gained: 'changed',
  changed: 'changed',
};

/** Rules have their families. */
const GROUP: Readonly<Record<Exclude<Difference['part'], 'rule'>, string>> = {
  machine: 'model',
  system: 'model',
  litmus: 'litmus',
  claim: 'claims',
  fault: 'faults',
  paths: 'model',
  recordings: 'recordings',
  scenario: 'scenarios',
  matrix: 'faults',
};

/** What `audit` has to say to the systems that run it: the differences, then what the check says. */
export function auditResults(
  { differences, report }: Pick<Audit, 'differences' | 'report'>,
  shown: readonly Shown[],
): Results {
  const subjects = new Subjects(report.ruleStates);
  const checked = checkResults(report, shown);
  const changes = differences.map((difference) => toResult(difference, subjects));
  return { ...checked, results: [...changes, ...checked.results] };
}

function toResult(difference: Difference, subjects: Subjects): Result {
  const { part, text, details, rules, kind } = difference;
  const id = nameOfDifference(difference);
  const about = subjects.of(id);
  const group = part === 'rule' ? about.group : GROUP[part];
  const [place = null] = rules.map(placeOfRule).filter((found) => found !== null);
  const also = rules.length === 0 ? '' : ` [${rules.join(' ')}]`;
  return {
    ...about,
    id,
    group,
    status: STATUS[kind],
    message: `${[text, ...details].join('; ')}${also}`,
    kept: null,
    place: about.place ?? place ?? fallback(group),
  };
}
