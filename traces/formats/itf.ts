import { printableData } from '../printable.ts';
import { byStep } from '../report/by-step.ts';
import { nameOf } from '../report/results.ts';
import type { Trace, TraceCall, TraceEvent, TraceStep, TraceViolation } from '../trace.ts';
import type { Exported, Format } from './format.ts';

const DESCRIPTION = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

/** A value of the Informal Trace Format. It has no null, and whole numbers are never JSON numbers. */
type Value =
  | string
  | boolean
  | readonly Value[]
  | { readonly '#bigint': string }
  | { readonly '#tup': readonly Value[] }
  | { readonly '#map': readonly (readonly [Value, Value])[] }
  | { readonly '#unserializable': string }
  | { readonly [field: string]: Value };

/** The variables, with their types as Apalache writes them. */
const TYPES = {
  task: 'Str',
  access: 'Str',
  fields: 'Str -> Str',
  calls: 'Str -> <<Int, Str>>',
  returned: '<<Str, Int>> -> Str',
  events: 'Seq({ detail: Int, event: Str, object: Str })',
  violations: 'Seq(Str)',
} as const;

type State = Readonly<Record<keyof typeof TYPES, Value>>;

/** What the viewers of Apalache and Quint read: the state after each step. */
export const ITF: Format = {
  name: 'itf',
  shows: 'tools around Apalache and Quint: the state after the set-up and after each step',
  write: ({ trace, file }: Exported) => itfText({ trace: printableData(trace), file }),
};

function itfText({ trace, file }: Pick<Exported, 'trace' | 'file'>): string {
  const { id, message } = nameOf(trace.verdict);
  const document = {
    '#meta': {
      format: 'ITF',
      'format-description': DESCRIPTION,
      source: printableData(file),
      status: 'violation',
      description: `${id}: ${message}`,
      varTypes: TYPES,
    },
    vars: Object.keys(TYPES),
    states: new States(trace).all().map((state, index) => ({ '#meta': { index }, ...state })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

const whole = (number: number): Value =>
  Number.isInteger(number)
    ? { '#bigint': BigInt(number).toString() }
    : { '#unserializable': String(number) };

/** Plays a trace, and says what can be seen after each step. */
class States {
  private readonly trace: Trace;
  private readonly fields = new Map<string, string>();
  /** By task: the call that it is in. */
  private readonly calls = new Map<string, TraceCall>();
  private readonly returned: (readonly [Value, Value])[] = [];
  private readonly begins: ReadonlyMap<number, readonly TraceCall[]>;
  private readonly ends: ReadonlyMap<number, readonly TraceCall[]>;
  private readonly events: ReadonlyMap<number, readonly TraceEvent[]>;
  private readonly violations: ReadonlyMap<number, readonly TraceViolation[]>;

  constructor(trace: Trace) {
    this.trace = trace;
    this.begins = byStep(trace.calls, ({ begin }) => begin);
    this.ends = byStep(trace.calls, ({ end }) => end);
    this.events = byStep(trace.events, ({ step }) => step);
    this.violations = byStep(trace.violations, ({ step }) => step);
    for (const { changes } of trace.steps) {
      for (const { field, from } of changes) {
        if (!this.fields.has(field)) this.fields.set(field, from);
      }
    }
  }

  all(): readonly State[] {
    return [
      this.after(0, null),
      ...this.trace.steps.map((step, index) => this.after(index + 1, step)),
    ];
  }

  private after(number: number, step: TraceStep | null): State {
    for (const { field, to } of step?.changes ?? []) this.fields.set(field, to);
    for (const call of this.begins.get(number) ?? []) this.calls.set(call.task, call);
    for (const call of this.ends.get(number) ?? []) {
      // A call without a step ends where it begins, and the next one begins there, too.
      if (this.calls.get(call.task) === call) this.calls.delete(call.task);
      this.returned.push([{ '#tup': [call.task, whole(call.call)] }, call.result ?? '']);
    }
    const running = [...this.calls].map(([task, { call, text }]): [Value, Value] => [
      task,
      { '#tup': [whole(call), text] },
    ]);
    return {
      task: step?.task ?? '',
      access: step?.access ?? '',
      fields: { '#map': [...this.fields] },
      calls: { '#map': running },
      returned: { '#map': [...this.returned] },
      events: (this.events.get(number) ?? []).map(({ object, event, detail }) => ({
        object,
        event,
        detail: whole(detail),
      })),
      violations: (this.violations.get(number) ?? []).map(
        ({ kind, message }) => `${kind}: ${message}`,
      ),
    };
  }
}
