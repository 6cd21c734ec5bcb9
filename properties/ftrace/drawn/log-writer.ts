import { RandomNumbers } from '../../schedules/random-numbers.ts';

/** A line of a log that was drawn, and what it is about. */
export interface DrawnLine {
  readonly cpu: number;
  readonly event: string;
  readonly fields: string;
  readonly text: string;
}

/** How lines look: as `trace-cmd report` or as the tracing file writes them. */
export type LogLook = 'trace-cmd' | 'tracing file';

export const CPUS = 4;
/** Unit: microseconds. */
const STEP_MAX = 40;

/** Tasks with the names that are hard to read. */
export const TASKS: readonly (readonly [string, number])[] = [
  ['glxgears', 812],
  ['kworker/u16:2', 89],
  ['Web Content', 2301],
  ['a-b: c [001]', 40],
  ['<idle>', 0],
  ['Xorg:cs0', 733],
];

/** Writes lines with a time that rises, on processors that are drawn. */
export class LogWriter {
  readonly random: RandomNumbers;
  private readonly look: LogLook;
  private time = 100_000_000;

  constructor({ seed, look }: { readonly seed: number; readonly look: LogLook }) {
    this.random = new RandomNumbers(seed);
    this.look = look;
  }

  line(event: string, fields: string, task: number = this.random.below(TASKS.length)): DrawnLine {
    this.time += 1 + this.random.below(STEP_MAX);
    const cpu = this.random.below(CPUS);
    const [name, pid] = TASKS[task] ?? ['<...>', task];
    const owner = `${name.padStart(16)}-${String(pid).padEnd(5)}`;
    const seconds = Math.floor(this.time / 1_000_000);
    const micros = String(this.time % 1_000_000).padStart(6, '0');
    const where = `[${String(cpu).padStart(3, '0')}]`;
    const text =
      this.look === 'trace-cmd'
        ? `${owner} ${where} ${seconds}.${micros}: ${`${event}:`.padEnd(21)}${fields}`
        : `${owner} ${where} d..2. ${seconds}.${micros}: ${event}: ${fields}`;
    return { cpu, event, fields, text };
  }
}
