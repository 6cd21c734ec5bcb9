import { assign, setup } from 'xstate';
import { ttmManagerMachine } from '../../machines/ttm-manager.ts';
import { ttmObjectMachine } from '../../machines/ttm-object.ts';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';
import { objectOf, only } from './parts.ts';

/** Events without payload. */
function named(
  machine: Parameters<typeof systemMachine>[0],
  names: readonly string[],
): SystemMachine {
  return systemMachine(
    machine,
    names.map((type) => ({ type })),
  );
}

/** Whom a task evicts. */
export interface Owner {
  readonly victim: number;
}

/**
 * A task with an object: it gets the one range of the device's memory, by evicting who has it, lets a
 * job write to it, and is through. It gives up when the reservation of the victim is taken.
 */
export function ownerMachine(objects: number): SystemMachine<Owner> {
  const task = setup({
    types: { context: {} as Owner, events: {} as { type: string; victim: number } },
    actions: {
      ...questions,
      choose: assign({ victim: ({ event }) => event.victim }),
      forget: assign({ victim: -1 }),
    },
    guards: { isVictim: ({ context, event }) => context.victim === event.victim },
  });
  const on = <Target extends string>(target: Target) => ({ guard: 'isVictim', target }) as const;
  const machine = task.createMachine({
    id: 'owner',
    initial: 'idle',
    context: { victim: -1 },
    states: {
      idle: { on: { create: 'created' } },
      created: { on: { lock: 'locked' } },
      locked: {
        on: {
          alloc: 'allocated',
          tryVictim: { target: 'evicting', actions: 'choose' },
          miss: 'leaving',
        },
      },
      evicting: { on: { beginVictim: on('begun') } },
      begun: { on: { queueCopy: on('queued') } },
      queued: { on: { record: on('recorded') } },
      recorded: { on: { leave: on('left') } },
      left: { on: { free: on('freed') } },
      freed: { on: { endVictim: on('ended') } },
      ended: { on: { unlockVictim: { ...on('locked'), actions: 'forget' } } },
      allocated: { on: { pass: 'passed', passNone: 'passed' } },
      passed: { on: { begin: 'moving' } },
      moving: { on: { end: 'placed' } },
      placed: { on: { submit: 'leaving' } },
      leaving: { on: { unlock: 'finished' } },
      finished: {},
    },
  });
  const own = ['create', 'lock', 'alloc', 'pass', 'passNone', 'begin', 'end', 'submit', 'unlock'];
  const others = ['tryVictim', 'miss', 'beginVictim', 'queueCopy', 'record', 'leave', 'free'];
  return systemMachine<Owner>(machine, [
    ...own.map((type): SystemEvent => ({ type })),
    ...[...others, 'endVictim', 'unlockVictim'].flatMap((type) =>
      range(objects).map((victim): SystemEvent => ({ type, victim })),
    ),
  ]);
}

/** The device's memory: which object has its range, while it is given out. */
export function rangeMachine(objects: number): SystemMachine<{ readonly holder: number }> {
  const place = setup({
    types: {
      context: {} as { readonly holder: number },
      events: {} as { type: string; object: number },
    },
    actions: {
      ...questions,
      hold: assign({ holder: ({ event }) => event.object }),
      drop: assign({ holder: -1 }),
    },
    guards: { isHolder: ({ context, event }) => context.holder === event.object },
  });
  const machine = place.createMachine({
    id: 'range',
    initial: 'free',
    context: { holder: -1 },
    states: {
      free: { on: { take: { target: 'taken', actions: 'hold' } } },
      taken: {
        on: {
          isOf: { ...ASK, guard: 'isHolder' },
          give: { guard: 'isHolder', target: 'free', actions: 'drop' },
        },
      },
    },
  });
  return systemMachine(
    machine,
    ['take', 'isOf', 'give'].flatMap((type) =>
      range(objects).map((object): SystemEvent => ({ type, object })),
    ),
  );
}

/** What is written in the range: the stamp of the object whose job was the last there. */
export function contentMachine(objects: number): SystemMachine<{ readonly stamp: number }> {
  const content = setup({
    types: {
      context: {} as { readonly stamp: number },
      events: {} as { type: string; object: number },
    },
    actions: { ...questions, write: assign({ stamp: ({ event }) => event.object }) },
    guards: {
      isStamp: ({ context, event }) => context.stamp === event.object,
      isOther: ({ context, event }) => context.stamp !== event.object,
    },
  });
  const machine = content.createMachine({
    id: 'content',
    initial: 'there',
    context: { stamp: -1 },
    states: {
      there: {
        on: {
          write: { actions: 'write' },
          readsOwn: { ...ASK, guard: 'isStamp' },
          readsOther: { ...ASK, guard: 'isOther' },
        },
      },
    },
  });
  return systemMachine(
    machine,
    ['write', 'readsOwn', 'readsOther'].flatMap((type) =>
      range(objects).map((object): SystemEvent => ({ type, object })),
    ),
  );
}

