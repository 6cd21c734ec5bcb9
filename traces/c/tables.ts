import type { Call } from '../program.ts';
import type { Trace, TraceCall } from '../trace.ts';
import { exactly, literal } from './c-text.ts';
import { callOrders, hasRace } from './call-order.ts';
import { LOOKS } from './looks.ts';

/** Runs of a program that may go several ways, unless the user says how many. */
const RACE_RUNS = 5000;
/** Judges that speak of what a kernel does not survive. */
const DANGEROUS = new Set([
  'bug',
  'deadlock',
  'livelock',
  'lockdep',
  'double-free',
  'lock-misuse',
  'refcount',
  'sleep-in-atomic',
  'stack-overflow',
  'use-after-free',
]);

/**
 * The ways in which runs end where nothing is wrong: what each call gives back, by task and number
 * (`A 3`), as traces write results; null where it does not return.
 */
export type Expected = readonly ReadonlyMap<string, string | null>[];

/** The key of a call in `Expected`. */
function keyOfCall({ task, call }: Pick<TraceCall, 'task' | 'call'>): string {
  return `${task} ${call}`;
}

/** A call at its place in the program. */
export interface Planned {
  readonly task: string;
  /** Counts from 1 in its task, as in a trace. */
  readonly number: number;
  readonly call: Call;
}

export interface Lane {
  readonly name: string;
  readonly calls: readonly Planned[];
}

/** What the runner reads: calls with their results, who makes them, and in which order. */
export function tablesOf(trace: Trace, lanes: readonly Lane[], expected: Expected): string {
  const calls = lanes.flatMap((lane) => lane.calls);
  const traced = tracedOf(trace, calls);
  const outcomes = outcomesOf(calls, expected);
  const known = new Map(trace.calls.map((call) => [keyOfCall(call), call]));
  const rows = calls.map(({ task, number, call }, index) => {
    const agreed = new Set(outcomes.map((outcome) => outcome[index]));
    const right = agreed.size === 1 ? [...agreed][0] : undefined;
    const text = known.get(keyOfCall({ task, call: number }))?.text ?? call.op;
    const texts = [literal(text), right ?? 'NULL', traced[index] ?? 'NULL'];
    return `  { ${literal(task)}, ${texts.join(', ')}, call_${index} },\n`;
  });
  const isTold = !outcomes.some((outcome) => outcome.join(' ') === traced.join(' '));
  const [setup = NO_LANE, ...rest] = lanesTable(lanes);
  const teardown = rest.pop() ?? NO_LANE;
  return `struct call {
  const char *task, *text;
  /* Patterns for fnmatch; NULL: anything is right. */
  const char *expected, *traced;
  void (*make)(char *result);
};

struct lane {
  int first, count;
};

/* A call begins when an earlier one of another task has come so far. */
struct order {
  int later, earlier, state;
  /* The earlier one is waited for until its thread sleeps. */
  int sleeps;
};

static const struct call CALLS[] = {
${rows.join('')}};

/* The ways in which runs end where nothing is wrong, as far as they are known. */
static const char *const OUTCOMES[][${calls.length}] = {
${outcomes.map((outcome) => `  { ${outcome.join(', ')} },\n`).join('')}  { NULL },
};

static const struct order ORDERS[] = {
${ordersTable(trace, calls)}  { -1, 0, 0, 0 },
};

static const struct lane SETUP = ${setup}, TEARDOWN = ${teardown};
static const struct lane LANES[] = { ${[...rest, NO_LANE].join(', ')} };

enum {
  CALL_COUNT = ${calls.length},
  OUTCOME_COUNT = ${outcomes.length},
  LANE_COUNT = ${rest.length},
  LANES_MAX = ${rest.length + 1},
  /* Turns are waited for so long: about a second. */
  ORDER_SPINS = 21000,
  RUNS = ${hasRace(trace) ? RACE_RUNS : 1},
  IS_DANGEROUS = ${DANGEROUS.has(trace.verdict.judge) ? 1 : 0},
  RESULTS_TELL = ${isTold ? 1 : 0},
};
`;
}

const NO_LANE = '{ 0, 0 }';

function lanesTable(lanes: readonly Lane[]): string[] {
  let first = 0;
  return lanes.map(({ calls }) => {
    const text = `{ ${first}, ${calls.length} }`;
    first += calls.length;
    return text;
  });
}

function ordersTable(trace: Trace, calls: readonly Planned[]): string {
  const at = new Map(
    calls.map(({ task, number }, index) => [keyOfCall({ task, call: number }), index]),
  );
  const rows = callOrders(trace).flatMap(({ later, earlier, when }) => {
    const [second, first] = [at.get(keyOfCall(later)), at.get(keyOfCall(earlier))];
    if (second === undefined || first === undefined) return [];
    const sleeps = when === 'begun' && SLEEPING.has(earlier.op) ? 1 : 0;
    return [`  { ${second}, ${first}, ${when === 'ended' ? 2 : 1}, ${sleeps} },\n`];
  });
  return rows.join('');
}

/** Calls that wait for somebody else. */
const SLEEPING = new Set([
  'sys.poll',
  'sys.pollMany',
  'sys.readCount',
  'so.wait',
  'so.timelineWait',
  'so.transfer',
  'dmabuf.sync',
]);

/** What calls did in the trace, as C patterns. */
function tracedOf(trace: Trace, calls: readonly Planned[]): readonly string[] {
  const known = new Map(trace.calls.map((call) => [keyOfCall(call), call]));
  return calls.map(({ task, number, call }) => {
    const traced = known.get(keyOfCall({ task, call: number }));
    if (traced === undefined) return seen(call, 'never begins');
    return pattern(call, traced.end === null ? null : (traced.result ?? 'null'));
  });
}

/** The same of each run in which nothing was wrong; equal ones stand once. */
function outcomesOf(calls: readonly Planned[], expected: Expected): readonly (readonly string[])[] {
  const outcomes = expected.map((results) =>
    calls.map(({ task, number, call }) => {
      const result = results.get(keyOfCall({ task, call: number }));
      return result === undefined ? seen(call, 'never begins') : pattern(call, result);
    }),
  );
  return [...new Map(outcomes.map((outcome) => [outcome.join(' '), outcome])).values()];
}

function pattern(call: Call, result: string | null): string {
  if (result === null) return seen(call, 'does not return');
  return seen(call, patternOf(call.op, textOf(result)));
}

/** What a debugger would see is not seen. */
function seen({ op }: Call, text: string): string {
  return Object.hasOwn(LOOKS.calls, op) ? 'NULL' : literal(text);
}

/** Texts stand in traces as JSON. */
function textOf(result: string): string {
  if (!result.startsWith('"')) return result;
  const text: unknown = JSON.parse(result);
  return typeof text === 'string' ? text : result;
}

/** Times, and numbers of contexts in names, are those of one machine. */
function patternOf(op: string, text: string): string {
  if (op !== 'sys.info') return exactly(text);
  return exactly(text)
    .replaceAll(/\b[1-9]\d{5,}\b/g, '*')
    .replace(/^(\S*-\D*)\d+(-\d+ )/, '$1*$2');
}
