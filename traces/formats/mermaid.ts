import { printableData } from '../printable.ts';
import { type Row, type Table, tableOf } from '../report/rows.ts';
import type { Trace } from '../trace.ts';
import type { Format } from './format.ts';
import { ordersOf } from './order.ts';

/** What Markdown pages show: a sequence diagram with a life line for each task. */
export const MERMAID: Format = {
  name: 'mermaid',
  shows: 'Markdown on GitHub and GitLab: a sequence diagram, a life line for each task',
  write: ({ trace }) => new Diagram(printableData(trace)).text(),
};

/** Letters, digits and marks that mean nothing in a diagram; the rest is written as its code. */
const HARMLESS = /[^\p{L}\p{N} .,=()|_→…/-]/gu;

function escaped(text: string): string {
  const codes = text.replace(HARMLESS, (letter) => `#${letter.codePointAt(0)};`);
  return codes.trim() === '' ? '#8203;' : codes;
}

class Diagram {
  private readonly trace: Trace;
  private readonly table: Table;
  /** By step: the lane of the task that it wakes. */
  private readonly woken: ReadonlyMap<number, number>;

  constructor(trace: Trace) {
    this.trace = trace;
    this.table = tableOf(trace);
    const lanes = new Map(this.table.lanes.map(({ name }, index) => [name, index]));
    this.woken = new Map(
      ordersOf(trace)
        .filter(({ by }) => by === 'wake-up')
        .map(({ from, to }) => [from, lanes.get(trace.steps[to - 1]?.task ?? '') ?? 0]),
    );
  }

  text(): string {
    const { lanes, rows } = this.table;
    const { rules, judge, message } = this.trace.verdict;
    // A diagram without anybody in it is none.
    const titles = lanes.length === 0 ? ['setup'] : lanes.map(({ name }) => name);
    const finding = rules.length === 0 ? judge : rules.join(', ');
    const lines = [
      'sequenceDiagram',
      ...titles.map((name, lane) => `participant ${idOf(lane)} as ${escaped(name)}`),
      ...rows.map((row) => this.row(row)),
      this.note(`${finding}: ${message}`),
    ];
    return `${lines.join('\n  ')}\n`;
  }

  private row(row: Row): string {
    switch (row.kind) {
      case 'step':
        return this.step(row);
      case 'begin':
      case 'return':
      case 'switch':
        return `Note over ${idOf(row.lane)}: ${escaped(row.text)}`;
      case 'violation':
      case 'fold':
        return this.note(row.text);
      default:
        return row satisfies never;
    }
  }

  /** A step is an arrow to oneself; one that wakes somebody leads there. */
  private step({ number, lane, text, changes, isParting }: Row & { kind: 'step' }): string {
    const parts = changes.map(({ field, from, to }) => `${field} ${from} → ${to}`);
    const marks = isParting ? ['model and implementation part here'] : [];
    const chosen = number === this.trace.verdict.deciding ? ['the deciding choice'] : [];
    const label = [`${number} ${text}`, ...parts, ...marks, ...chosen].map(escaped);
    const target = this.woken.get(number);
    const arrow = target === undefined ? `->>${idOf(lane)}` : `-)${idOf(target)}`;
    return `${idOf(lane)}${arrow}: ${label.join('<br/>')}`;
  }

  private note(text: string): string {
    const last = this.table.lanes.length - 1;
    const over = last > 0 ? `${idOf(0)},${idOf(last)}` : idOf(0);
    return `Note over ${over}: ${escaped(text)}`;
  }
}

const idOf = (lane: number): string => `L${lane}`;
