import { env, stdout } from 'node:process';

import type { Command } from 'commander';

import { readTraceFile } from '../traces/read.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { print, wantsColor } from './output.ts';

/** `show TRACE`: a trace file as text. */
export function addShow(program: Command): void {
  program
    .command('show')
    .description('show a counterexample trace')
    .argument('<trace>', 'trace file')
    .action((file: string) => {
      print(terminalReport(readTraceFile(file), { file, color: wantsColor(stdout, env) }));
    });
}
