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
    const { canBeKilled, others } = program === null ? NOBODY : peopleOf(program);
    this.canBeKilled = canBeKilled;
    for (const [name, isForked] of others) {
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

/** What a program says about its processes. */
interface People {
  readonly canBeKilled: boolean;
  /** All but the main one, and whether a call forks it. */
  readonly others: ReadonlyMap<string, boolean>;
}

const NOBODY: People = { canBeKilled: false, others: new Map() };

/** Programs run again and again: their calls are gone through once. */
const PEOPLE = new WeakMap<Program, People>();

function peopleOf(program: Program): People {
  let people = PEOPLE.get(program);
  if (people === undefined) {
    people = findPeople(program);
    PEOPLE.set(program, people);
  }
  return people;
}

function findPeople({ setup, tasks }: Program): People {
  const calls = [...setup, ...tasks.flatMap((task) => task.calls)];
  const isForked = (name: string): boolean =>
    calls.some(({ op, args }) => op === FORK && args['process'] === name);
  const names = tasks.map(processOf).filter((name) => name !== MAIN);
  return {
    canBeKilled: calls.some(({ op }) => op === KILL),
    others: new Map(names.map((name) => [name, isForked(name)])),
  };
}
