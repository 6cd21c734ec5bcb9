import type { Task } from '../../impl/kernel/task.ts';
import type { Stack } from '../../impl/stack.ts';
import { Process } from '../../impl/uapi/process.ts';
import { ProgramError } from './operation.ts';
import type { Program, TaskProgram } from './program.ts';

/** The process of every task that names none, of the set-up, and of the tear-down. */
export const MAIN = 'main';

/** Calls after which a process is there, and calls that end one. */
const FORK = 'sys.fork';
const KILL = 'sys.kill';

/** The processes of one run. They exist from the start; one that a call forks begins with it. */
export class Processes {
  /** Threads can be killed: each looks for signals between its calls. */
  readonly canBeKilled: boolean;
  private readonly byName = new Map<string, Process>();

  constructor(stack: Stack, program: Program | null) {
    const main = new Process(stack, 'init');
    this.byName.set(MAIN, main);
    // The set-up works in it, but is no thread that could be killed.
    stack.world.boot.files = main.files;
    stack.world.boot.memory = main.memoryCalls;
    const calls = program === null ? [] : callsOf(program);
    this.canBeKilled = calls.some(({ op }) => op === KILL);
    for (const name of program?.tasks.map(processOf) ?? []) {
      if (this.byName.has(name)) continue;
      const isForked = calls.some(({ op, args }) => op === FORK && args['process'] === name);
      this.byName.set(name, new Process(stack, name, !isForked));
    }
  }

  named(name: string): Process {
    const found = this.byName.get(name);
    if (found === undefined) throw new ProgramError(`there is no process ${name}`);
    return found;
  }

  of(task: Task): Process | null {
    for (const process of this.byName.values()) if (process.files === task.files) return process;
    return null;
  }

  get all(): readonly Process[] {
    return [...this.byName.values()];
  }
}

export function processOf({ process }: TaskProgram): string {
  return process ?? MAIN;
}

function callsOf({ setup, tasks }: Program): Program['setup'] {
  return [...setup, ...tasks.flatMap(({ calls }) => calls)];
}
