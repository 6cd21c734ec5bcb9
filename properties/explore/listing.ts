import { isPreemption } from '../schedules/preemption.ts';
import { ReplayStrategy } from '../schedules/replay.ts';
import { RUN_STEPS_MAX } from './drive.ts';
import type { Execution, Subject } from './subject.ts';

/** A step, or what stopped one. */
interface Line {
  readonly lane: string;
  readonly mark: string;
  readonly text: string;
}

/** A run as text: a lane for each task, a line for each step, and where a task was preempted. */
export function listing(subject: Subject, choices: readonly number[]): string {
  const execution = subject.start();
  const lines = run(execution, choices);
  const lanes = [...new Set(lines.map(({ lane }) => lane))];
  const widths = lanes.map((lane) => {
    const texts = lines.filter((line) => line.lane === lane).map(({ text }) => text);
    return Math.max(lane.length, ...texts.map(({ length }) => length));
  });
  const row = (mark: string, lane: string, text: string): string => {
    const cells = lanes.map((name, nth) => (name === lane ? text : '').padEnd(widths[nth] ?? 0));
    return [mark.padStart(4), ...cells].join('  ').trimEnd();
  };
  const head = ['step', ...lanes.map((lane, nth) => lane.padEnd(widths[nth] ?? 0))].join('  ');
  return [head.trimEnd(), ...lines.map(({ lane, mark, text }) => row(mark, lane, text))].join('\n');
}

function run(execution: Execution, choices: readonly number[]): readonly Line[] {
  const { world } = execution;
  const strategy = new ReplayStrategy(choices);
  const lines: Line[] = [];
  while (!world.crashed && world.steps < RUN_STEPS_MAX) {
    const count = world.enumerate();
    if (count === 0) break;
    const choice = count > 1 ? strategy.choose(world, count) : 0;
    const task = world.choiceTasks[choice];
    if (task === undefined) break;
    if (isPreemption(world, choice)) {
      lines.push({ lane: world.current.name, mark: '⇄', text: `preempted by ${task.name}` });
    }
    const text = task.pending?.label ?? '';
    execution.perform(choice, count);
    lines.push({ lane: task.name, mark: String(world.steps), text });
  }
  for (const { name, pending, isIdle } of world.tasks) {
    if (pending === null || isIdle) continue;
    lines.push({ lane: name, mark: '…', text: `waits: ${pending.label}` });
  }
  return lines;
}

/** How often a run leaves a task that could have gone on. */
export function preemptions(subject: Subject, choices: readonly number[]): number {
  const execution = subject.start();
  return run(execution, choices).filter(({ mark }) => mark === '⇄').length;
}
