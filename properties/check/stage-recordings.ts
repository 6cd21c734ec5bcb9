import { conform, type ConformReport } from '../conform/conform.ts';
import { keptRecordings } from '../conform/kept-recordings.ts';
import type { Finding } from '../run/finding.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { Met, RecordingsReport, StageResult } from './report.ts';

export interface RecordingsStage extends StageResult {
  readonly recordings: RecordingsReport;
}

/** Replays what a real kernel answered, and compares every answer. */
export function checkRecordings(options: CheckOptions): RecordingsStage {
  options.progress('recordings of a real kernel');
  const report = conform(keptRecordings(), { types: typesWith(options.fault) });
  const findings = report.differences.map((difference): Met => {
    const { file, line } = difference;
    return { finding: toFinding(difference), source: `${shortName(file)}:${line}`, failure: null };
  });
  const { programs, agreed, disagreed, cut, operations, byTheme, cutBy } = report;
  return {
    runs: programs,
    steps: 0,
    findings,
    weak: [],
    partial: [],
    recordings: { programs, agreed, disagreed, cut, operations, byTheme, cutBy },
  };
}

function toFinding(difference: ConformReport['differences'][number]): Finding {
  const { file, line, kernel, ...rest } = difference;
  return {
    rules: [],
    judge: 'recording',
    message: `${kernel} answered differently: ${JSON.stringify(rest)}`,
    step: null,
    expected: `what ${shortName(file)} has in line ${line}`,
  };
}

function shortName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