/** What a job comes after: a copy out of the range, or nothing. */
export interface After {
  readonly copy: number;
}

/** A job that writes to an object's range, when the copy that it was told of is done. */
export function ownerJobMachine(objects: number): SystemMachine<After> {
  const job = setup({
    types: { context: {} as After, events: {} as { type: string; copy: number } },
    actions: { ...questions, note: assign({ copy: ({ event }) => event.copy }) },
    guards: {
      isAfter: ({ context, event }) => context.copy === event.copy,
      isAlone: ({ context }) => context.copy === -1,
    },
  });
  const machine = job.createMachine({
    id: 'ownerJob',
    initial: 'none',
    context: { copy: -1 },
    states: {
      none: { on: { hear: { actions: 'note' }, submit: 'queued' } },
      queued: {
        on: {
          runAfter: { guard: 'isAfter', target: 'done' },
          runAlone: { guard: 'isAlone', target: 'done' },
        },
      },
      done: { on: { isDone: ASK } },
    },
  });
  return systemMachine<After>(machine, [
    ...['submit', 'runAlone', 'isDone'].map((type): SystemEvent => ({ type })),
    ...['hear', 'runAfter'].flatMap((type) =>
      range(objects).map((copy): SystemEvent => ({ type, copy })),
    ),
  ]);
}

/** A copy of an object's content out of the range; it finds that, or something else. */
export function copyMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'copy',
    initial: 'none',
    states: {
      none: { on: { queue: 'queued' } },
      queued: { on: { good: 'signaling', bad: 'spoilt' } },
      signaling: { on: { signal: 'stamping' } },
      spoilt: { on: { signal: 'stamping' } },
      stamping: { on: { stamp: 'done' } },
      done: { on: { isDone: ASK } },
    },
  });
  return named(machine, ['queue', 'good', 'bad', 'signal', 'stamp', 'isDone']);
}

/** Whose copy the place has recorded, for those who come next. */
export function recordMachine(objects: number): SystemMachine {
  const record = setup({
    types: {
      context: {} as { readonly copy: number },
      events: {} as { type: string; copy: number },
    },
    actions: { ...questions, note: assign({ copy: ({ event }) => event.copy }) },
    guards: { isCopy: ({ context, event }) => context.copy === event.copy },
  });
  const machine = record.createMachine({
    id: 'record',
    initial: 'kept',
    context: { copy: -1 },
    states: {
      kept: { on: { record: { actions: 'note' }, isCopy: { ...ASK, guard: 'isCopy' } } },
    },
  });
  return systemMachine(
    machine,
    ['record', 'isCopy'].flatMap((type) =>
      range(objects).map((copy): SystemEvent => ({ type, copy })),
    ),
  );
}

/** A lock that is also tried, and which of its users holds it. */
export function triedLockMachine(users: number): SystemMachine {
  const lock = setup({
    types: {
      context: {} as { readonly owner: number },
      events: {} as { type: string; user: number },
    },
    actions: {
      ...questions,
      own: assign({ owner: ({ event }) => event.user }),
      disown: assign({ owner: -1 }),
    },
    guards: { isOwner: ({ context, event }) => context.owner === event.user },
  });
  const machine = lock.createMachine({
    id: 'triedLock',
    initial: 'free',
    context: { owner: -1 },
    states: {
      free: { on: { acquire: { target: 'held', actions: 'own' } } },
      held: {
        on: { isHeld: ASK, release: { guard: 'isOwner', target: 'free', actions: 'disown' } },
      },
    },
  });
  return systemMachine(machine, [
    { type: 'isHeld' },
    ...range(users).flatMap((user): readonly SystemEvent[] => [
      { type: 'acquire', user },
      { type: 'release', user },
    ]),
  ]);
}

/** The device is there. */
export function bootMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'boot',
    initial: 'off',
    states: { off: { on: { boot: 'on' } }, on: { on: { isOn: ASK } } },
  });
  return named(machine, ['boot', 'isOn']);
}

/** A place with one range, of which others are evicted. */
export function onePlace(): SystemMachine {
  return only(objectOf<unknown>(ttmManagerMachine({ rangesMax: 1 })), [
    ...['init', 'alloc=0', 'alloc.full=-28', 'free', 'record', 'pass.none=0', 'pass=0'],
  ]);
}

/** An object of which the references matter to nobody here. */
export function movingObject(): SystemMachine {
  return only(objectOf<unknown>(ttmObjectMachine({ referencesMax: 1, pinsMax: 0 })), [
    ...['init', 'move.begin', 'leave', 'move.end'],
  ]);
}
