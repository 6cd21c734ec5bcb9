import type { MemoryModel } from '../../../impl/kernel/store-buffer.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { Word } from '../../programs/word.ts';
import type { Run } from '../../run/run.ts';
import type { Tested } from '../litmus.ts';

/** How memory can behave in a world, the strictest first. */
export const MEMORY_MODELS: readonly MemoryModel[] = ['sc', 'tso'];

/** What is left of a run: the values that each task has read, and the last value of each word. */
export interface Ending {
  readonly reads: ReadonlyMap<string, readonly number[]>;
  readonly last: ReadonlyMap<string, number>;
}

/** One way in which a program about memory may end, and how it comes about. */
export interface MemoryOutcome {
  readonly text: string;
  readonly why: string;
}

/** A small program about memory itself, with its complete set of outcomes in each memory model. */
export interface MemoryLitmus {
  readonly id: string;
  readonly program: Program;
  readonly words: readonly string[];
  readonly textOf: (ending: Ending) => string;
  readonly outcomes: Readonly<Record<MemoryModel, readonly MemoryOutcome[]>>;
  /** What the Linux memory model allows besides: weaker machines do it, and no world here. */
  readonly notModelled: readonly MemoryOutcome[];
}

/** The same as a person writes it down. */
interface Written {
  /** The name under which the test is known. */
  readonly name: string;
  /** Names of the words, all 0 at first; those of its locks are l and m. */
  readonly words: string;
  readonly tasks: Readonly<Record<string, string>>;
  /** Words whose last value is looked at, besides what the tasks have read. */
  readonly last?: readonly string[];
  /** What is looked at instead. */
  readonly sees?: (ending: Ending) => string;
  /** In every memory model. */
  readonly always: readonly MemoryOutcome[];
  /** Only where stores can be late. */
  readonly late?: readonly MemoryOutcome[];
  /** Only on machines that are weaker than any world here. */
  readonly weaker?: readonly MemoryOutcome[];
}

export function memoryLitmus(written: Written): MemoryLitmus {
  const { name, words, tasks, last = [], always, late = [], weaker = [] } = written;
  const id = `litmus/memory-${name.toLowerCase()}`;
  const named = words.split(' ');
  const setup = [
    ...named.map((word) => `${word} = word.create()`),
    'l = word.createLock(); m = word.createLock()',
  ];
  return {
    id,
    program: program(id, { setup: setup.join('; '), tasks }),
    words: named,
    textOf: written.sees ?? ((ending) => plainText(ending, last)),
    outcomes: { sc: always, tso: [...always, ...late] },
    notModelled: weaker,
  };
}

/** One outcome: what is seen, and how it comes about. */
export function seen(text: string, why: string): MemoryOutcome {
  return { text, why };
}

/** `A 0; B 1, x 2`: what was read, and what is left of the words that are asked for. */
function plainText({ reads, last }: Ending, asked: readonly string[]): string {
  const parts = [...reads].filter(([, values]) => values.length > 0);
  const texts = parts.map(([task, values]) => `${task} ${values.join(' ')}`);
  const words = asked.map((word) => `${word} ${last.get(word) ?? 0}`);
  return [texts.join('; '), ...words].filter((text) => text !== '').join(', ');
}

function endingOf(run: Run, words: readonly string[]): Ending {
  const tasks = run.program.tasks.map(({ name }) => name);
  const isNumber = (result: unknown): result is number => typeof result === 'number';
  return {
    reads: new Map(tasks.map((task) => [task, run.resultsOf(task).filter(isNumber)])),
    last: new Map(words.map((word) => [word, run.environment.find(word, Word).value])),
  };
}

/** What is tested of it in one memory model. */
export function inModel(tested: MemoryLitmus, memory: MemoryModel): Tested {
  const { id, program: asWritten, words, textOf, outcomes } = tested;
  return {
    id: `${id} (${memory})`,
    program: withMemory(asWritten, memory),
    allows: [],
    observe: (run) => textOf(endingOf(run, words)),
    outcomes: outcomes[memory].map((outcome) => ({ ...outcome, rules: [] })),
  };
}

/** The same program on a machine with such a memory. */
export function withMemory(asWritten: Program, memory: MemoryModel): Program {
  return { ...asWritten, world: { ...asWritten.world, memory } };
}
