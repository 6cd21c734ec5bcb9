import junit, { type TestCase } from 'junit-report-builder';

import { printable } from '../printable.ts';
import type { Result, Results } from './results.ts';
import { terminalReport } from './terminal.ts';

// Its types speak of an ES module, while Node loads the CommonJS one, whose export this is.
const builder = junit as unknown as typeof junit.default;

/**
 * The results as JUnit XML: a suite for each group, a test case for each result. It holds no times,
 * so that equal results give equal bytes.
 */
export function junitReport({ results }: Results): string {
  const report = builder.newBuilder().name('dmabuf-verify');
  const groups = new Set(results.map(({ group }) => group));
  for (const group of groups) {
    const suite = report.testSuite().name(printable(group));
    const names = new UniqueNames();
    for (const result of results.filter((one) => one.group === group)) {
      const test = suite
        .testCase()
        .className(printable(group))
        .name(names.of(printable(result.id)));
      if (result.place !== null) test.file(printable(result.place.file));
      end(test, result);
    }
  }
  return `${report.build()}\n`;
}

/** Readers of these reports take two cases of one name for one case. */
class UniqueNames {
  private readonly counts = new Map<string, number>();

  of(name: string): string {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  }
}

/** What fails a run fails here, of whatever sort it is; what was left out counts as skipped. */
function end(test: TestCase, result: Result): void {
  const message = printable(result.message);
  switch (result.status) {
    case 'failed':
    case 'lost':
    case 'weak':
    case 'changed':
      test.failure(message, result.status).stacktrace(wholeStory(result));
      return;
    case 'partial':
    case 'skipped':
      // The builder gives this element no message.
      test.skipped().standardOutput(`${result.status}: ${message}`);
      return;
    case 'passed':
      if (message !== '') test.standardOutput(message);
      return;
  }
}

function wholeStory({ id, title, source, message, kept }: Result): string {
  if (kept !== null) return terminalReport(kept.trace, { file: kept.file, color: false });
  const by = source === null ? [] : [`found by ${source}`];
  return [`${id}: ${title}`, message, ...by].map((line) => `${printable(line)}\n`).join('');
}
