import picocolors from 'picocolors';

import { printableData } from '../printable.ts';
import type { Argument, Call, Program } from '../program.ts';
import { DRIVER, type Trace } from '../trace.ts';
import { laneLines } from './lanes.ts';
import { replayCommand } from './replay-command.ts';
import { tableOf } from './rows.ts';
import { counted, longest, wrap, type Colors } from './text.ts';

/** What a report needs to know besides the trace. */
export interface TerminalReportOptions {
  /** Where the trace is kept, for the command that replays it; null when it is kept nowhere. */
  readonly file: string | null;
  /** Colour repeats what the text says, and never says more. */
  readonly color: boolean;
  /** The module of the driver that the trace was found in, for the same command. */
  readonly driver?: string;
}

/** Unit: characters. */
const WIDTH_MAX = 100;
/** Labels such as `model` and `replay` stand in a column of their own. Unit: characters. */
const LABEL_WIDTH = 9;
/** More objects than this are not listed one by one. Unit: objects. */
const END_MAX = 40;

/** The trace for people, in at most 100 columns, ending with a line break. */
export function terminalReport(trace: Trace, options: TerminalReportOptions): string {
  const { file, color, driver } = options;
  const shown = new TerminalReport(printableData(trace), color);
  if (file === null) return shown.text(null);
  return shown.text(replayCommand(driver === undefined ? { file } : { file, driver }));
}

class TerminalReport {
  private readonly trace: Trace;
  private readonly colors: Colors;

  constructor(trace: Trace, color: boolean) {
    this.trace = trace;
    this.colors = picocolors.createColors(color);
  }

  text(command: string | null): string {
    const lines = [
      ...this.header(),
      ...this.size(),
      ...this.program(),
      '',
      ...this.lanes(),
      '',
      ...this.blocked(),
      ...this.end(),
      ...this.model(),
      ...this.deciding(),
      ...(command === null ? [] : this.labelled('replay', command)),
    ];
    return `${lines.join('\n')}\n`;
  }

  private header(): string[] {
    const { bold, red } = this.colors;
    const { rules, judge, message } = this.trace.verdict;
    const finding = rules.length === 0 ? judge : rules.join(', ');
    const [first = '', ...rest] = wrap(`${finding}  ${message}`, WIDTH_MAX - 7);
    return [` ${bold(red('FAIL'))}  ${bold(first)}`, ...rest.map((line) => bold(`       ${line}`))];
  }

  private size(): string[] {
    const { fault, verdict } = this.trace;
    const { tasks, calls, steps, preemptions } = verdict.shrunk;
    const parts = [
      counted(tasks, 'task'),
      counted(calls, 'call'),
      counted(steps, 'step'),
      counted(preemptions, 'preemption'),
    ];
    return [
      ...this.labelled('size', parts.join(', ')),
      ...(verdict.bounds === '' ? [] : this.labelled('bounds', verdict.bounds)),
      ...(fault === null ? [] : this.origin(fault)),
    ];
  }

  /** What the world had that others have not. */
  private origin(fault: string): string[] {
    return fault.startsWith(DRIVER)
      ? this.labelled('driver', fault.slice(DRIVER.length))
      : this.labelled('fault', `${fault} (seeded)`);
  }

  private program(): string[] {
    const { program } = this.trace;
    const groups = [
      { name: 'setup', calls: this.textsOf('setup', program.setup) },
      ...program.tasks.map((task) => ({
        name: task.name,
        calls: [
          ...(task.context === 'process' ? [] : [`(${task.context} on CPU ${task.cpu})`]),
          ...(task.process === undefined ? [] : [`(in process ${task.process})`]),
          ...this.textsOf(task.name, task.calls),
        ],
      })),
      { name: 'teardown', calls: this.textsOf('teardown', program.teardown) },
    ];
    const width = Math.max(LABEL_WIDTH - 2, longest(groups.map(({ name }) => name)));
    const lines = groups.flatMap(({ name, calls }) =>
      calls
        .flatMap((call) => wrap(call, Math.max(20, WIDTH_MAX - width - 6)))
        .map((call, index) => `    ${(index === 0 ? name : '').padEnd(width)}  ${call}`),
    );
    return [...this.labelled('program', program.name + worldText(program)), ...lines];
  }

  /** The words of the run, where a call was reached; else those of the program. */
  private textsOf(task: string, calls: readonly Call[]): string[] {
    const made = this.trace.calls.filter((entry) => entry.task === task);
    return calls.map((call, index) => {
      const found = made.find((entry) => entry.call === index + 1 && entry.op === call.op);
      return found?.text ?? callText(call);
    });
  }

  private lanes(): string[] {
    if (this.trace.steps.length === 0) return ['  no step was taken'];
    return laneLines(tableOf(this.trace), WIDTH_MAX, this.colors);
  }

  private blocked(): string[] {
    return this.trace.blocked.flatMap(({ task, at, why }) =>
      this.labelled('blocked', `${task} at ${at}: ${why}`),
    );
  }

  private end(): string[] {
    const { end } = this.trace;
    const shown = end.slice(0, END_MAX);
    const rows = shown.map(({ object, kind, state, context }) => {
      const values = Object.entries(context).map(([key, value]) => `${key} ${value}`);
      return { object, kind, state, context: values.join(', ') };
    });
    const column = (key: 'object' | 'kind' | 'state'): number =>
      longest(rows.map((row) => row[key]));
    const widths = { object: column('object'), kind: column('kind'), state: column('state') };
    const lines = rows.map((row) =>
      [
        row.object.padEnd(widths.object),
        row.kind.padEnd(widths.kind),
        row.state.padEnd(widths.state),
        row.context,
      ].join('  '),
    );
    if (end.length > END_MAX) lines.push(`… and ${end.length - END_MAX} more objects`);
    return lines.flatMap((line, index) => this.labelled(index === 0 ? 'end' : '', line));
  }

  private model(): string[] {
    const { expected, actual, step } = this.trace.verdict;
    if (expected === null) return [];
    const place = step === null || step === 0 ? '' : ` at step ${step}`;
    const contrast = actual === null ? '' : `; the implementation ${actual}`;
    return this.labelled('model', `expects ${expected}${place}${contrast}`);
  }

  private deciding(): string[] {
    const number = this.trace.verdict.deciding;
    const step = number === null ? undefined : this.trace.steps[number - 1];
    if (step === undefined) return [];
    const choice = `step ${number}, ${step.access} by ${step.task}`;
    return this.labelled('deciding', `${choice}: however the run goes on from there, it fails`);
  }

  private labelled(label: string, text: string): string[] {
    const { dim } = this.colors;
    return wrap(text, WIDTH_MAX - LABEL_WIDTH - 2).map((line, index) =>
      `  ${dim((index === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`.trimEnd(),
    );
  }
}

/** Differences from the machine that programs run on by default. */
function worldText({ world }: Program): string {
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
