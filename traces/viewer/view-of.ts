import { blockedFacts, findingName, type Fact, sizeFacts, verdictFacts } from '../report/facts.ts';
import { programGroups, worldText } from '../report/program-text.ts';
import type { Trace } from '../trace.ts';
import { objectsOf, type Objects } from './view-objects.ts';
import type { Seen } from './seen.ts';
import { layOut } from './state-diagram.ts';
import { shown, Strings } from './strings.ts';
import { NONE, type View, VIEW_FORMAT, VIEW_VERSION, type ViewLane } from './view.ts';

export interface ViewOptions {
  /** What a replay has seen; null: there is none. */
  readonly seen: Seen | null;
  /** What is missing, and why. */
  readonly notices: readonly string[];
  /** Where the code of an operation is: `impl/dma-buf/dma-fence.ts:120`. */
  readonly places: ReadonlyMap<string, string>;
  /** The command that replays the trace; null: it is kept nowhere. */
  readonly command: string | null;
  /** Who lays machines out; whoever makes many views remembers them. Default: `layOut`. */
  readonly draw?: typeof layOut;
}

/** More lanes than this are not drawn: nobody could tell them apart. Unit: lanes. */
const LANES_MAX = 500;

/** Everything that a page shows of a trace. Equal arguments give equal views. */
export async function viewOf(trace: Trace, options: ViewOptions): Promise<View> {
  const { seen, notices, draw = layOut } = options;
  const strings = new Strings();
  const lanes = lanesOf(trace, seen);
  const laneOf = new Map(lanes.map(({ name }, index) => [name, Math.min(index, LANES_MAX - 1)]));
  const objects = objectsOf(trace, seen, strings);
  const calls = callColumns(trace, strings, laneOf, options.places);
  return {
    format: VIEW_FORMAT,
    version: VIEW_VERSION,
    title: shown(findingName(trace)),
    message: shown(trace.verdict.message),
    facts: factsOf(trace, options.command).map(([label, text]) => [label, shown(text)]),
    notices: [...notices, ...omissions(lanes)].map(shown),
    lanes: lanes.slice(0, LANES_MAX).map((lane) => ({ ...lane, name: shown(lane.name) })),
    steps: stepColumns(trace, strings, laneOf),
    changes: changeColumns(trace, strings, objects),
    calls,
    locks: lockColumns(seen, strings, laneOf),
    waits: waitColumns(seen, strings, laneOf),
    complaints: {
      step: trace.violations.map(({ step }) => step),
      text: trace.violations.map(({ kind, message }) => strings.number(`${kind}: ${message}`)),
    },
    looks: objects.looks,
    objects: objects.list,
    diagrams: await Promise.all(objects.machines.map(([kind, graph]) => draw(kind, graph))),
    screens: screensOf(seen, strings),
    parting: trace.verdict.step === 0 ? null : trace.verdict.step,
    deciding: trace.verdict.deciding === 0 ? null : trace.verdict.deciding,
    // Last: by now all words are there.
    strings: strings.list,
  };
}

function omissions(lanes: readonly ViewLane[]): readonly string[] {
  if (lanes.length <= LANES_MAX) return [];
  return [`${lanes.length} tasks: the last lane here is that of all from number ${LANES_MAX} on.`];
}

function factsOf(trace: Trace, command: string | null): readonly Fact[] {
  const { program, implementation, versions } = trace;
  return [
    ...sizeFacts(trace),
    ['program', program.name + worldText(program)],
    ...programGroups(trace)
      .filter(({ calls }) => calls.length > 0)
      .map(({ name, calls }): Fact => [name, calls.join('; ')]),
    ...blockedFacts(trace),
    ...verdictFacts(trace),
    ['found in', `dmabuf-verify ${versions.package}, implementation ${implementation}`],
    ...(command === null ? [] : [['replay', command] as const]),
  ];
}

