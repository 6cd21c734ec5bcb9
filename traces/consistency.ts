import type { Trace } from './trace.ts';

/** A part of a trace that contradicts another part. */
export interface Inconsistency {
  /** `choices[3].step` */
  readonly path: string;
  readonly message: string;
}

type Found = Inconsistency | null;

/** Where a trace contradicts itself, or null. Its shape is checked before. */
export function findInconsistency(trace: Trace): Found {
  return (
    tasksAreNamedApart(trace) ??
    stepsExist(trace) ??
    choicesAreSteps(trace) ??
    callsAreInOrder(trace) ??
    stepsBelongToCalls(trace)
  );
}

function tasksAreNamedApart({ program }: Trace): Found {
  const names = new Set<string>();
  for (const [index, { name }] of program.tasks.entries()) {
    if (names.has(name)) {
      return {
        path: `program.tasks[${index}].name`,
        message: `a task before it is called "${name}" too; expected another name`,
      };
    }
    names.add(name);
  }
  return null;
}

function stepsExist(trace: Trace): Found {
  const { choices, calls, events, violations, verdict } = trace;
  const named: [path: string, step: number | null][] = [
    ...choices.map((entry, index): [string, number] => [`choices[${index}].step`, entry.step]),
    ...calls.map((entry, index): [string, number] => [`calls[${index}].begin`, entry.begin]),
    ...calls.map((entry, index): [string, number | null] => [`calls[${index}].end`, entry.end]),
    ...events.map((entry, index): [string, number] => [`events[${index}].step`, entry.step]),
    ...violations.map((entry, index): [string, number] => [
      `violations[${index}].step`,
      entry.step,
    ]),
    ['verdict.step', verdict.step],
    ['verdict.deciding', verdict.deciding],
  ];
  const last = trace.steps.length;
  for (const [path, step] of named) {
    if (step !== null && step > last) {
      return { path, message: `there is no step ${step}; expected at most ${last}` };
    }
  }
  return null;
}

function choicesAreSteps({ choices, steps }: Trace): Found {
  let before = 0;
  for (const [index, choice] of choices.entries()) {
    const path = `choices[${index}]`;
    if (choice.step <= before) {
      const message = `found ${choice.step}; expected a step after ${before}`;
      return { path: `${path}.step`, message };
    }
    before = choice.step;
    const step = steps[choice.step - 1];
    for (const field of ['task', 'access', 'alternative'] as const) {
      if (step === undefined || step[field] === choice[field]) continue;
      const expected = `"${step[field]}" as in step ${choice.step}`;
      return {
        path: `${path}.${field}`,
        message: `found "${choice[field]}"; expected ${expected}`,
      };
    }
  }
  return null;
}

const callKey = (task: string, call: number): string => `${call} of ${task}`;

function callsAreInOrder({ calls }: Trace): Found {
  const known = new Set<string>();
  for (const [index, { task, call, begin, end }] of calls.entries()) {
    if (end !== null && end < begin) {
      const message = `found ${end}; expected a step from ${begin} on, where the call begins`;
      return { path: `calls[${index}].end`, message };
    }
    const key = callKey(task, call);
    if (known.has(key)) {
      const message = `call ${key} is there already; expected another number`;
      return { path: `calls[${index}].call`, message };
    }
    known.add(key);
  }
  return null;
}

function stepsBelongToCalls({ calls, steps }: Trace): Found {
  const known = new Set(calls.map(({ task, call }) => callKey(task, call)));
  for (const [index, { task, call }] of steps.entries()) {
    if (call === null || known.has(callKey(task, call))) continue;
    const message = `there is no call ${callKey(task, call)}; expected one of "calls"`;
    return { path: `steps[${index}].call`, message };
  }
  return null;
}
