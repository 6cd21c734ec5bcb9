import type { Audit, AuditVerdict } from '../properties/baseline/audit.ts';
import type { Difference } from '../properties/baseline/compare/difference.ts';
import type { CarriedOver } from '../properties/baseline/since/overlay.ts';
import { printable } from '../traces/printable.ts';
import { counted, wrap } from '../traces/report/text.ts';

/** Unit: characters. */
const WIDTH = 110;
const INDENT = '            ';
/** Of one part, so many differences are printed. */
const SHOWN_MAX = 12;
/** Of one difference, so many lines beside the first. */
const DETAILS_MAX = 6;

/** What an audit says, in lines; counterexamples stand above it. */
export function auditText(audit: Audit): readonly string[] {
  return [
    ...differenceLines(audit.differences),
    ...brokenLines(audit),
    ...carriedLines(audit.carriedOver),
    ...ending(audit),
  ];
}

function differenceLines(differences: readonly Difference[]): readonly string[] {
  const parts = [...new Set(differences.map(({ part }) => part))];
  return parts.flatMap((part) => {
    const all = differences.filter((one) => one.part === part);
    const shown = all.slice(0, SHOWN_MAX).flatMap(differenceText);
    const rest = all.length - SHOWN_MAX;
    return rest > 0 ? [...shown, `${INDENT}… and ${rest} more of ${part} (--json has all)`] : shown;
  });
}

function differenceText({ kind, part, subject, text, details, rules }: Difference): string[] {
  // A rule that speaks of itself need not be named twice.
  const others = rules.filter((rule) => rule !== subject);
  const about = others.length === 0 ? '' : ` [${others.join(' ')}]`;
  const first = `${nameOfDifference({ part, subject })}: ${text}${about}`;
  const rest = details.length - DETAILS_MAX;
  const more = rest > 0 ? [`… and ${rest} more lines (--json has all)`] : [];
  return [
    ...hung(kind, first),
    ...[...details.slice(0, DETAILS_MAX), ...more].flatMap((line) => hung('', `  ${line}`)),
  ];
}

/** Their names say what they are. */
const NAMED: ReadonlySet<Difference['part']> = new Set(['rule', 'claim', 'fault']);

/** `machine fence`, `FENCE-046`: a machine and a system may share a name. */
export function nameOfDifference({ part, subject }: Pick<Difference, 'part' | 'subject'>): string {
  return NAMED.has(part) ? subject : `${part} ${subject}`;
}

/** A finding, and a property whose fault survives or whose case is never reached. */
function brokenLines({ report }: Audit): readonly string[] {
  const rules = new Map<string, string>();
  for (const { finding, source } of report.findings) {
    const name = finding.rules.length === 0 ? source : finding.rules.join(', ');
    if (!rules.has(name)) rules.set(name, finding.message);
  }
  const lines = [...rules].map(([name, message]) => ({ name, message }));
  return [
    ...lines
      .slice(0, SHOWN_MAX)
      .flatMap(({ name, message }) => hung('broken', `${name}: ${message}`)),
    ...(lines.length > SHOWN_MAX
      ? [`${INDENT}… and ${lines.length - SHOWN_MAX} more (--json)`]
      : []),
    ...report.weak.slice(0, SHOWN_MAX).flatMap((text) => hung('weak', text)),
    ...report.partial.slice(0, SHOWN_MAX).flatMap((text) => hung('partial', text)),
  ];
}

/** What stands as it was: nobody has looked at it again. */
function carriedLines(carriedOver: CarriedOver): readonly string[] {
  const parts = Object.entries(carriedOver).filter(([, names]) => names.length > 0);
  if (parts.length === 0) return [];
  const counts = parts.map(([part, names]) => `${part} ${names.length}`).join(', ');
  return hung(
    'not run',
    `${counts}: carried over from the baseline, not passed (--json names them)`,
  );
}

const MEANING: Readonly<Record<AuditVerdict, string>> = {
  broken: 'a rule is broken',
  lost: 'no rule is broken, and something that was guaranteed is not any more',
  changed: 'no rule is broken, and nothing is lost; what is guaranteed is another thing',
  unchanged: 'no semantic change',
};

function ending({ verdict, report, kept }: Audit): readonly string[] {
  const { rules, recordings, runs, steps, seed } = report;
  const caught = kept.filter(({ caughtBy }) => caughtBy !== null);
  const replayed = kept.filter(({ caughtBy }) => caughtBy === 'replay').length;
  const agreed =
    recordings === null ? '' : `, recordings ${recordings.agreed} of ${recordings.programs}`;
  return [
    `looked at   rules ${rules.checked} of ${rules.total}, faults of the catalogue ${caught.length} of ` +
      `${kept.length} (${replayed} by their kept traces)${agreed}`,
    `bounds      ${counted(runs, 'run')}, ${counted(steps, 'step')}, seed ${seed}`,
    `verdict     ${MEANING[verdict]}`,
  ];
}

function hung(title: string, text: string): string[] {
  const lines = wrap(printable(text), WIDTH - INDENT.length);
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(INDENT.length)}${line}`);
}
