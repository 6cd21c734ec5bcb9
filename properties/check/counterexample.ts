import type { RuleId } from '../../model/rules/catalogue.ts';
import { errnoName } from '../../impl/kernel/errno.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { StackTypes } from '../../impl/stack.ts';
import type { Trace, TraceCall, TraceEnd } from '../../traces/trace.ts';
import { callText } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Finding } from '../run/finding.ts';
import type { CallRecord } from '../run/history.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { Recorder } from '../run/recorder.ts';
import { Run } from '../run/run.ts';
import { labelled, type LabelledChoice } from '../schedules/labelled.ts';
import { isPreemption } from '../schedules/preemption.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { isSame, type Verdict } from '../shrink/candidate.ts';
import { implementationHash, versions } from '../versions.ts';

export interface RecordOptions {
  readonly program: Program;
  readonly strategy: Strategy;
  readonly types: StackTypes;
  readonly judges: readonly JudgeFactory[];
  readonly verdict: Verdict;
  /** The finding to show, when there are several. */
  readonly target: { readonly judge: string; readonly rules: readonly RuleId[] };
  /** The fault that was seeded, for the trace's head. */
  readonly faultId: string | null;
  readonly bounds: string;
  /** Number of the deciding choice, from 1; 0 or null when there is none. */
  readonly deciding: number | null;
}

/** A recorded run: the trace, and the run itself. Null verdict: nothing is wrong with it. */
export interface Recorded {
  readonly run: Run;
  readonly finding: Finding | null;
  readonly trace: Trace | null;
}

/** Runs a program once more with everything noted, and writes down what was found. */
export function record(options: RecordOptions): Recorded {
  const recorder = new Recorder();
  const choices: LabelledChoice[] = [];
  const judges = [...options.judges.map((make) => make()), recorder];
  const end: TraceEnd[] = [];
  let preemptions = 0;
  const run = new Run(options.program, {
    types: options.types,
    judges,
    onStart: (world) => recorder.begin(world),
    onStep: (task) => recorder.announce(task),
    onEnd: (world) => end.push(...endState(world)),
    onChoice: (world, choice) => {
      choices.push(labelled(world, choice));
      if (isPreemption(world, choice)) preemptions += 1;
    },
  }).execute(options.strategy);
  const findings = options.verdict(run);
  const finding = findings.find((found) => isSame(found, options.target)) ?? findings[0];
  if (finding === undefined) return { run, finding: null, trace: null };
  const noted = { finding, recorder, choices, end, preemptions };
  return { run, finding, trace: toTrace(options, run, noted) };
}

/** What was noted of a run, besides the run itself. */
export interface Noted {
  readonly finding: Finding;
  readonly recorder: Recorder;
  readonly choices: readonly LabelledChoice[];
  readonly end: readonly TraceEnd[];
  readonly preemptions: number;
}

/** A run as a trace holds it, also one that has not come to its end. */
export function toTrace(
  options: Pick<RecordOptions, 'program' | 'faultId' | 'bounds' | 'deciding'>,
  run: Run,
  { finding, recorder, choices, end, preemptions }: Noted,
): Trace {
  const deciding = options.deciding === null ? undefined : choices[options.deciding - 1];
  return {
    format: 'dmabuf-verify-trace',
    version: 1,
    versions: versions(),
    implementation: implementationHash(),
    fault: options.faultId,
    program: options.program,
    choices,
    steps: recorder.steps,
    calls: run.calls.map(toCall),
    events: recorder.events,
    violations: run.violations.map(({ step, task, kind, message, object }) => ({
      step,
      task: task.name,
      kind,
      message,
      object: object?.label ?? null,
    })),
    blocked: run.blocked,
    end,
    verdict: {
      rules: [...finding.rules],
      judge: finding.judge,
      message: finding.message,
      step: finding.step,
      expected: finding.expected,
      actual: null,
      deciding: deciding?.step ?? null,
      shrunk: {
        tasks: options.program.tasks.length,
        calls: run.calls.length,
        steps: recorder.steps.length,
        preemptions,
      },
      bounds: options.bounds,
    },
  };
}

export function toCall(record: CallRecord): TraceCall {
  const { task, position, call, begin, end, result } = record;
  const text = typeof result === 'number' ? errnoName(result) : JSON.stringify(result);
  return {
    task,
    call: position + 1,
    op: call.op,
    text: callText(call),
    begin,
    end,
    result: end === null ? null : text,
  };
}

/** What every object that is still there shows. */
export function endState(world: World): TraceEnd[] {
  const objects: TraceEnd[] = [];
  for (const object of world.memory.live()) {
    const shown = object.abstract();
    if (shown === null) continue;
    const { state, context } = shown;
    objects.push({ object: object.label, kind: object.kind, state, context });
  }
  return objects;
}
