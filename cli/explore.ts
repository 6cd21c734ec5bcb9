import { existsSync } from 'node:fs';
import process from 'node:process';

import { type Command, Option } from 'commander';

import type { MemoryModel } from '../impl/kernel/store-buffer.ts';
import { hasParts } from '../properties/check/explore-batches.ts';
import {
  exploreProgram,
  exploreProgramOn,
  type ExploreProgramOptions,
  type ProgramReport,
} from '../properties/check/explore-program.ts';
import { MEMORY_MODELS } from '../properties/litmus/memory/memory-litmus.ts';
import { LITMUS_IDS, programOf, testedBy } from '../properties/litmus/tested-by.ts';
import { PLAY_IDS, playOfProgram } from '../properties/scenarios/find.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { TooManyTasks } from '../properties/explore/steps/slots.ts';
import { ProgramError } from '../properties/programs/operation.ts';
import { callText, program as written } from '../properties/programs/parse.ts';
import type { Program } from '../properties/programs/program.ts';
import type { Explored, Schedules } from '../properties/run/explore.ts';
import { printable } from '../traces/printable.ts';
import { readTraceFile } from '../traces/read.ts';
import { terminalReport } from '../traces/report/terminal.ts';
import { counted } from '../traces/report/text.ts';
import { writeTraceFile } from '../traces/write.ts';
import { resolveFault, wholeNumber, workers, writeJson } from './arguments.ts';
import { FOUND } from './findings.ts';
import { coverageText } from './coverage-text.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';
import { print, wantsColor } from './output.ts';
import { serveProgram, serveSystem, systemToServe } from './serve.ts';
import { allSystems } from './systems.ts';

interface ExploreFlags {
  readonly setup: string;
  readonly task: readonly string[];
  readonly strategy: Schedules['kind'];
  readonly runs: number;
  readonly states: number;
  readonly preemptions: number;
  readonly depth: number;
  readonly seed: number;
  readonly workers: number;
  readonly memory?: MemoryModel;
  readonly fault?: string;
  readonly json?: string;
  readonly serve?: boolean;
}

const STRATEGIES: readonly Schedules['kind'][] = [
  'stateful',
  'dpor',
  'all',
  'bounded',
  'random',
  'pct',
  'pos',
  'coverage',
];

/** `explore [program]`: one program under a strategy of choice, with everything that it can do. */
export function addExplore(program: Command): void {
  program
    .command('explore')
    .description('explore the schedules of one program, and list all ways in which it can end')
    .argument(
      '[program]',
      'a litmus program or a play of a scenario by its id, or a trace file with a program in it',
    )
    .option('--setup <calls>', 'of a program of your own: what happens first', '')
    .option(
      '--task <name: calls>',
      'of a program of your own: a task; may be repeated',
      collect,
      [],
    )
    .addOption(
      new Option('--strategy <name>', 'how schedules are chosen')
        .choices(STRATEGIES)
        .default('stateful'),
    )
    .option('--runs <number>', 'at most so many runs', wholeNumber, 100_000)
    .option('--states <number>', 'stateful: at most so many states', wholeNumber, 1_000_000)
    .option('--preemptions <number>', 'bounded: at most so many in a run', wholeNumber, 2)
    .option('--depth <number>', 'pct: how many ordering constraints a defect needs', wholeNumber, 3)
    .option('--seed <number>', 'where random choices come from', wholeNumber, 1)
    .addOption(
      new Option(
        '--memory <model>',
        'sc: stores are seen at once; tso: they may wait in a buffer of their processor',
      ).choices(MEMORY_MODELS),
    )
    .option('--workers <number>', 'threads that share the work; the report is the same', workers, 1)
    .option('--fault <id>', 'seed a fault, by its id or as a module that exports "fault"')
    .option('--json <file>', 'write the whole report to a file')
    .option('--serve', 'choose every step by hand, on a page; also of a system of the model')
    .action(async (name: string | undefined, flags: ExploreFlags, command: Command) => {
      if (flags.serve === true) await serve(name ?? null, flags, command);
      else process.exitCode = await runExplore(name ?? null, flags);
    });
}

