import { and, assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';
import { orders } from './ww-task.ts';

/** What a task knows of its transaction. */
export interface ExecTask {
  /** The objects in the order in which it names them. */
  readonly order: readonly number[];
  /** Locked and named, in the order of the list. */
  readonly held: readonly number[];
  /** It has to wait for this one first; or -1. */
  readonly contended: number;
  /** It has waited for this one and has it locked ahead, and has not named it yet; or -1. */
  readonly ahead: number;
}

interface Taken {
  readonly context: ExecTask;
  readonly event: { readonly type: string; readonly o: number; readonly k: number };
}

/** The object that it names next; -1 behind the last one. */
function nextOf({ order, held }: ExecTask): number {
  return order.find((object) => !held.includes(object)) ?? -1;
}

function transaction(objects: number) {
  return setup({
    types: { context: {} as ExecTask, events: {} as Taken['event'] },
    actions: {
      ...questions,
      choose: assign(({ event }: Taken) => ({ order: orders(range(objects))[event.o] ?? [] })),
      hold: assign(({ context, event }: Taken) => ({ held: [...context.held, event.o] })),
      note: assign(({ event }: Taken) => ({ contended: event.o })),
      /** Somebody has taken it off the list meanwhile. */
      shorten: assign(({ context }: Taken) => ({
        order: context.order.filter((object) => object !== context.contended),
      })),
      drop: assign(({ context }: Taken) => ({ held: context.held.slice(0, -1) })),
      lockAhead: assign(({ context }: Taken) => ({ ahead: context.contended, contended: -1 })),
      forget: assign({ ahead: -1 }),
    },
    guards: {
      isNext: ({ context, event }: Taken) => nextOf(context) === event.o,
      isContended: ({ context, event }: Taken) => context.contended === event.o,
      isLast: ({ context, event }: Taken) =>
        context.held.at(-1) === event.o && context.held.length - 1 === event.k,
      hasAll: ({ context }: Taken) => nextOf(context) < 0,
      hasNone: ({ context }: Taken) => context.held.length === 0,
      isAhead: ({ context, event }: Taken) => context.ahead === event.o,
      hasNothingAhead: ({ context }: Taken) => context.ahead < 0,
    },
  });
}

const named = and(['isNext', not('isAhead')]);
const isEmptyHanded = and(['hasNone', 'hasNothingAhead']);

/** From the head of a pass to all locks. */
const LOCKING = {
  idle: { on: { open: { target: 'naming', actions: 'choose' } } },
  naming: {
    on: {
      take: { guard: named, actions: 'hold' },
      // Who has nothing in hand waits for anybody, the others only for younger ones.
      queueBare: { guard: and([named, isEmptyHanded]), target: 'asleep' },
      queue: { guard: and([named, not(isEmptyHanded)]), target: 'asleep' },
      deny: { guard: and([named, not(isEmptyHanded)]), target: 'noted', actions: 'note' },
      claim: { guard: and(['isNext', 'isAhead']), actions: ['hold', 'forget'] },
      dropAhead: { guard: and(['hasAll', 'isAhead']), actions: 'forget' },
      close: { guard: and(['hasAll', 'hasNothingAhead']), target: 'closed' },
    },
  },
  asleep: {
    on: {
      grant: { guard: named, target: 'naming', actions: 'hold' },
      die: { guard: and([named, not(isEmptyHanded)]), target: 'noted', actions: 'note' },
    },
  },
} as const;

/** Somebody older is in the way. What was locked ahead before is given back, too. */
const BACKING_OFF = {
  noted: {
    on: {
      unlock: { guard: 'isLast', actions: 'drop' },
      dropAhead: { guard: and(['hasNone', 'isAhead']), actions: 'forget' },
      again: { guard: isEmptyHanded, target: 'restarted' },
      againShorter: { guard: isEmptyHanded, target: 'restarted', actions: 'shorten' },
    },
  },
  restarted: {
    on: {
      takeSlow: { guard: 'isContended', target: 'naming', actions: 'lockAhead' },
      queueSlow: { guard: 'isContended', target: 'asleepSlow' },
    },
  },
  asleepSlow: {
    on: { grantSlow: { guard: 'isContended', target: 'naming', actions: 'lockAhead' } },
  },
} as const;

const ENDING = {
  closed: {
    on: {
      unlockClosed: { guard: 'isLast', target: 'leaving', actions: 'drop' },
      // All that it wanted was taken off its list.
      fini: { guard: 'hasNone', target: 'over' },
    },
  },
  leaving: {
    on: {
      unlockClosed: { guard: 'isLast', actions: 'drop' },
      fini: { guard: 'hasNone', target: 'over' },
    },
  },
  over: {},
} as const;

/** Events about one object. */
const ABOUT = [
  ...['take', 'queueBare', 'queue', 'deny', 'claim', 'dropAhead', 'grant', 'die'],
  ...['takeSlow', 'queueSlow', 'grantSlow'],
];

/** A task that locks objects in an order of its own, pass by pass. */
export function execTaskMachine(objects: number, isFixed: boolean): SystemMachine<ExecTask> {
  const machine = transaction(objects).createMachine({
    id: 'task',
    initial: 'idle',
    context: { order: [], held: [], contended: -1, ahead: -1 },
    states: { ...LOCKING, ...BACKING_OFF, ...ENDING },
  });
  const chosen = isFixed ? [0] : [...orders(range(objects)).keys()];
  return systemMachine(machine, [
    ...chosen.map((o): SystemEvent => ({ type: 'open', o })),
    ...ABOUT.flatMap((type) => range(objects).map((o): SystemEvent => ({ type, o }))),
    ...['unlock', 'unlockClosed'].flatMap((type) =>
      range(objects).flatMap((o) => range(objects).map((k): SystemEvent => ({ type, o, k }))),
    ),
    ...['again', 'againShorter', 'close', 'fini'].map((type): SystemEvent => ({ type })),
  ]);
}

interface AgedLock {
  readonly holder: number;
  /** The oldest one first. */
  readonly waiters: readonly number[];
}

interface Asked {
  readonly context: AgedLock;
  readonly event: { readonly type: string; readonly t: number };
}

/**
 * A reservation's lock, as transactions see it: it is handed to the oldest one that waits. Tasks are
 * numbered by age.
 */
export function agedLockMachine(tasks: number): SystemMachine<AgedLock> {
  const lock = setup({
    types: { context: {} as AgedLock, events: {} as Asked['event'] },
    actions: {
      ...questions,
      own: assign(({ context, event }: Asked) => ({
        holder: event.t,
        waiters: context.waiters.filter((waiter) => waiter !== event.t),
      })),
      disown: assign({ holder: -1 }),
      enqueue: assign(({ context, event }: Asked) => ({
        waiters: [...context.waiters, event.t].toSorted((a, b) => a - b),
      })),
      leave: assign(({ context, event }: Asked) => ({
        waiters: context.waiters.filter((waiter) => waiter !== event.t),
      })),
    },
    guards: {
      isFirst: ({ context, event }: Asked) => (context.waiters[0] ?? event.t) === event.t,
      isWaiting: ({ context, event }: Asked) => context.waiters.includes(event.t),
      isOwner: ({ context, event }: Asked) => context.holder === event.t,
      isNew: ({ context, event }: Asked) =>
        context.holder !== event.t && !context.waiters.includes(event.t),
      /** The holder, or one that waits already, is older. */
      isElderThere: ({ context, event }: Asked) =>
        [context.holder, ...context.waiters].some((other) => other >= 0 && other < event.t),
      isIdle: ({ context }: Asked) => context.waiters.length === 0,
    },
  });
  const waiting = {
    deny: { guard: and(['isNew', 'isElderThere']), actions: 'ask' },
    die: { guard: and(['isWaiting', 'isElderThere']), actions: 'leave' },
  } as const;
  const machine = lock.createMachine({
    id: 'agedLock',
    initial: 'free',
    context: { holder: -1, waiters: [] },
    states: {
      free: {
        on: {
          take: { guard: 'isIdle', target: 'held', actions: 'own' },
          grant: { guard: and(['isWaiting', 'isFirst']), target: 'held', actions: 'own' },
          // It was given up, and is handed to one that waits: whoever comes joins them.
          queueAny: { guard: and(['isNew', not('isIdle')]), actions: 'enqueue' },
          queue: {
            guard: and(['isNew', not('isIdle'), not('isElderThere')]),
            actions: 'enqueue',
          },
          ...waiting,
        },
      },
      held: {
        on: {
          release: { guard: 'isOwner', target: 'free', actions: 'disown' },
          queueAny: { guard: 'isNew', actions: 'enqueue' },
          queue: { guard: and(['isNew', not('isElderThere')]), actions: 'enqueue' },
          isMine: { guard: 'isOwner', ...ASK },
          ...waiting,
        },
      },
    },
  });
  return systemMachine(
    machine,
    ['take', 'grant', 'queueAny', 'queue', 'deny', 'die', 'release', 'isMine'].flatMap((type) =>
      range(tasks).map((t): SystemEvent => ({ type, t })),
    ),
  );
}