/** The tasks of the program in its order, then what else ran, in the order of appearance. */
function lanesOf({ program, steps, calls }: Trace, seen: Seen | null): readonly ViewLane[] {
  const known = new Map((seen?.lanes ?? []).map((lane) => [lane.name, lane]));
  const lanes = new Map<string, ViewLane>();
  for (const { name, context, cpu } of program.tasks) {
    const kind = context === 'process' ? 'task' : context;
    lanes.set(name, { name, kind, cpu: known.get(name)?.cpu ?? cpu });
  }
  for (const { task: name, context } of steps) {
    if (lanes.has(name)) continue;
    const kind = context === 'process' ? 'machine' : context;
    lanes.set(name, known.get(name) ?? { name, kind, cpu: null });
  }
  for (const lane of seen?.lanes ?? []) if (!lanes.has(lane.name)) lanes.set(lane.name, lane);
  for (const { task: name, begin } of calls) {
    // Calls of the set-up and of the end have no steps, and no lane.
    if (begin > 0 && !lanes.has(name)) lanes.set(name, { name, kind: 'machine', cpu: null });
  }
  return [...lanes.values()];
}

type LaneNumbers = ReadonlyMap<string, number>;

const laneNumber = (laneOf: LaneNumbers, name: string): number => laneOf.get(name) ?? NONE;

function stepColumns(
  { steps, calls }: Trace,
  strings: Strings,
  laneOf: LaneNumbers,
): View['steps'] {
  const callOf = new Map(calls.map(({ task, call }, index) => [`${call} ${task}`, index]));
  return {
    lane: steps.map(({ task }) => laneNumber(laneOf, task)),
    access: steps.map(({ access, alternative }) =>
      strings.number(alternative === 0 ? access : `${access} (outcome ${alternative})`),
    ),
    call: steps.map(({ task, call }) => callOf.get(`${call} ${task}`) ?? NONE),
    note: steps.map(({ model }) => strings.numberOrNone(model)),
  };
}

function changeColumns({ steps }: Trace, strings: Strings, objects: Objects): View['changes'] {
  const columns = { step: [], object: [], field: [], from: [], to: [] } as Record<
    keyof View['changes'],
    number[]
  >;
  for (const [index, { changes }] of steps.entries()) {
    for (const { field, from, to } of changes) {
      columns.step.push(index + 1);
      columns.object.push(objects.ofField(field));
      columns.field.push(strings.number(field));
      columns.from.push(strings.number(from));
      columns.to.push(strings.number(to));
    }
  }
  return columns;
}

function callColumns(
  { calls }: Trace,
  strings: Strings,
  laneOf: LaneNumbers,
  places: ReadonlyMap<string, string>,
): View['calls'] {
  return {
    lane: calls.map(({ task }) => laneNumber(laneOf, task)),
    text: calls.map(({ text }) => strings.number(text)),
    begin: calls.map(({ begin }) => begin),
    end: calls.map(({ end }) => end ?? NONE),
    result: calls.map(({ result }) => strings.numberOrNone(result)),
    place: calls.map(({ op }) => strings.numberOrNone(places.get(op))),
  };
}

function lockColumns(seen: Seen | null, strings: Strings, laneOf: LaneNumbers): View['locks'] {
  const holds = (seen?.holds ?? []).filter(({ lane }) => laneOf.has(lane));
  return {
    lane: holds.map(({ lane }) => laneNumber(laneOf, lane)),
    name: holds.map(({ name }) => strings.number(name)),
    from: holds.map(({ from }) => from),
    to: holds.map(({ to }) => to ?? NONE),
  };
}

function waitColumns(seen: Seen | null, strings: Strings, laneOf: LaneNumbers): View['waits'] {
  const waits = (seen?.waits ?? []).filter(({ lane }) => laneOf.has(lane));
  return {
    lane: waits.map(({ lane }) => laneNumber(laneOf, lane)),
    why: waits.map(({ why }) => strings.number(why)),
    holder: waits.map(({ holder }) => (holder === null ? NONE : laneNumber(laneOf, holder))),
    from: waits.map(({ from }) => from),
    to: waits.map(({ to }) => to ?? NONE),
    next: waits.map(({ next }) => next ?? NONE),
  };
}

function screensOf(seen: Seen | null, strings: Strings): View['screens'] {
  return (seen?.screens ?? []).map(({ name, lines, frames }) => ({
    name: shown(name),
    lines,
    frames: frames.map(({ begin, end, plane, count, stamps, marks }) => ({
      ...{ begin, end, plane, count },
      stamps: stamps.map((text) => strings.number(text)),
      marks: marks.map((text) => strings.numberOrNone(text)),
    })),
  }));
}