/** What a search is told: by hand nothing is searched. */
const OF_SEARCHES = [
  'strategy',
  'runs',
  'states',
  'preemptions',
  'depth',
  'seed',
  'workers',
  'json',
];

/** Serves a page until the process is ended. */
async function serve(name: string | null, flags: ExploreFlags, command: Command): Promise<void> {
  const told = OF_SEARCHES.find((option) => command.getOptionValueSource(option) === 'cli');
  if (told !== undefined) throw new WrongUse(`--serve searches nothing; expected no --${told}`);
  const { setup, task, memory } = flags;
  const isOwn = setup !== '' || task.length > 0;
  if (name === null || isOwn || isProgram(name)) {
    const fault = flags.fault === undefined ? null : await resolveFault(flags.fault);
    await serveProgram(onMachine(chosenProgram(name, flags), memory), fault);
    return;
  }
  const system = systemToServe(name);
  if (system === null) {
    const systems = allSystems().map(({ network }) => network.name);
    const names = [...LITMUS_IDS, ...PLAY_IDS, ...systems];
    throw new WrongUse(unknown('program or system', name, names));
  }
  if (flags.fault !== undefined || memory !== undefined) {
    throw new WrongUse(`--fault and --memory are for programs; '${name}' is a system`);
  }
  await serveSystem(system);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function runExplore(name: string | null, flags: ExploreFlags): Promise<ExitCode> {
  const named = chosenProgram(name, flags);
  const program = onMachine(named, flags.memory);
  // The program of a trace may be a smaller one of that name.
  const isLitmus = named.name === name || named.name === `litmus/${name ?? ''}`;
  const litmus = isLitmus ? testedBy(program) : null;
  const fault = flags.fault === undefined ? null : await resolveFault(flags.fault);
  const schedules = schedulesOf(flags);
  if (flags.workers > 1 && !hasParts(schedules)) {
    throw new WrongUse(
      `--workers: the strategy ${schedules.kind} is for one thread; expected another one beside it`,
    );
  }
  const report = await exploring({ program, litmus, fault, schedules }, flags.workers);
  showProgram(program);
  show(report);
  if (flags.json !== undefined) writeJson(flags.json, report);
  if (report.findings.length > 0) return EXIT.broken;
  return report.explored.isExhaustive ? EXIT.nothing : EXIT.partial;
}

function chosenProgram(name: string | null, flags: ExploreFlags): Program {
  if (name === null) return ownProgram(flags);
  if (flags.setup === '' && flags.task.length === 0) return namedProgram(name);
  throw new WrongUse(`--setup and --task make a program; expected them, or the name '${name}'`);
}

/** The program on a machine with the memory that was asked for. */
function onMachine(program: Program, memory: MemoryModel | undefined): Program {
  return memory === undefined ? program : { ...program, world: { ...program.world, memory } };
}

/** A program that names what it has not made is wrong, and not the suite. */
async function exploring(options: ExploreProgramOptions, threads: number): Promise<ProgramReport> {
  try {
    if (threads === 1) return exploreProgram(options);
    return await withCrew(threads, (crew) => exploreProgramOn(crew, options));
  } catch (error) {
    if (!(error instanceof ProgramError) && !(error instanceof TooManyTasks)) throw error;
    throw new WrongUse(`${options.program.name}: ${error.message}`);
  }
}

function ofThisProject(name: string): Program | null {
  const litmus = programOf(name) ?? programOf(`litmus/${name}`);
  return litmus ?? playOfProgram({ name })?.program ?? null;
}

function isProgram(name: string): boolean {
  return ofThisProject(name) !== null || existsSync(name);
}

function namedProgram(name: string): Program {
  const known = ofThisProject(name);
  if (known !== null) return known;
  if (existsSync(name)) return readTraceFile(name).program;
  throw new WrongUse(unknown('program', name, [...LITMUS_IDS, ...PLAY_IDS]));
}

/** `A: fence.signal(f); fence.put(f)` for each task. */
function ownProgram({ setup, task }: ExploreFlags): Program {
  const tasks: Record<string, string> = {};
  for (const text of task) {
    const [, name = '', calls = ''] = /^\s*([\w@/]+)\s*:([^]*)$/.exec(text) ?? [];
    if (name === '') throw new WrongUse(`--task '${text}': expected "name: calls"`);
    if (name in tasks) throw new WrongUse(`--task '${text}': there is a task ${name} already`);
    tasks[name] = calls;
  }
  if (task.length === 0) throw new WrongUse('no program; expected its name, or --task "A: calls"');
  try {
    return written('program', { setup, tasks });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

function schedulesOf(flags: ExploreFlags): Schedules {
  const { strategy, runs, states, preemptions, depth, seed } = flags;
  switch (strategy) {
    case 'all':
      return { kind: 'all', runsMax: runs };
    case 'dpor':
      return { kind: 'dpor', runsMax: runs };
    case 'stateful':
      return { kind: 'stateful', statesMax: states };
    case 'bounded':
      return { kind: 'bounded', preemptions, runsMax: runs };
    case 'random':
      return { kind: 'random', runs, seed };
    case 'pct':
      return { kind: 'pct', runs, seed, depth };
    case 'pos':
      return { kind: 'pos', runs, seed };
    case 'coverage':
      return { kind: 'coverage', runs, seed };
    default:
      return strategy satisfies never;
  }
}

function showProgram({ name, setup, tasks, teardown }: Program): void {
  print(`program     ${printable(name)}`);
  const parts: readonly (readonly [string, Program['setup']])[] = [
    ['setup', setup],
    ...tasks.map((task) => [task.name, task.calls] as const),
    ['teardown', teardown],
  ];
  for (const [title, calls] of parts) {
    if (calls.length === 0) continue;
    print(`  ${title.padEnd(9)} ${printable(calls.map((call) => callText(call)).join('; '))}`);
  }
}

function show({ outcomes, explored, findings, trace, bounds }: ProgramReport): void {
  print(`outcomes    ${outcomes.length}`);
  for (const { text, count } of outcomes)
    print(`  ${String(count).padStart(9)} ${printable(text)}`);
  if (trace !== null) {
    const file = writeTraceFile(FOUND, trace);
    print(terminalReport(trace, { file, color: wantsColor(process.stdout, process.env) }));
  }
  for (const { judge, rules, message } of findings) {
    print(` FAIL  ${rules.length === 0 ? judge : rules.join(', ')}  ${printable(message)}`);
  }
  const { runs, steps, sampled, isComplete, isExhaustive, dpor, coverage } = explored;
  if (coverage !== undefined) print(coverageText(coverage, 'schedule').join('\n'));
  const first = sampled.runs === 0 ? '' : ` (after ${counted(sampled.runs, 'random run')})`;
  const counts = `${counted(runs, 'run')}, ${counted(steps, 'step')}${first}`;
  const all = [counts, ...particulars(explored), ...(isComplete ? [] : ['not to the end'])];
  print(`explored    ${bounds}: ${all.join(', ')}`);
  if (findings.length > 0) print(`${counted(findings.length, 'violation')} within these bounds`);
  else if (dpor?.isFinished === true) {
    print('no violation, and every schedule is equivalent to one of these');
  } else if (isExhaustive) print('no violation, and no schedule was left out');
  else print('no violation within these bounds; other schedules were left out');
}

/** What only some strategies have to say. */
function particulars({ level, dpor, stateful }: Explored): string[] {
  const texts: string[] = [];
  if (level !== undefined) texts.push(`every schedule with ${level} preemptions`);
  if (dpor !== undefined) {
    texts.push(
      counted(dpor.redundant, 'redundant run'),
      `${counted(dpor.pruned, 'choice')} pruned`,
    );
  }
  if (stateful === undefined) return texts;
  const { states, edges, omission, leftOut } = stateful;
  const likely = omission.toExponential(1);
  texts.push(counted(states, 'state'), counted(edges, 'edge'));
  texts.push(`known by hashes: with probability ${likely} one was overlooked`);
  if (leftOut.length > 0) texts.push(`not judged: ${leftOut.join(', ')}`);
  return texts;
}
