import fc from 'fast-check';

import type { Argument, Program } from './program.ts';
import {
  type Trace,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TraceCall,
  type TraceStep,
} from './trace.ts';

// Traces that the schema takes, whatever they say. For tests: a reader must get through all of them.

/** What has gone wrong in one format or another. */
const HOSTILE = [
  '\u001b[31m',
  '\u0000',
  '\u2028',
  '\r\n',
  '\ud800',
  '\u{1f600}',
  '"',
  "'",
  '`',
  '\\',
  '${x}',
  '%%{init: {}}%%',
  '#59;',
  ';',
  'end',
  '->>',
  ': wrap:',
  '<script>alert(1)</script>',
  '<!--',
  '[x](command:y)',
  '>> rm -rf ~',
  '{{HOME}}',
  '__proto__',
  '](#1)',
  '*/',
  '{"A":1}',
  '#tup',
  '// ',
] as const;

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 3 }).map((parts) => parts.join('')),
  fc.constantFrom('test f.flags', 'spin_lock f.lock', 'set f.flags', 'free', 'f.lock', '0'),
);
const name = text.filter((one) => one !== '');
const count = fc.nat({ max: 9 });
/** JSON knows no minus zero. */
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((one) => (Object.is(one, -0) ? 0 : one));
const rules = fc.array(fc.constantFrom('FENCE-046', 'LOCKING-001', 'E2E-003'), { maxLength: 2 });
const listed = fc.oneof(text, number, fc.constant(null));
const argument: fc.Arbitrary<Argument> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(listed, { maxLength: 2 }),
);
/** A document cannot give an object another prototype, so neither does this. */
const key = name.filter((one) => one !== '__proto__');
const call = fc.record(
  {
    op: name,
    args: fc.dictionary(key, argument, { maxKeys: 2, noNullPrototype: true }),
    out: name,
  },
  { requiredKeys: ['op', 'args'] },
);
const calls = fc.array(call, { maxLength: 2 });

function programOf(names: readonly string[]): fc.Arbitrary<Program> {
  const tasks = names.map((task, cpu) =>
    fc.record(
      {
        name: fc.constant(task),
        context: fc.constantFrom('process' as const, 'hardirq' as const),
        cpu: fc.constant(cpu % 2),
        calls,
        process: name,
      },
      { requiredKeys: ['name', 'context', 'cpu', 'calls'] },
    ),
  );
  return fc.record(
    {
      name: text,
      rule: fc.constantFrom(null, 'FENCE-046'),
      world: fc.record(
        {
          time: fc.constantFrom('discrete' as const, 'free' as const),
          failuresMax: count,
          interruptionsMax: count,
          lockProving: fc.boolean(),
          memory: fc.constantFrom('sc' as const, 'tso' as const),
        },
        { requiredKeys: ['time', 'failuresMax', 'interruptionsMax', 'lockProving'] },
      ),
      setup: calls,
      tasks: fc.tuple(...tasks),
      teardown: calls,
      mayBlock: fc.array(text, { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'rule', 'world', 'setup', 'tasks', 'teardown'] },
  );
}

const sleepAndWake = (task: string): string[] => [`wake ${task}.state`, `schedule ${task}`];

function stepOf(names: readonly string[]): fc.Arbitrary<TraceStep> {
  const change = fc.record({
    field: name,
    from: text,
    to: fc.oneof(text, fc.constantFrom(...names)),
  });
  return fc.record(
    {
      task: fc.constantFrom(...names),
      context: fc.constantFrom('process' as const, 'softirq' as const, 'hardirq' as const),
      access: fc.oneof(text, fc.constantFrom(...names.flatMap(sleepAndWake))),
      alternative: count,
      changes: fc.array(change, { maxLength: 2 }),
      call: fc.constantFrom(null, 1, 2),
      model: text,
    },
    { requiredKeys: ['task', 'context', 'access', 'alternative', 'changes', 'call'] },
  );
}

/** Every call that a step names has begun; ends come behind beginnings. */
function callsOf(steps: readonly TraceStep[]): fc.Arbitrary<TraceCall[]> {
  const named = new Map(
    steps.flatMap((step, index) =>
      step.call === null ? [] : [[`${step.call} ${step.task}`, { ...step, index }] as const],
    ),
  );
  const begun = [...named.values()].map(({ task, call: position, index }) =>
    fc
      .record({
        op: name,
        text: name,
        begin: fc.nat({ max: index + 1 }),
        more: fc.nat({ max: steps.length - index - 1 }),
        isOver: fc.boolean(),
        result: fc.oneof(text, fc.constant(null)),
      })
      .map(({ more, isOver, ...rest }) => ({
        task,
        call: position ?? 0,
        ...rest,
        end: isOver ? index + 1 + more : null,
      })),
  );
  return fc.tuple(...begun);
}

function traceOf(program: Program, steps: readonly TraceStep[]): fc.Arbitrary<Trace> {
  const step = fc.nat({ max: steps.length });
  const maybeStep = fc.oneof(step, fc.constant(null));
  const maybeText = fc.oneof(text, fc.constant(null));
  const chosen = fc.subarray([...steps.entries()]);
  return fc.record({
    format: fc.constant(TRACE_FORMAT),
    version: fc.constant(TRACE_VERSION),
    versions: fc.record({ package: text, schema: count, spec: text }),
    implementation: text,
    fault: maybeText,
    program: fc.constant(program),
    choices: chosen.map((entries) =>
      entries.map(([index, { task, access, alternative }]) => ({
        step: index + 1,
        task,
        access,
        alternative,
      })),
    ),
    steps: fc.constant(steps),
    calls: callsOf(steps),
    events: fc.array(
      fc.record({
        step,
        object: name,
        kind: name,
        event: name,
        result: fc.oneof(number, fc.constant(null)),
        detail: number,
      }),
      { maxLength: 3 },
    ),
    violations: fc.array(
      fc.record({ step, task: name, kind: name, message: text, object: maybeText }),
      { maxLength: 2 },
    ),
    blocked: fc.array(fc.record({ task: name, at: text, why: text }), { maxLength: 2 }),
    end: fc.array(
      fc.record({
        object: name,
        kind: name,
        state: text,
        context: fc.dictionary(key, fc.oneof(text, number, fc.boolean()), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      }),
      { maxLength: 2 },
    ),
    verdict: fc.record({
      rules,
      judge: name,
      message: name,
      step: maybeStep,
      expected: maybeText,
      actual: maybeText,
      deciding: maybeStep,
      shrunk: fc.record({ tasks: count, calls: count, steps: count, preemptions: count }),
      bounds: text,
    }),
  });
}

/** Traces that the schema takes and that do not contradict themselves. */
export const arbitraryTrace: fc.Arbitrary<Trace> = fc
  .uniqueArray(name, { minLength: 1, maxLength: 3 })
  .chain((names) =>
    fc
      .tuple(programOf(names), fc.array(stepOf(names), { maxLength: 8 }))
      .chain(([program, steps]) => traceOf(program, steps)),
  );
