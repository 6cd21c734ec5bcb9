import process from 'node:process';

import type { Reported } from '../properties/check/report.ts';
import { printable } from '../traces/printable.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { writeTraceFile } from '../traces/write.ts';
import { print, wantsColor } from './output.ts';

/** Where counterexamples are written, below the current folder. */
export const FOUND = 'traces/found';
/** More counterexamples than this are named and not shown. */
const SHOWN_MAX = 3;

/** A finding as it was shown, and the file that its counterexample went to. */
export interface Shown {
  readonly found: Reported;
  readonly file: string | null;
}

/** Writes the counterexamples of findings, and prints them: the first ones whole. */
export function showFindings(findings: readonly Reported[]): readonly Shown[] {
  return findings.map((found, index) => ({ found, file: showFinding(found, index < SHOWN_MAX) }));
}

function showFinding({ finding, source, trace }: Reported, isShown: boolean): string | null {
  const file = trace === null ? null : writeTraceFile(FOUND, trace);
  if (trace !== null && isShown) {
    print(terminalReport(trace, { file, color: wantsColor(process.stdout, process.env) }));
    return file;
  }
  const name = finding.rules.length === 0 ? finding.judge : finding.rules.join(', ');
  const place = file === null ? `found by ${source}` : file;
  print(` FAIL  ${name}  ${printable(finding.message)} (${place})`);
  return file;
}
