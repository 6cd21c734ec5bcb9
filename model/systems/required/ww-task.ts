import { assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** What a task knows of itself. */
export interface WwTask {
  /** The mutexes in the order in which it takes them. */
  readonly order: readonly number[];
  readonly held: readonly number[];
  /** The mutex that its current call is about, or -1. */
  readonly target: number;
  /** Everything is given back, and this mutex is waited for next; or -1. */
  readonly contended: number;
  readonly goal: 'lock' | 'undo' | 'finish';
}

interface Taken {
  readonly context: WwTask;
  readonly event: { readonly type: string; readonly m: number; readonly by: number };
}

/** Every order of some numbers. */
export function orders(numbers: readonly number[]): readonly (readonly number[])[] {
  if (numbers.length < 2) return [numbers];
  return numbers.flatMap((first) =>
    orders(numbers.filter((number) => number !== first)).map((rest) => [first, ...rest]),
  );
}

/** The next mutex to lock, after `held` has changed; -1 when there is none. */
function nextOf(order: readonly number[], held: readonly number[]): number {
  return order.find((mutex) => !held.includes(mutex)) ?? -1;
}

const transaction = (number: number) =>
  setup({
    types: { context: {} as WwTask, events: {} as Taken['event'] },
    actions: {
      ...questions,
      choose: assign(({ event }: Taken) => {
        const all = orders(range(event.by));
        const order = all[event.m] ?? [];
        return { order, target: order[0] ?? -1 };
      }),
      hold: assign(({ context, event }: Taken) => {
        const held = [...context.held, event.m].toSorted((a, b) => a - b);
        return { held, contended: -1 };
      }),
      goOn: assign(({ context: { order, held } }: Taken) => ({ target: nextOf(order, held) })),
      /** It has to give everything back, and to wait for this one. */
      undo: assign(({ context: { held, target } }: Taken) => ({
        contended: target,
        goal: 'undo' as const,
        target: held[0] ?? -1,
      })),
      finish: assign(({ context: { held } }: Taken) => ({
        goal: 'finish' as const,
        target: held[0] ?? -1,
      })),
      drop: assign(({ context: { held, target } }: Taken) => ({
        held: held.filter((mutex) => mutex !== target),
      })),
      following: assign(({ context: { held } }: Taken) => ({ target: held[0] ?? -1 })),
      again: assign(({ context: { contended } }: Taken) => ({
        target: contended,
        goal: 'lock' as const,
      })),
    },
    guards: {
      isIt: ({ context, event }: Taken) => context.target === event.m,
      isItHolding: ({ context, event }: Taken) =>
        context.target === event.m && context.held.length > 0,
      isItEmpty: ({ context, event }: Taken) =>
        context.target === event.m && context.held.length === 0,
      /** It waits for this one, and is younger than who comes. */
      mustLook: ({ context, event }: Taken) =>
        context.target === event.m && context.held.length > 0 && number > event.by,
      hasAll: ({ context }: Taken) => context.target < 0,
      hasNone: ({ context }: Taken) => context.held.length === 0,
      isUndoing: ({ context }: Taken) => context.goal === 'undo' && context.held.length === 0,
      isHolding: ({ context }: Taken) => context.held.length > 0,
    },
  });

const it = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;
const holding = <Target extends string>(target: Target) =>
  ({ guard: 'isItHolding', target }) as const;
const empty = <Target extends string>(target: Target) => ({ guard: 'isItEmpty', target }) as const;
/** The mutex is its own, and published. */
const gets = { guard: 'isIt', target: 'holding', actions: 'hold' } as const;

const TASK_EVENTS = [
  ...['take', 'takeFirst', 'miss', 'missFirst', 'publish', 'quiet', 'busy', 'check', 'slow'],
  ...['early', 'insert', 'insertEmpty', 'insertDie', 'win', 'ask', 'lose', 'settle', 'lateWin'],
  ...['lateDie', 'lateSleep', 'lateSleepEmpty', 'retract', 'release', 'releaseSlow', 'handOn'],
  ...['passOn', 'wakeHead', 'wake'],
];

/** Moves that others make with a task, and questions to it, wherever it is. */
function always(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, ASK]));
}

