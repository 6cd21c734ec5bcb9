import { type ConformReport, conform, inAll } from '../conform/conform.ts';
import { keptRecordings } from '../conform/kept-recordings.ts';
import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import type { Finding } from '../run/finding.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { Met, RecordingsReport, StageResult } from './report.ts';

export interface RecordingsResult extends StageResult {
  readonly recordings: RecordingsReport;
}

/** Replays what a real kernel answered, and compares every answer; every file is a batch. */
export class RecordingsStage implements Batches<'recording'> {
  readonly kind = 'recording';
  readonly fault: Fault | null;
  private readonly progress: (text: string) => void;
  private readonly files: readonly string[];
  private readonly reports: ConformReport[] = [];

  constructor({ fault, progress }: CheckOptions) {
    this.fault = fault;
    this.progress = progress;
    this.files = keptRecordings();
  }

  job(number: number): string | null {
    const file = this.files[number] ?? null;
    if (file !== null) this.progress(`recordings of a real kernel: ${shortName(file)}`);
    return file;
  }

  merge(report: ConformReport): boolean {
    this.reports.push(report);
    return true;
  }

  result(): RecordingsResult {
    const report = inAll(this.reports);
    const findings = report.differences.map((difference): Met => {
      const { file, line } = difference;
      return {
        finding: toFinding(difference),
        source: `${shortName(file)}:${line}`,
        failure: null,
      };
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
}

/** Replays one file. */
export function tryRecording(file: string, fault: Fault | null): ConformReport {
  return conform([file], { types: typesWith(fault) });
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
