import picocolors from 'picocolors';

import { printableData } from '../printable.ts';
import type { Trace } from '../trace.ts';
import { blockedFacts, findingName, sizeFacts, verdictFacts } from './facts.ts';
import { laneLines } from './lanes.ts';
import { programGroups, worldText } from './program-text.ts';
import { replayCommand } from './replay-command.ts';
import { tableOf } from './rows.ts';
import { longest, wrap, type Colors } from './text.ts';

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
      ...verdictFacts(this.trace).flatMap(([label, text]) => this.labelled(label, text)),
      ...(command === null ? [] : this.labelled('replay', command)),
    ];
    return `${lines.join('\n')}\n`;
  }

  private header(): string[] {
    const { bold, red } = this.colors;
    const { message } = this.trace.verdict;
    const finding = findingName(this.trace);
    const [first = '', ...rest] = wrap(`${finding}  ${message}`, WIDTH_MAX - 7);
    return [` ${bold(red('FAIL'))}  ${bold(first)}`, ...rest.map((line) => bold(`       ${line}`))];
  }

  private size(): string[] {
    return sizeFacts(this.trace).flatMap(([label, text]) => this.labelled(label, text));
  }

  private program(): string[] {
    const { program } = this.trace;
    const groups = programGroups(this.trace);
    const width = Math.max(LABEL_WIDTH - 2, longest(groups.map(({ name }) => name)));
    const lines = groups.flatMap(({ name, calls }) =>
      calls
        .flatMap((call) => wrap(call, Math.max(20, WIDTH_MAX - width - 6)))
        .map((call, index) => `    ${(index === 0 ? name : '').padEnd(width)}  ${call}`),
    );
    return [...this.labelled('program', program.name + worldText(program)), ...lines];
  }

  private lanes(): string[] {
    if (this.trace.steps.length === 0) return ['  no step was taken'];
    return laneLines(tableOf(this.trace), WIDTH_MAX, this.colors);
  }

  private blocked(): string[] {
    return blockedFacts(this.trace).flatMap(([label, text]) => this.labelled(label, text));
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

  private labelled(label: string, text: string): string[] {
    const { dim } = this.colors;
    return wrap(text, WIDTH_MAX - LABEL_WIDTH - 2).map((line, index) =>
      `  ${dim((index === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`.trimEnd(),
    );
  }
}
