import process from 'node:process';

import { Command } from 'commander';

import { versions } from '../properties/versions.ts';
import { explainError, PROGRAM_NAME, WrongUse } from './exit.ts';

type Add = (program: Command) => void;

/** All verbs, in the order of the help. Each brings the modules that it needs, and no others. */
const VERBS: Readonly<Record<string, () => Promise<Add>>> = {
  check: async () => (await import('./check.ts')).addCheck,
  audit: async () => (await import('./audit.ts')).addAudit,
  driver: async () => (await import('./driver.ts')).addDriver,
  explore: async () => (await import('./explore.ts')).addExplore,
  faults: async () => (await import('./faults.ts')).addFaults,
  fuzz: async () => (await import('./fuzz.ts')).addFuzz,
  campaign: async () => (await import('./campaign.ts')).addCampaign,
  'campaign-worker': async () => (await import('./campaign-worker.ts')).addCampaignWorker,
  replay: async () => (await import('./replay.ts')).addReplay,
  keep: async () => (await import('./keep.ts')).addKeep,
  show: async () => (await import('./show.ts')).addShow,
  export: async () => (await import('./export.ts')).addExport,
  conform: async () => (await import('./conform.ts')).addConform,
  'check-ftrace': async () => (await import('./check-ftrace.ts')).addCheckFtrace,
  selftests: async () => (await import('./selftests.ts')).addSelftests,
  systems: async () => (await import('./systems.ts')).addSystems,
  rules: async () => (await import('./rules.ts')).addRules,
  where: async () => (await import('./where.ts')).addWhere,
};

/** They share the settings of the program, so that each ends in the same way. */
async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command(PROGRAM_NAME)
    .description('Checks the Linux buffer-sharing stack against a reference model.')
    .version(versions().package)
    .helpCommand(false)
    .exitOverride()
    // Complaints are made into one line in one place.
    .configureOutput({ outputError: () => undefined });
  for (const verb of verbsFor(words)) {
    const add = await verb();
    add(program);
  }
  return program;
}

/** The verb that is asked for, and all of them where help, or a complaint, may name them. */
function verbsFor([name = '']: readonly string[]): readonly (() => Promise<Add>)[] {
  if (name === '--version' || name === '-V') return [];
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  return verb === undefined ? Object.values(VERBS) : [verb];
}

/** Does what the words ask for. The process ends with `process.exitCode`, whatever goes wrong. */
export async function perform(words: readonly string[]): Promise<void> {
  try {
    const program = await createProgram(words);
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
