import process from 'node:process';

import type { Command } from 'commander';

import { checkLog } from '../properties/ftrace/check-log.ts';
import type { LogReport } from '../properties/ftrace/log-report.ts';
import { wholeNumber, writeJson, writeText } from './arguments.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { histogramsSvg } from './ftrace-svg.ts';
import { ftraceText } from './ftrace-text.ts';
import { print } from './output.ts';

interface FtraceFlags {
  readonly json?: string;
  readonly svg?: string;
  readonly cards: number;
}

/** `check-ftrace FILE`: a log of a real machine, watched by the machines of the model. */
export function addCheckFtrace(program: Command): void {
  program
    .command('check-ftrace')
    .description('check a log of a real machine: text of trace-cmd report, or the tracing file')
    .argument('<log>', 'file with dma_fence, gpu_scheduler, drm or sync_trace events')
    .option('--svg <file>', 'draw the histograms')
    .option('--json <file>', 'write the whole report to a file')
    .option('--cards <number>', 'graphics cards that the log is of', wholeNumber, 1)
    .action((log: string, { json, svg, cards }: FtraceFlags) => {
      if (cards === 0) throw new WrongUse('--cards: expected 1 or more');
      const report = checkLog(log, { cards });
      print(ftraceText(report, { cards }));
      if (svg !== undefined) writeText(svg, histogramsSvg(report));
      if (json !== undefined) writeJson(json, report);
      process.exitCode = exitOf(report);
    });
}

/** Lost events may hide something, and so may lines that cannot be read. */
function exitOf({ violations, lost, misread }: LogReport): ExitCode {
  if (violations.length > 0) return EXIT.broken;
  const isPartial = lost.times + lost.restarts + lost.overflows + misread.count > 0;
  return isPartial ? EXIT.partial : EXIT.nothing;
}
