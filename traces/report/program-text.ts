import type { Argument, Call, Program } from '../program.ts';
import type { Trace } from '../trace.ts';
import { counted } from './text.ts';

/** The calls of a task, or of what comes before and after the tasks. */
export interface ProgramGroup {
  readonly name: string;
  readonly calls: readonly string[];
}

/** The program of a trace in words. */
export function programGroups(trace: Trace): readonly ProgramGroup[] {
  const { program } = trace;
  return [
    { name: 'setup', calls: textsOf(trace, 'setup', program.setup) },
    ...program.tasks.map((task) => ({
      name: task.name,
      calls: [
        ...(task.context === 'process' ? [] : [`(${task.context} on CPU ${task.cpu})`]),
        ...(task.process === undefined ? [] : [`(in process ${task.process})`]),
        ...textsOf(trace, task.name, task.calls),
      ],
    })),
    { name: 'teardown', calls: textsOf(trace, 'teardown', program.teardown) },
  ];
}

/** The words of the run, where a call was reached; else those of the program. */
function textsOf(trace: Trace, task: string, calls: readonly Call[]): string[] {
  const made = trace.calls.filter((entry) => entry.task === task);
  return calls.map((call, index) => {
    const found = made.find((entry) => entry.call === index + 1 && entry.op === call.op);
    return found?.text ?? callText(call);
  });
}

/** Differences from the machine that programs run on by default. */
export function worldText({ world }: Program): string {
  const facts = [
    ...(world.time === 'free' ? ['timers fire at any step'] : []),
    ...(world.failuresMax > 0
      ? [`at most ${counted(world.failuresMax, 'failed allocation')}`]
      : []),
    ...(world.interruptionsMax > 0
      ? [`at most ${counted(world.interruptionsMax, 'interrupted sleep')}`]
      : []),
    ...(world.lockProving ? [] : ['no lock proving']),
    ...(world.memory === 'tso' ? ['stores may be seen late (tso)'] : []),
  ];
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function callText({ op, args, out }: Call): string {
  const list = Object.entries(args).map(([key, value]) => `${key}: ${argumentText(value)}`);
  return `${out === undefined ? '' : `${out} = `}${op}(${list.join(', ')})`;
}

function argumentText(value: Argument): string {
  if (typeof value === 'object' && value !== null) return `[${value.map(String).join(', ')}]`;
  return String(value);
}
