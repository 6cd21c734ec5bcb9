import { expect, test } from 'vitest';
import { RandomStrategy } from '../../../properties/schedules/random.ts';
import { runUnder } from '../../../properties/explore/drive.ts';
import { everyState, everyStateOf, fields } from '../every-state.ts';
import { ENABLED, SIGNALED } from './completion.ts';
import { w2Size, type W2Size } from './size.ts';
import { type W2Execution, W2Subject } from './subject.ts';

/** The table of the readme: `at[task]` is the number of the step that comes next, 0 at the end. */
interface TableState {
  readonly flags: number;
  readonly holder: string;
  readonly list: readonly number[];
  readonly ran: readonly number[];
  readonly at: readonly number[];
}

const FREE = 'free';

function initial({ adders, hasWaiter }: W2Size): TableState {
  const ran = Array.from({ length: adders + 1 }, () => 0);
  const at = Array.from({ length: adders + (hasWaiter ? 2 : 1) }, () => 1);
  return { flags: 0, holder: FREE, list: [], ran, at };
}

/** Task 0 signals, tasks 1 to `adders` add, and the one behind them, if any, waits. */
function next(state: TableState, { adders, isBroken }: W2Size): readonly TableState[] {
  return state.at.flatMap((step, task) => {
    const to = (at: number, changes: Partial<TableState> = {}): readonly TableState[] => [
      { ...state, ...changes, at: state.at.with(task, at) },
    ];
    const holder = task === 0 ? 'signaler' : task > adders ? 'waiter' : `adder ${task}`;
    const isSignaled = (state.flags & SIGNALED) !== 0;
    const isFree = state.holder === FREE;
    if (step === 0) return [];
    if (task === 0) {
      if (step === 1) return to(isSignaled ? 0 : 2, { flags: state.flags | SIGNALED });
      if (step === 2) return isFree ? to(3, { holder }) : [];
      const ran = state.ran.map((times, id) => times + (state.list.includes(id) ? 1 : 0));
      return to(0, { list: [], ran, holder: FREE });
    }
    const id = task > adders ? 0 : task;
    const skips = isBroken && id > 0;
    if (step === 1) return to(isSignaled ? 0 : 2);
    if (step === 2) return isFree ? to(3, { holder }) : [];
    if (step === 3) return to(skips ? 5 : 4, { flags: state.flags | ENABLED });
    if (step === 4) return isSignaled ? to(0, { holder: FREE }) : to(5);
    if (step === 5) return to(id === 0 ? 6 : 0, { list: [...state.list, id], holder: FREE });
    return state.ran[id] === 0 ? [] : to(0);
  });
}

const STEPS: Readonly<Record<string, number>> = {
  'test f.flags': 1,
  'spin_lock f.lock': 2,
  'append to f.list': 5,
  'wait for f.ran': 6,
  'run and clear f.list': 3,
};

/** The same, as a run of the product shows it. */
function seen(execution: W2Execution): string {
  const found = fields(execution);
  const at = execution.world.tasks.slice(1).map((task) => {
    const label = task.pending?.label ?? null;
    if (label === null) return 0;
    if (label === 'set f.flags') return task.name === 'signaler' ? 1 : 3;
    return label === 'test f.flags' && task.held.length > 0 ? 4 : (STEPS[label] ?? label);
  });
  return JSON.stringify({
    flags: found.get('f.flags'),
    holder: found.get('f.lock'),
    list: found.get('f.list'),
    ran: found.get('f.ran'),
    at,
  });
}

const SIZES = [
  w2Size(1, false),
  w2Size(1, true),
  w2Size(2, false),
  w2Size(2, true),
  w2Size(2, false, true),
  w2Size(1, true, true),
];

test.each(SIZES)('%o has the states of the table, and no others', (size) => {
  const wanted = everyStateOf(initial(size), (state) => next(state, size));
  const found = everyState(new W2Subject(size), seen);
  expect([...found].toSorted()).toEqual([...wanted].toSorted());
});

/** Failures of every schedule. */
function failures(size: W2Size): ReadonlySet<string | null> {
  const found = new Set<string | null>();
  everyState(new W2Subject(size), (execution) => {
    if (execution.world.enumerate() > 0) return '';
    execution.end(false);
    found.add(execution.failure);
    return '';
  });
  return found;
}

test('no schedule fails', () => {
  expect(failures(w2Size(1, true))).toEqual(new Set([null]));
  expect(failures(w2Size(2, false))).toEqual(new Set([null]));
});

test('an adder that looks only once loses its callback, and nothing else goes wrong', () => {
  const lost = (id: number): string => `callback ${id} ran 0 times instead of 1`;
  expect(failures(w2Size(2, false, true))).toEqual(new Set([null, lost(1), lost(2)]));
  // The waiter still looks twice.
  expect(failures(w2Size(1, true, true))).toEqual(new Set([null, lost(1)]));
});

test('a run is the same each time', () => {
  const subject = new W2Subject(w2Size(3, true));
  for (let seed = 0; seed < 20; seed += 1) {
    const first = runUnder(subject, new RandomStrategy(seed));
    const [choices, steps, state] = [[...first.choices], first.world.steps, seen(first)];
    runUnder(subject, new RandomStrategy(seed + 1000));
    const again = runUnder(subject, new RandomStrategy(seed));
    expect([[...again.choices], again.world.steps, seen(again)]).toEqual([choices, steps, state]);
  }
});
