import { printableData } from '../printable.ts';
import { lanesOf } from '../report/rows.ts';
import type { Trace, TraceStep } from '../trace.ts';
import type { Format } from './format.ts';
import { ordersOf } from './order.ts';

/** The only process: a run of one machine. */
const PID = 1;
/** What happened before the tasks began, or to nobody, has a lane of its own. */
const SETUP = 'setup';

/** One entry of the trace event format. A step takes a microsecond, and its number is its time. */
interface ChromeEvent {
  readonly ph: 'M' | 'X' | 'i' | 's' | 'f';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  /** Of an instant: whether it is that of a thread, or of everybody. */
  readonly s?: 't' | 'g';
  /** Of the end of a flow: it belongs to the slice around it. */
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What Chrome and Perfetto open: a thread for each task, its calls around its steps. */
export const CHROME: Format = {
  name: 'chrome',
  shows: 'Perfetto and chrome://tracing: a track for each task, calls around steps, wake-ups',
  write: ({ trace }) => new ChromeTrace(printableData(trace)).text(),
};

class ChromeTrace {
  private readonly trace: Trace;
  private readonly tids: ReadonlyMap<string, number>;

  constructor(trace: Trace) {
    this.trace = trace;
    const names = [SETUP, ...lanesOf(trace).map(({ name }) => name)];
    this.tids = new Map([...new Set(names)].map((name, index) => [name, index + 1]));
  }

  text(): string {
    const { trace } = this;
    const { rules, judge, message } = trace.verdict;
    const document = {
      displayTimeUnit: 'ms',
      otherData: { rules, judge, message, fault: trace.fault, program: trace.program.name },
      traceEvents: [
        ...this.names(),
        ...this.calls(),
        ...trace.steps.map((step, index) => this.step(index + 1, step)),
        ...this.instants(),
        ...this.wakeUps(),
      ],
    };
    return `${JSON.stringify(document, null, 1)}\n`;
  }

  private names(): ChromeEvent[] {
    const name = { name: this.trace.program.name };
    return [
      { ph: 'M', name: 'process_name', pid: PID, tid: 0, args: name },
      ...[...this.tids].flatMap(([task, tid]): ChromeEvent[] => [
        { ph: 'M', name: 'thread_name', pid: PID, tid, args: { name: task } },
        { ph: 'M', name: 'thread_sort_index', pid: PID, tid, args: { sort_index: tid } },
      ]),
    ];
  }

  /** A task is in one call at a time, so what its steps say cannot overlap; what calls say could. */
  private calls(): ChromeEvent[] {
    const slices: { task: string; call: number; from: number; to: number }[] = [];
    const current = new Map<string, (typeof slices)[number] | null>();
    for (const [index, { task, call }] of this.trace.steps.entries()) {
      const number = index + 1;
      const open = current.get(task) ?? null;
      if (open !== null && open.call === call) open.to = number;
      else {
        const next = call === null ? null : { task, call, from: number, to: number };
        if (next !== null) slices.push(next);
        current.set(task, next);
      }
    }
    const known = new Map(this.trace.calls.map((one) => [`${one.call} ${one.task}`, one]));
    return slices.map(({ task, call, from, to }) => {
      const begun = known.get(`${call} ${task}`);
      return {
        ph: 'X',
        cat: 'call',
        name: begun?.text ?? `call ${call}`,
        pid: PID,
        tid: this.tid(task),
        ts: from,
        dur: to - from + 1,
        args: { returns: begun === undefined || begun.end === null ? 'never' : begun.result },
      };
    });
  }

  private step(number: number, step: TraceStep): ChromeEvent {
    const { deciding, step: parting } = this.trace.verdict;
    const changes = step.changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`);
    return {
      ph: 'X',
      cat: 'step',
      name: step.access === '' ? `step ${number}` : step.access,
      pid: PID,
      tid: this.tid(step.task),
      ts: number,
      dur: 1,
      args: {
        step: number,
        context: step.context,
        ...(step.alternative === 0 ? {} : { outcome: step.alternative }),
        ...(changes.length === 0 ? {} : { changes }),
        ...(step.model === undefined ? {} : { model: step.model }),
        ...(deciding === number ? { deciding: true } : {}),
        ...(parting === number ? { parting: true } : {}),
      },
    };
  }

  private instants(): ChromeEvent[] {
    const { events, violations } = this.trace;
    return [
      ...events.map(({ step, object, event, result, detail }): ChromeEvent => ({
        ph: 'i',
        s: 't',
        cat: 'event',
        name: `${object} ${event}`,
        pid: PID,
        tid: this.tid(this.trace.steps[step - 1]?.task ?? SETUP),
        ts: step,
        args: { result, detail },
      })),
      ...violations.map(({ step, task, kind, message }): ChromeEvent => ({
        ph: 'i',
        s: 'g',
        cat: 'violation',
        name: `${kind}: ${message}`,
        pid: PID,
        tid: this.tid(task),
        ts: step,
      })),
    ];
  }

  private wakeUps(): ChromeEvent[] {
    const wakes = ordersOf(this.trace).filter(({ by }) => by === 'wake-up');
    return wakes.flatMap(({ from, to }, index): ChromeEvent[] => {
      const flow = { cat: 'wake-up', name: 'wake-up', pid: PID, id: index + 1 };
      return [
        { ...flow, ph: 's', tid: this.tid(this.trace.steps[from - 1]?.task ?? SETUP), ts: from },
        {
          ...flow,
          ph: 'f',
          bp: 'e',
          tid: this.tid(this.trace.steps[to - 1]?.task ?? SETUP),
          ts: to,
        },
      ];
    });
  }

  private tid(task: string): number {
    return this.tids.get(task) ?? 1;
  }
}
