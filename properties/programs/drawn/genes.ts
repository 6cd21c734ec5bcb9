import type { RandomNumbers } from '../../schedules/random-numbers.ts';
import { TASKS_MAX } from './arbitrary.ts';

/** The numbers of one call: which one, and its arguments. */
export type Gene = readonly number[];

/** A drawn program as numbers that can be moved about: whatever they say, the program makes sense. */
export interface Genes {
  readonly shape: readonly number[];
  /** The calls of each task. */
  readonly tasks: readonly (readonly Gene[])[];
}

/** No kind of call draws more numbers than these. */
const GENE_LENGTH = 6;
const SHAPE_LENGTH = 32;
const NUMBERS = 256;
/** Fresh tasks have fewer calls than this; mutation cuts what is longer. Unit: calls. */
const CALLS_MAX = 12;
/** So many changes at most make one mutated program. */
const CHANGES_MAX = 3;

type Change = (numbers: RandomNumbers, one: Genes, other: Genes) => Genes;

/** Each is as likely as any other. */
const CHANGES: readonly Change[] = [
  remove,
  duplicate,
  swap,
  insert,
  move,
  changeNumber,
  changeNumber,
  changeShape,
  cross,
  addTask,
];

export function freshGenes(numbers: RandomNumbers): Genes {
  const tasks = 1 + numbers.below(TASKS_MAX);
  return {
    shape: list(numbers, SHAPE_LENGTH),
    tasks: Array.from({ length: tasks }, () => freshTask(numbers)),
  };
}

/** A program like `one`, perhaps with a task of `other`. */
export function mutatedGenes(numbers: RandomNumbers, one: Genes, other: Genes): Genes {
  let genes = one;
  for (let left = 1 + numbers.below(CHANGES_MAX); left > 0; left -= 1) {
    genes = CHANGES[numbers.below(CHANGES.length)]?.(numbers, genes, other) ?? genes;
  }
  return { ...genes, tasks: genes.tasks.map((calls) => calls.slice(0, CALLS_MAX)) };
}

function freshTask(numbers: RandomNumbers): Gene[] {
  const calls = numbers.below(CALLS_MAX);
  return Array.from({ length: calls }, () => freshGene(numbers));
}

function freshGene(numbers: RandomNumbers): Gene {
  return list(numbers, GENE_LENGTH);
}

function list(numbers: RandomNumbers, length: number): number[] {
  return Array.from({ length }, () => numbers.below(NUMBERS));
}

/** Changes the calls of one task. */
function inTask(
  numbers: RandomNumbers,
  { shape, tasks }: Genes,
  change: (calls: readonly Gene[]) => readonly Gene[],
): Genes {
  const at = numbers.below(tasks.length);
  return { shape, tasks: tasks.map((calls, index) => (index === at ? change(calls) : calls)) };
}

function remove(numbers: RandomNumbers, one: Genes): Genes {
  return inTask(numbers, one, (calls) => calls.toSpliced(numbers.below(calls.length), 1));
}

function duplicate(numbers: RandomNumbers, one: Genes): Genes {
  return inTask(numbers, one, (calls) => {
    const at = numbers.below(calls.length);
    return calls.toSpliced(at, 0, ...calls.slice(at, at + 1));
  });
}

function swap(numbers: RandomNumbers, one: Genes): Genes {
  return inTask(numbers, one, (calls) => {
    const at = numbers.below(calls.length);
    return calls.toSpliced(at, 2, ...calls.slice(at, at + 2).toReversed());
  });
}

function insert(numbers: RandomNumbers, one: Genes): Genes {
  return inTask(numbers, one, (calls) =>
    calls.toSpliced(numbers.below(calls.length + 1), 0, freshGene(numbers)),
  );
}

/** A call goes to another task, or to another place in its own. */
function move(numbers: RandomNumbers, one: Genes): Genes {
  let moved: readonly Gene[] = [];
  const without = inTask(numbers, one, (calls) => {
    const at = numbers.below(calls.length);
    moved = calls.slice(at, at + 1);
    return calls.toSpliced(at, 1);
  });
  return inTask(numbers, without, (calls) =>
    calls.toSpliced(numbers.below(calls.length + 1), 0, ...moved),
  );
}

/** An argument, or the call itself, which comes first. */
function changeNumber(numbers: RandomNumbers, one: Genes): Genes {
  return inTask(numbers, one, (calls) => {
    const at = numbers.below(calls.length);
    return calls.map((gene, index) =>
      index === at ? gene.with(numbers.below(gene.length), numbers.below(NUMBERS)) : gene,
    );
  });
}

/** Something about the machine, or what is there from the start. */
function changeShape(numbers: RandomNumbers, { shape, tasks }: Genes): Genes {
  return { tasks, shape: shape.with(numbers.below(shape.length), numbers.below(NUMBERS)) };
}

/** A task of another program takes the place of one. */
function cross(numbers: RandomNumbers, one: Genes, other: Genes): Genes {
  const calls = other.tasks[numbers.below(other.tasks.length)] ?? [];
  return inTask(numbers, one, () => calls);
}

/** One more task, or one less. */
function addTask(numbers: RandomNumbers, { shape, tasks }: Genes): Genes {
  const isFull = tasks.length === TASKS_MAX;
  if (isFull || (tasks.length > 1 && numbers.below(2) === 0)) {
    return { shape, tasks: tasks.toSpliced(numbers.below(tasks.length), 1) };
  }
  return { shape, tasks: [...tasks, freshTask(numbers)] };
}
