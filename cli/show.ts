import { writeFileSync } from 'node:fs';
import { env, stdout } from 'node:process';

import type { Command } from 'commander';

import { makeView } from '../properties/viewer/make-view.ts';
import { printable } from '../traces/printable.ts';
import { readTraceFile } from '../traces/read.ts';
import { replayCommand } from '../traces/report/replay-command.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import type { Trace } from '../traces/trace.ts';
import { viewPage } from '../traces/viewer/page.ts';
import { WrongUse } from './exit.ts';
import { type Origin, type OriginFlags, originOf } from './origin.ts';
import { print, wantsColor } from './output.ts';
import { placeTexts } from './places.ts';

interface ShowFlags extends OriginFlags {
  readonly html?: string | true;
}

/** `show TRACE`: a trace file as text, or as a page. */
export function addShow(program: Command): void {
  program
    .command('show')
    .description('show a counterexample trace')
    .argument('<trace>', 'trace file')
    .option('--html [file]', 'write a page that opens from disk; default: beside the trace')
    .option('--fault <id>', 'for a page: the fault to replay with (id or module)')
    .option('--driver <module>', 'for a page: the module whose driver the trace was found in')
    .action(async (file: string, flags: ShowFlags) => {
      const trace = readTraceFile(file);
      if (flags.html === undefined) {
        print(terminalReport(trace, { file, color: wantsColor(stdout, env) }));
        return;
      }
      const page = flags.html === true ? file.replace(/(\.json)?$/, '.html') : flags.html;
      writePage(page, await pageOf(trace, file, flags));
      print(`${printable(page)}: open it in a browser`);
    });
}

async function pageOf(trace: Trace, file: string, flags: ShowFlags): Promise<string> {
  const { origin, notices } = await knownOrigin(trace, file, flags);
  const { driver } = flags;
  const view = await makeView(trace, {
    replay: origin === null ? null : (one, watchers) => origin.replay(one, watchers),
    notices,
    places: placeTexts(trace),
    command: replayCommand(driver === undefined ? { file } : { file, driver }),
  });
  return viewPage(view);
}

interface KnownOrigin {
  readonly origin: Origin | null;
  readonly notices: readonly string[];
}

/** A trace of code that is not here is shown as it is; a wrong option is a mistake. */
async function knownOrigin(trace: Trace, file: string, flags: ShowFlags): Promise<KnownOrigin> {
  try {
    return { origin: await originOf(trace, file, flags), notices: [] };
  } catch (error) {
    const isNamed = flags.fault !== undefined || flags.driver !== undefined;
    if (!(error instanceof WrongUse) || isNamed) throw error;
    return { origin: null, notices: [`It is not replayed: ${error.message}`] };
  }
}

function writePage(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongUse(`${file}: cannot be written: ${reason}`);
  }
}
