import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';

/** A call that asks for memory, the error that it gives without, and its result otherwise. */
export type Asking = readonly [call: string, without: number, result: unknown];

/** Calls by the names of their programs. */
export type AskingCalls = Readonly<Record<string, Asking>>;

/** What is there before the last call of each line, and what that call has changed. */
export function lackingMemory(setup: string, calls: AskingCalls, teardown = ''): Program[] {
  return Object.entries(calls).map(([name, [line]]) => {
    const before = line.split('; ');
    const last = before.pop() ?? '';
    const made = last.startsWith('r = ') ? last : `r = ${last}`;
    return program(name, {
      world: { failuresMax: 1 },
      setup: [setup, ...before].join('; '),
      tasks: { A: `w = inspect.world(); ${made}; task.sleep(1); k = inspect.changes(w)` },
      teardown,
    });
  });
}

/** The call has given the error that it gives without memory. */
export function lacked(calls: AskingCalls): (run: Run) => boolean {
  return (run) => {
    const known = calls[run.program.name];
    return known !== undefined && resultNamed(run, 'r') === known[1];
  };
}

/** A call without memory says so and changes nothing; with it, it does what it should. */
export function saysSo(calls: AskingCalls): (run: Run) => string | null {
  return (run) => {
    const { name } = run.program;
    const [, without, wanted] = calls[name] ?? [];
    const [result, changes] = [resultNamed(run, 'r'), resultNamed(run, 'k')];
    if (result === undefined || changes === undefined) return null;
    const isFailed = run.world.failuresLeft === 0;
    if (result === wanted) return isFailed ? `${name} goes on without memory` : null;
    if (result !== without) return `${name} gives ${String(result)}`;
    return changes === 'nothing' ? null : `${name} fails, and changes ${String(changes)}`;
  };
}
