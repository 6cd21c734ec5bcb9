import { DRIVER, type Trace } from '../trace.ts';
import { counted } from './text.ts';

/** Something about a trace: what it is, and in words. */
export type Fact = readonly [label: string, text: string];

/** The rules that are broken, or who complains when there is none. */
export function findingName({ verdict: { rules, judge } }: Trace): string {
  return rules.length === 0 ? judge : rules.join(', ');
}

/** How small it is, within which bounds it was found, and what the world had that others have not. */
export function sizeFacts({ fault, verdict }: Trace): readonly Fact[] {
  const { tasks, calls, steps, preemptions } = verdict.shrunk;
  const parts = [
    counted(tasks, 'task'),
    counted(calls, 'call'),
    counted(steps, 'step'),
    counted(preemptions, 'preemption'),
  ];
  return [
    ['size', parts.join(', ')],
    ...(verdict.bounds === '' ? [] : [['bounds', verdict.bounds] as const]),
    ...(fault === null ? [] : [originFact(fault)]),
  ];
}

function originFact(fault: string): Fact {
  return fault.startsWith(DRIVER)
    ? ['driver', fault.slice(DRIVER.length)]
    : ['fault', `${fault} (seeded)`];
}

/** Who waits when nothing can run any more. */
export function blockedFacts({ blocked }: Trace): readonly Fact[] {
  return blocked.map(({ task, at, why }) => ['blocked', `${task} at ${at}: ${why}`]);
}

/** What the model expects, and which choice decided it. */
export function verdictFacts(trace: Trace): readonly Fact[] {
  return [...modelFacts(trace), ...decidingFacts(trace)];
}

function modelFacts({ verdict: { expected, actual, step } }: Trace): readonly Fact[] {
  if (expected === null) return [];
  const place = step === null || step === 0 ? '' : ` at step ${step}`;
  const contrast = actual === null ? '' : `; the implementation ${actual}`;
  return [['model', `expects ${expected}${place}${contrast}`]];
}

function decidingFacts({ verdict: { deciding: number }, steps }: Trace): readonly Fact[] {
  const step = number === null ? undefined : steps[number - 1];
  if (step === undefined) return [];
  const choice = `step ${number}, ${step.access} by ${step.task}`;
  return [['deciding', `${choice}: however the run goes on from there, it fails`]];
}
