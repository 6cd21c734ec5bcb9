import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Task } from '../../impl/kernel/task.ts';
import { INTACT, Stack, type StackTypes } from '../../impl/stack.ts';
import { Process } from '../../impl/uapi/process.ts';
import type { Strategy } from '../schedules/strategy.ts';

/** How often the ledger of memory is cleaned. Unit: steps. */
const CLEANING_STEPS = 100_000;

/** One scenario of a suite of the kernel. */
export interface Selftest {
  readonly id: string;
  readonly title: string;
  /** The size of this run, beside that of the original. */
  readonly scale: string;
  run(): SelftestResult;
}

export interface SelftestResult {
  /** What is wrong; null when the scenario passes. */
  readonly failure: string | null;
  readonly steps: number;
}

/** Thrown by `expectThat`: the scenario has failed. */
export class SelftestFailure extends Error {}

/** Fails the scenario unless `holds`. */
export function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new SelftestFailure(message);
}

/** What the threads of a scenario do, by name. */
export type Threads = ReadonlyMap<string, (process: Process) => KernelTask<void>>;

export interface SelftestOptions {
  /** Makes the schedule; called once per run. */
  readonly strategy: () => Strategy;
  /** A run that takes longer does not end. */
  readonly stepsMax: number;
  /** The classes of the stack; the intact ones by default. */
  readonly types?: StackTypes;
}

/**
 * Runs the threads of one process, each on its own processor. Besides what they expect, nothing
 * may be left behind, and the kernel must not complain.
 */
export function runThreads(threads: Threads, options: SelftestOptions): SelftestResult {
  const { world, process } = begin(options.types ?? INTACT);
  let running = threads.size;
  for (const [name, body] of threads) {
    const task = process.addThread(name);
    task.start(
      (function* (): KernelTask<void> {
        yield* body(process);
        running -= 1;
        if (running === 0) yield* process.exit();
      })(),
    );
  }
  const strategy = options.strategy();
  try {
    while (!world.crashed && world.steps < options.stepsMax) {
      const count = world.enumerate();
      if (count === 0) break;
      world.perform(count === 1 ? 0 : strategy.choose(world, count));
      if (world.steps % CLEANING_STEPS === 0) world.memory.forgetFreed();
    }
  } catch (error) {
    if (!(error instanceof SelftestFailure)) throw error;
    return { failure: error.message, steps: world.steps };
  }
  return { failure: judge(world, running, process.threads), steps: world.steps };
}

function begin(types: StackTypes): { world: Stack['world']; process: Process } {
  const stack = new Stack({}, types);
  return { world: stack.world, process: new Process(stack, 'selftest') };
}

function judge(world: Stack['world'], running: number, threads: readonly Task[]): string | null {
  const complaint = world.violations[0];
  if (complaint !== undefined) return `${complaint.kind}: ${complaint.message}`;
  if (running > 0) {
    const blocked = threads.filter((task) => task.pending !== null).map((task) => task.name);
    return `does not end: ${blocked.join(', ')}`;
  }
  const left = world.memory.live().filter((object) => !object.isStatic);
  if (left.length > 0) return `left behind: ${left.map((object) => object.label).join(', ')}`;
  return null;
}
