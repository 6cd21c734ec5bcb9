import { expect, test } from 'vitest';
import { everyState, everyStateOf, fields } from '../every-state.ts';
import { w3Size, type W3Size } from './size.ts';
import { type W3Execution, W3Subject } from './subject.ts';

/** Who works, holds nothing yet, or is at its end wants no lock. */
const NONE = -1;

interface TableTask {
  readonly phase: 'take' | 'work' | 'release' | 'end';
  readonly held: readonly number[];
  readonly contended: number;
}

/** The table of the readme. Owners count from 1, and 0 owns nothing. */
interface TableState {
  readonly owners: readonly number[];
  readonly tasks: readonly TableTask[];
}

function initial({ tasks, locks }: W3Size): TableState {
  const task: TableTask = { phase: 'take', held: [], contended: NONE };
  return { owners: range(locks).map(() => 0), tasks: range(tasks).map(() => task) };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function next(state: TableState, size: W3Size): readonly TableState[] {
  return state.tasks.flatMap((task, nth) => move(state, task, nth, size));
}

function wantedBy({ held, contended }: TableTask, nth: number, locks: number): number {
  if (contended !== NONE) return contended;
  const order = range(locks).map((offset) => (nth + offset) % locks);
  return order.find((lock) => !held.includes(lock)) ?? NONE;
}

function move(
  state: TableState,
  task: TableTask,
  nth: number,
  { locks, isBroken }: W3Size,
): readonly TableState[] {
  const to = (changes: Partial<TableTask>, owners = state.owners): readonly TableState[] => [
    { owners, tasks: state.tasks.with(nth, { ...task, ...changes }) },
  ];
  const { phase, held } = task;
  if (phase === 'end') return [];
  if (phase === 'work') return to({ phase: 'release' });
  if (phase === 'release') {
    const [first = NONE, ...rest] = held;
    return to(
      { held: rest, phase: rest.length > 0 ? 'release' : 'end' },
      state.owners.with(first, 0),
    );
  }
  const wanted = wantedBy(task, nth, locks);
  const owner = state.owners[wanted] ?? 0;
  if (owner === 0) {
    const all = [...held, wanted].toSorted((a, b) => a - b);
    const now = all.length === locks ? 'work' : 'take';
    return to({ held: all, contended: NONE, phase: now }, state.owners.with(wanted, nth + 1));
  }
  if (isBroken || held.length === 0 || owner > nth + 1) return [];
  const left = state.owners.map((who) => (who === nth + 1 ? 0 : who));
  return to({ held: [], contended: wanted }, left);
}

/** What both sides can show: owners, how many are inside, and what each task does next. */
function tableText(text: string, locks: number): string {
  const state = JSON.parse(text) as TableState;
  const tasks = state.tasks.map((task, nth) => {
    if (task.phase === 'take') return `take l${wantedBy(task, nth, locks)}.owner`;
    if (task.phase === 'work') return 'leave section.inside';
    return task.phase === 'end' ? '' : `release l${task.held[0] ?? NONE}.owner`;
  });
  const inside = state.tasks.filter(({ phase }) => phase === 'work').length;
  return JSON.stringify([state.owners, inside, tasks]);
}

function seen(execution: W3Execution): string {
  const found = fields(execution);
  const owners = [...found].filter(([name]) => name.endsWith('.owner')).map(([, owner]) => owner);
  const tasks = execution.world.tasks
    .slice(1)
    .map((task) => (task.pending?.label ?? '').replace(' or back off from', ''));
  return JSON.stringify([owners, found.get('section.inside'), tasks]);
}

const SIZES: readonly W3Size[] = [
  w3Size(2, 2),
  w3Size(2, 3),
  w3Size(3, 2),
  w3Size(3, 3),
  w3Size(2, 2, true),
  w3Size(3, 3, true),
];

test.each(SIZES)('%o has the states of the table, and no others', (size) => {
  const table = everyStateOf(initial(size), (state) => next(state, size));
  const wanted = new Set([...table].map((text) => tableText(text, size.locks)));
  const found = everyState(new W3Subject(size), seen);
  expect([...found].toSorted()).toEqual([...wanted].toSorted());
});

function failures(size: W3Size): ReadonlySet<string | null> {
  const found = new Set<string | null>();
  everyState(new W3Subject(size), (execution) => {
    if (execution.world.enumerate() > 0) return '';
    execution.end(false);
    found.add(execution.failure);
    return '';
  });
  return found;
}

test('no schedule fails', () => {
  expect(failures(w3Size(3, 2))).toEqual(new Set([null]));
});

test('without backing off there is a deadlock', () => {
  expect(failures(w3Size(2, 2, true))).toEqual(
    new Set([null, 'deadlock: task 0 waits to take l1.owner']),
  );
});
