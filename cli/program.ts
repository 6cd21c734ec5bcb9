import process from 'node:process';

import { Command } from 'commander';

import { versions } from '../properties/versions.ts';
import { addAudit } from './audit.ts';
import { addCampaign } from './campaign.ts';
import { addCampaignWorker } from './campaign-worker.ts';
import { addCheck } from './check.ts';
import { addCheckFtrace } from './check-ftrace.ts';
import { addConform } from './conform.ts';
import { addDriver } from './driver.ts';
import { addExplore } from './explore.ts';
import { addExport } from './export.ts';
import { explainError, PROGRAM_NAME, WrongUse } from './exit.ts';
import { addFaults } from './faults.ts';
import { addFuzz } from './fuzz.ts';
import { addKeep } from './keep.ts';
import { addReplay } from './replay.ts';
import { addRules } from './rules.ts';
import { addSelftests } from './selftests.ts';
import { addShow } from './show.ts';
import { addSystems } from './systems.ts';
import { addWhere } from './where.ts';

/** All verbs. They share the settings of the program, so that each ends in the same way. */
function createProgram(): Command {
  const program = new Command(PROGRAM_NAME)
    .description('Checks the Linux buffer-sharing stack against a reference model.')
    .version(versions().package)
    .helpCommand(false)
    .exitOverride()
    // Complaints are made into one line in one place.
    .configureOutput({ outputError: () => undefined });
  addCheck(program);
  addAudit(program);
  addDriver(program);
  addExplore(program);
  addFaults(program);
  addFuzz(program);
  addCampaign(program);
  addCampaignWorker(program);
  addReplay(program);
  addKeep(program);
  addShow(program);
  addExport(program);
  addConform(program);
  addCheckFtrace(program);
  addSelftests(program);
  addSystems(program);
  addRules(program);
  addWhere(program);
  return program;
}

/** Does what the words ask for. The process ends with `process.exitCode`, whatever goes wrong. */
export async function perform(words: readonly string[]): Promise<void> {
  try {
    const program = createProgram();
    if (words.length === 0) {
      const verbs = program.commands.map((command) => command.name()).join(', ');
      throw new WrongUse(`no verb; expected one of ${verbs}, or --help`);
    }
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    endWith(error);
  }
}

/** Says what went wrong, and with which code the process is to end. */
export function endWith(error: unknown): void {
  const { code, text } = explainError(error);
  if (text !== null) process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
