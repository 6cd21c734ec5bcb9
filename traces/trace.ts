import { z } from 'zod';

import { COMPLETE, type Collections, FIRST_MISTAKE } from './collections.ts';
import { COUNT, type Program, programSchema, RULE_ID } from './program.ts';

export const TRACE_FORMAT = 'dmabuf-verify-trace';
export const TRACE_VERSION = 1;
/** A trace of a driver under check says so in place of a seeded fault, and whose class it was. */
export const DRIVER = 'driver ';

/** A moment at which more than one thing could happen, and what did. */
export interface TraceChoice {
  /** The step that was chosen. Steps count from 1; 0 is the set-up. */
  readonly step: number;
  readonly task: string;
  readonly access: string;
  /** Which outcome nature picked for the access; 0 is "nothing special". */
  readonly alternative: number;
}

/** A shared field got another value. */
export interface TraceChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** One access by one task. Its number is its place in the list, counted from 1. */
export interface TraceStep {
  readonly task: string;
  readonly context: 'process' | 'softirq' | 'hardirq';
  /** `test f1.flags` */
  readonly access: string;
  readonly alternative: number;
  readonly changes: readonly TraceChange[];
  /** The call of the task that it belongs to, counted from 1; null outside of calls. */
  readonly call: number | null;
  /** What the model has to say about this step. */
  readonly model?: string;
}

/** A call that began. Those that nobody got to are only in the program. */
export interface TraceCall {
  readonly task: string;
  /** The number of the call in its task, counted from 1. */
  readonly call: number;
  readonly op: string;
  /** `f1.addCallback(cb1)` */
  readonly text: string;
  /** Step of its first access. */
  readonly begin: number;
  /** Step at which it returned; null when it never did. */
  readonly end: number | null;
  readonly result: string | null;
}

/** An object took an event; the names are those of `model/events.ts`. */
export interface TraceEvent {
  readonly step: number;
  readonly object: string;
  readonly kind: string;
  readonly event: string;
  readonly result: number | null;
  readonly detail: number;
}

/** A complaint of the simulated kernel itself. */
export interface TraceViolation {
  readonly step: number;
  readonly task: string;
  readonly kind: string;
  readonly message: string;
  readonly object: string | null;
}

/** A task that waits when nothing can run any more. */
export interface TraceBlocked {
  readonly task: string;
  /** The access that it cannot perform. */
  readonly at: string;
  readonly why: string;
}

/** What an object looked like when the run was over. */
export interface TraceEnd {
  readonly object: string;
  readonly kind: string;
  readonly state: string;
  readonly context: Readonly<Record<string, string | number | boolean>>;
}

/** How small the counterexample is. */
export interface TraceSize {
  readonly tasks: number;
  readonly calls: number;
  readonly steps: number;
  readonly preemptions: number;
}

/** What was found, by whom, and where. */
export interface TraceVerdict {
  /** The rules that are broken; empty when a judge complains that checks no single rule. */
  readonly rules: readonly string[];
  readonly judge: string;
  readonly message: string;
  /** The first step at which model and implementation part; null when there is no such step. */
  readonly step: number | null;
  /** Continues the sentence "model expects". */
  readonly expected: string | null;
  /** Continues the sentence "the implementation": `returned 0`. */
  readonly actual: string | null;
  /** The step after whose choice all continuations fail. */
  readonly deciding: number | null;
  readonly shrunk: TraceSize;
  /** Within which bounds the search ran. */
  readonly bounds: string;
}

/** A counterexample: everything that is needed to replay and to show it. */
export interface Trace {
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  readonly versions: {
    readonly package: string;
    readonly schema: number;
    readonly spec: string;
  };
  /** Hash of the code that the trace was found in. */
  readonly implementation: string;
  /** The seeded fault that was on. */
  readonly fault: string | null;
  readonly program: Program;
  readonly choices: readonly TraceChoice[];
  readonly steps: readonly TraceStep[];
  readonly calls: readonly TraceCall[];
  readonly events: readonly TraceEvent[];
  readonly violations: readonly TraceViolation[];
  readonly blocked: readonly TraceBlocked[];
  readonly end: readonly TraceEnd[];
  readonly verdict: TraceVerdict;
}

const NAME = z.string().min(1);

const CHOICE = z.strictObject({ step: COUNT, task: NAME, access: z.string(), alternative: COUNT });

const CHANGE = z.strictObject({ field: NAME, from: z.string(), to: z.string() });

function stepSchema({ list }: Collections): z.ZodType<TraceStep> {
  return z.strictObject({
    task: NAME,
    context: z.enum(['process', 'softirq', 'hardirq']),
    access: z.string(),
    alternative: COUNT,
    changes: list(CHANGE),
    call: COUNT.nullable(),
    model: z.exactOptional(z.string()),
  });
}

const CALL = z.strictObject({
  task: NAME,
  call: COUNT,
  op: NAME,
  text: NAME,
  begin: COUNT,
  end: COUNT.nullable(),
  result: z.string().nullable(),
});

const EVENT = z.strictObject({
  step: COUNT,
  object: NAME,
  kind: NAME,
  event: NAME,
  result: z.number().nullable(),
  detail: z.number(),
});

const VIOLATION = z.strictObject({
  step: COUNT,
  task: NAME,
  kind: NAME,
  message: z.string(),
  object: z.string().nullable(),
});

const BLOCKED = z.strictObject({ task: NAME, at: z.string(), why: z.string() });

const CONTEXT_VALUE = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a text, a number, true or false',
});

function endSchema({ dictionary }: Collections): z.ZodType<TraceEnd> {
  return z.strictObject({
    object: NAME,
    kind: NAME,
    state: z.string(),
    context: dictionary(CONTEXT_VALUE),
  });
}

function verdictSchema({ list }: Collections): z.ZodType<TraceVerdict> {
  return z.strictObject({
    rules: list(RULE_ID),
    judge: NAME,
    message: NAME,
    step: COUNT.nullable(),
    expected: z.string().nullable(),
    actual: z.string().nullable(),
    deciding: COUNT.nullable(),
    shrunk: z.strictObject({ tasks: COUNT, calls: COUNT, steps: COUNT, preemptions: COUNT }),
    bounds: z.string(),
  });
}

/** Traces as data. The order of keys here is the order in files. */
function traceSchema(collections: Collections): z.ZodType<Trace> {
  const { list } = collections;
  return z.strictObject({
    format: z.literal(TRACE_FORMAT),
    version: z.literal(TRACE_VERSION),
    versions: z.strictObject({ package: z.string(), schema: COUNT, spec: z.string() }),
    implementation: z.string(),
    fault: z.string().nullable(),
    program: programSchema(collections),
    choices: list(CHOICE),
    steps: list(stepSchema(collections)),
    calls: list(CALL),
    events: list(EVENT),
    violations: list(VIOLATION),
    blocked: list(BLOCKED),
    end: list(endSchema(collections)),
    verdict: verdictSchema(collections),
  });
}

/** What a trace must look like. Of several mistakes in a list it reports the first. */
export const TRACE: z.ZodType<Trace> = traceSchema(FIRST_MISTAKE);

/** The published form, for programs that are not written in TypeScript. */
export function traceJsonSchema(): string {
  const schema = {
    $id: `urn:${TRACE_FORMAT}:${TRACE_VERSION}`,
    title: 'Counterexample trace of dmabuf-verify',
    ...z.toJSONSchema(traceSchema(COMPLETE), { target: 'draft-2020-12' }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