/** From the choice of an order to having them all. */
const LOCKING = {
  idle: { on: { choose: { target: 'trying', actions: 'choose' } } },
  trying: {
    on: {
      take: holding('claimed'),
      takeFirst: empty('claimed'),
      miss: holding('entering'),
      missFirst: empty('entering'),
    },
  },
  claimed: { on: { publish: { guard: 'isIt', target: 'published', actions: 'hold' } } },
  published: { on: { quiet: it('holding'), busy: it('checking') } },
  checking: { on: { check: it('holding') } },
  /** The first try has failed: it comes with the wait lock. */
  entering: {
    on: {
      slow: gets,
      early: it('failed'),
      insert: holding('asleep'),
      insertEmpty: empty('asleep'),
      insertDie: it('failed'),
    },
  },
  asleep: {
    on: {
      wake: [it('woken'), ASK],
      dieFor: [{ guard: 'mustLook', target: 'woken' }, ASK],
      rouse: 'woken',
    },
  },
  woken: { on: { win: it('won'), ask: it('late'), lose: it('late') } },
  /** It owns the mutex, and stands in the queue. */
  won: { on: { settle: gets } },
  late: {
    on: {
      lateWin: gets,
      lateDie: it('failed'),
      lateSleep: holding('asleep'),
      lateSleepEmpty: empty('asleep'),
    },
  },
} as const;

/** Giving everything back, to begin again or for good. */
const LEAVING = {
  failed: { always: { target: 'unlocking', actions: 'undo' } },
  holding: {
    entry: 'goOn',
    always: [{ guard: 'hasAll', target: 'working' }, { target: 'trying' }],
  },
  working: { on: { finish: { target: 'unlocking', actions: 'finish' } } },
  unlocking: { on: { retract: { guard: 'isIt', target: 'releasing', actions: 'drop' } } },
  releasing: {
    on: { release: it('released'), releaseSlow: it('waking'), handOn: it('passing') },
  },
  passing: { on: { passOn: it('released') } },
  waking: { on: { wakeHead: it('released') } },
  released: {
    entry: 'following',
    always: [
      { guard: 'isUndoing', target: 'trying', actions: 'again' },
      { guard: 'hasNone', target: 'finished' },
      { target: 'unlocking' },
    ],
  },
  finished: { on: { end: 'gone' } },
  gone: {},
} as const;

/** A task that takes `mutexes` mutexes in an order of its own, backing off when it has to. */
export function wwTaskMachine(
  number: number,
  tasks: number,
  mutexes: number,
  isFixed: boolean,
): SystemMachine<WwTask> {
  const task = transaction(number);
  const machine = task.createMachine({
    id: 'task',
    initial: 'idle',
    context: { order: [], held: [], target: -1, contended: -1, goal: 'lock' },
    on: {
      ...always(['wake', 'dieFor', 'rouse']),
      holds: { guard: 'isHolding', actions: 'ask' },
      holdsNone: { guard: 'hasNone', actions: 'ask' },
    },
    states: { ...LOCKING, ...LEAVING },
  });
  const all = orders(range(mutexes));
  const chosen = isFixed ? [0] : [...all.keys()];
  return systemMachine(machine, [
    ...chosen.map((m): SystemEvent => ({ type: 'choose', m, by: mutexes })),
    ...TASK_EVENTS.flatMap((type) => range(mutexes).map((m): SystemEvent => ({ type, m }))),
    ...range(mutexes).flatMap((m) =>
      range(tasks).map((by): SystemEvent => ({ type: 'dieFor', m, by })),
    ),
    ...['rouse', 'holds', 'holdsNone', 'finish', 'end'].map((type): SystemEvent => ({ type })),
  ]);
}

/** Whether a transaction is over: a word of its own, for claims about all of them. */
export function overMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'over',
    initial: 'open',
    states: { open: { on: { end: 'over' } }, over: {} },
  });
  return systemMachine(machine, [{ type: 'end' }]);
}
