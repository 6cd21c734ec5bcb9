import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EBADF = -9;
const EINVAL = -22;
const ETIME = -62;

/** Objects with a fence, without one, and with a point; a counter, and a file of a fence. */
const SETUP = `${OPEN}; f = fence.create(); a = so.create(t); b = so.create(t); l = so.create(t)
  syncobj.replace(a.syncobj, f); so.timelineSignal(t, [l], [5]); e = sys.eventfd()`;
const EXPORTED = `${SETUP}; x = so.toFd(t, a); so.destroy(t, a)`;
const SYNC_FILE = `${SETUP}; so.signal(t, [b]); y = so.toFd(t, b, 1); so.reset(t, [b])`;

/** A call, what takes away what it has named, and its two results: it was faster, or slower. */
interface Beside {
  readonly setup?: string;
  readonly call: string;
  readonly goes: string;
  readonly results: readonly [faster: unknown, slower: unknown];
}

const GOES_A = 'so.destroy(t, a)';
const GOES_L = 'so.destroy(t, l)';

const CALLS: Readonly<Record<string, Beside>> = {
  'to-fd': { call: 'so.toFd(t, a)', goes: GOES_A, results: [0, EINVAL] },
  export: { call: 'so.toFd(t, a, 1)', goes: GOES_A, results: [0, ENOENT] },
  'from-fd': {
    setup: EXPORTED,
    call: 'so.fromFd(t, x)',
    goes: 'sys.close(x)',
    results: [1, EINVAL],
  },
  import: {
    setup: SYNC_FILE,
    call: 'so.fromFd(t, y, 1, a)',
    goes: GOES_A,
    results: [0, ENOENT],
  },
  'import-closed': {
    setup: SYNC_FILE,
    call: 'so.fromFd(t, y, 1, a)',
    goes: 'sys.close(y)',
    results: [0, EINVAL],
  },
  reset: { call: 'so.reset(t, [b, a])', goes: GOES_A, results: [0, ENOENT] },
  signal: { call: 'so.signal(t, [b, a])', goes: GOES_A, results: [0, ENOENT] },
  'signal-point': { call: 'so.timelineSignal(t, [l], [9])', goes: GOES_L, results: [0, ENOENT] },
  wait: { call: 'so.wait(t, [a])', goes: GOES_A, results: [ETIME, ENOENT] },
  'wait-point': {
    call: 'so.timelineWait(t, [l], [5])',
    goes: GOES_L,
    results: ['first 0', ENOENT],
  },
  query: { call: 'so.query(t, [l])', goes: GOES_L, results: ['5', ENOENT] },
  'transfer-from': { call: 'so.transfer(t, l, 5, b, 7)', goes: GOES_L, results: [0, ENOENT] },
  'transfer-to': { call: 'so.transfer(t, l, 5, a, 0)', goes: GOES_A, results: [0, ENOENT] },
  'transfer-reset': {
    call: 'so.transfer(t, l, 5, b, 0)',
    goes: 'so.reset(t, [l])',
    results: [0, EINVAL],
  },
  eventfd: { call: 'so.eventfd(t, l, 5, e)', goes: GOES_L, results: [0, ENOENT] },
  'eventfd-closed': { call: 'so.eventfd(t, l, 5, e)', goes: 'sys.close(e)', results: [0, EBADF] },
};

function programs(): Program[] {
  return Object.entries(CALLS).map(([name, { setup = SETUP, call, goes }]) =>
    program(name, { setup, tasks: { A: `r = ${call}`, B: goes } }),
  );
}

const isSlower = (run: Run): boolean =>
  resultNamed(run, 'r') === CALLS[run.program.name]?.results[1];

/** Properties of calls that lose what they have named to another task. */
export const BESIDE_PROPERTIES: readonly Property[] = [
  property({
    rules: [
      'SYNCOBJ-034',
      'SYNCOBJ-004',
      'SYNCOBJ-005',
      'SYNCOBJ-007',
      'SYNCOBJ-008',
      'SYNCOBJ-030',
      'SYNCOBJ-031',
    ],
    plan: `Whatever a call has looked up stays until it returns: it has done all, or has found nothing.
      - every request, beside the end of the last handle or descriptor of what it names, or a reset`,
    programs: programs(),
    holds: (run) => {
      const { name } = run.program;
      const result = resultNamed(run, 'r');
      if (CALLS[name]?.results.includes(result) === true) return null;
      return `${name} gives ${String(result)}`;
    },
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 400 }],
    forbids: ['use-after-free', 'double-free', 'refcount', 'leak', 'deadlock', 'races'],
    witness: { slower: reached(isSlower, Object.keys(CALLS).length) },
    faults: [
      'syncobj-034-fd-drops-first',
      'syncobj-034-handle-closes-first',
      'syncobj-034-import-drops-first',
      'syncobj-034-transfer-drops-first',
      'syncobj-034-counter-closes-first',
    ],
  }),
];
