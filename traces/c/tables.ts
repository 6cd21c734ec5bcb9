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
  'refcount',
  'use-after-free',
]);

/** What calls give back where nothing is wrong, by task and number; nobody may know it. */
export type Expected = ReadonlyMap<string, string>;

/** The key of a call in `Expected`. */
export function keyOfCall({ task, call }: Pick<TraceCall, 'task' | 'call'>): string {
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
  const known = new Map(trace.calls.map((call) => [keyOfCall(call), call]));
  const rows = calls.map(({ task, number, call }, index) => {
    const key = keyOfCall({ task, call: number });
    const texts = resultsOf(call, known.get(key), expected.get(key));
    const text = known.get(key)?.text ?? call.op;
    return `  { ${literal(task)}, ${literal(text)}, ${texts.join(', ')}, call_${index} },\n`;
  });
  const isTold = calls.some(({ task, number, call }) => {
    const key = keyOfCall({ task, call: number });
    const [right, traced] = resultsOf(call, known.get(key), expected.get(key));
    return right !== traced && right !== 'NULL';
  });
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

static const struct order ORDERS[] = {
${ordersTable(trace, calls)}  { -1, 0, 0, 0 },
};

static const struct lane SETUP = ${setup}, TEARDOWN = ${teardown};
static const struct lane LANES[] = { ${[...rest, NO_LANE].join(', ')} };

enum {
  CALL_COUNT = ${calls.length},
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
]);

/** What a call should return, and what it did in the trace, as C patterns. */
function resultsOf(
  { op }: Call,
  traced: TraceCall | undefined,
  expected: string | undefined,
): readonly [string, string] {
  if (Object.hasOwn(LOOKS.calls, op)) return ['NULL', 'NULL'];
  const seen =
    traced === undefined ? 'never begins' : traced.end === null ? 'does not return' : traced.result;
  const pattern = (result: string): string => literal(patternOf(op, textOf(result)));
  return [expected === undefined ? 'NULL' : pattern(expected), pattern(seen ?? 'null')];
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
