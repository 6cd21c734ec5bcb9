import { and, assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** Which object a task is about, and how many it has found. */
interface Visitor {
  readonly at: number;
  readonly found: number;
}

/** What a task knows that waits. */
export interface Waiter extends Visitor {
  /** Objects on whose lists it was put, a bit each. */
  readonly joined: number;
}

function visitor(objects: number) {
  return setup({
    types: { context: {} as Waiter, events: {} as { type: string; object: number } },
    actions: {
      ...questions,
      next: assign({ at: ({ context }) => context.at + 1 }),
      rewind: assign({ at: 0 }),
      find: assign({
        at: ({ context }) => context.at + 1,
        found: ({ context }) => context.found + 1,
      }),
      join: assign({ joined: ({ context }) => context.joined | (1 << context.at) }),
    },
    guards: {
      isAt: ({ context, event }) => context.at === event.object,
      isLast: ({ context }) => context.at === objects - 1,
      isLastFound: ({ context }) => context.at === context.found - 1,
      hasNone: ({ context }) => context.found === 0,
      hasJoined: ({ context }) => (context.joined & (1 << context.at)) !== 0,
    },
  });
}

type VisitorSetup = ReturnType<typeof visitor>;

/** For the object that the task is about. */
const to = <Target extends string>(target: Target) => ({ guard: 'isAt', target }) as const;

/** Behind the last object to `end`, else on to the next one. */
const onward = <Next extends string, End extends string>(next: Next, end: End) =>
  [
    { guard: and(['isAt', 'isLast']), target: end, actions: 'rewind' },
    { guard: and(['isAt', not('isLast')]), target: next, actions: 'next' },
  ] as const;

/** The handles of all objects are looked up, before anything is done. */
const finding = {
  on: {
    find: [
      { guard: and(['isAt', 'isLast']), target: 'found', actions: 'find' },
      { guard: 'isAt', actions: 'find' },
    ],
    missing: [
      { guard: and(['isAt', 'hasNone']), target: 'finished' },
      { guard: 'isAt', target: 'putting', actions: 'rewind' },
    ],
  },
} as const;

/** References on what was found go; with the last one the object. */
function putting(task: VisitorSetup) {
  const put = [
    { guard: and(['isAt', 'isLastFound']), target: 'finished' },
    { guard: 'isAt', target: 'putting', actions: 'next' },
  ] as const;
  return {
    putting: task.createStateConfig({ on: { put, putLast: to('emptying') } }),
    emptying: task.createStateConfig({ on: { endEmpty: to('freeing'), endFull: to('telling') } }),
    telling: task.createStateConfig({ on: { endTold: to('freeing') } }),
    freeing: task.createStateConfig({ on: { free: put } }),
  };
}

const PUT = ['put', 'putLast', 'endEmpty', 'endFull', 'endTold', 'free'];

const each = (types: readonly string[], objects: number): readonly SystemEvent[] =>
  types.flatMap((type) => range(objects).map((object): SystemEvent => ({ type, object })));

/** A task that waits until one of the objects has a fence, whether that is done or not. */
export function waiterMachine(objects: number): SystemMachine<Waiter> {
  const task = visitor(objects);
  const machine = task.createMachine({
    id: 'syncobjWaiter',
    initial: 'finding',
    context: { at: 0, found: 0, joined: 0 },
    states: {
      finding,
      found: { on: { start: { target: 'scanning', actions: 'rewind' } } },
      scanning: {
        on: {
          sees: { guard: 'isAt', target: 'putting', actions: 'rewind' },
          seesNothing: onward('scanning', 'registering'),
        },
      },
      registering: { on: { acquire: to('registered') } },
      registered: {
        on: { join: { guard: 'isAt', target: 'joined', actions: 'join' }, capture: to('joined') },
      },
      joined: { on: { release: onward('registering', 'setting') } },
      setting: { on: { setState: 'looking' } },
      looking: {
        on: {
          has: { guard: 'isAt', target: 'leaving', actions: 'rewind' },
          hasNot: onward('looking', 'deciding'),
        },
      },
      deciding: {
        on: { sleep: 'asleep', again: 'setting', giveUp: 'leaving' },
      },
      asleep: { on: { awake: 'setting', expire: 'expired' } },
      /** The time is up: one last look at each object. */
      expired: {
        on: {
          has: { guard: 'isAt', target: 'leaving', actions: 'rewind' },
          hasNot: onward('expired', 'leaving'),
        },
      },
      leaving: {
        on: {
          acquire: { guard: and(['isAt', 'hasJoined']), target: 'removing' },
          skip: onward('leaving', 'putting').map((one) => ({
            ...one,
            guard: and([one.guard, not('hasJoined')]),
          })),
        },
      },
      removing: { on: { leave: to('removed'), left: to('removed') } },
      removed: { on: { release: onward('leaving', 'putting') } },
      ...putting(task),
      finished: {},
    },
  });
  return systemMachine(machine, [
    ...['start', 'setState', 'sleep', 'again', 'giveUp', 'awake', 'expire'].map((type) => ({
      type,
    })),
    ...each(['find', 'missing', 'sees', 'seesNothing', 'acquire', 'join', 'capture'], objects),
    ...each(['release', 'has', 'hasNot', 'skip', 'leave', 'left', ...PUT], objects),
  ]);
}

/** A task that installs a fence in every object, or takes it out again and destroys the handle. */
export function changerMachine(
  kind: 'submitter' | 'resetter',
  objects: number,
): SystemMachine<Visitor> {
  const task = visitor(objects);
  const changed = { target: 'walking', guard: 'isAt' } as const;
  const machine = task.createMachine({
    id: kind,
    initial: 'finding',
    context: { at: 0, found: 0, joined: 0 },
    states: {
      finding,
      found: { on: { start: { target: 'locking', actions: 'rewind' } } },
      locking: { on: { acquire: to('locked') } },
      locked: {
        on: kind === 'submitter' ? { store: changed } : { clear: changed, same: to('told') },
      },
      walking: { on: { tell: to('waking'), toldOfNone: to('told'), toldAll: to('told') } },
      waking: { on: { wake: to('walking') } },
      told: {
        on: { release: onward('locking', kind === 'submitter' ? 'putting' : 'destroying') },
      },
      destroying: { on: { destroy: to('dropping') } },
      dropping: { on: { drop: onward('destroying', 'putting') } },
      ...putting(task),
      finished: {},
    },
  });
  const own = kind === 'submitter' ? ['store'] : ['clear', 'same', 'destroy', 'drop'];
  return systemMachine(machine, [
    { type: 'start' },
    ...each(['find', 'missing', 'acquire', ...own, 'tell', 'wake', 'toldOfNone'], objects),
    ...each(['toldAll', 'release', ...PUT], objects),
  ]);
}

/** The handle of an object: it has a reference until it is destroyed. */
export function handleMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'handle',
    initial: 'none',
    states: {
      none: { on: { create: 'open' } },
      open: { on: { isOpen: ASK, destroy: 'closed' } },
      closed: { on: { isClosed: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['create', 'isOpen', 'destroy', 'isClosed'].map((type) => ({ type })),
  );
}

/** Whether there is a fence: in the slot of an object, or captured by somebody who waits. */
export function slotMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'slot',
    initial: 'empty',
    states: {
      empty: { on: { isEmpty: ASK, fill: 'filled' } },
      filled: { on: { isFilled: ASK, clear: 'empty' } },
    },
  });
  return systemMachine(
    machine,
    ['isEmpty', 'fill', 'isFilled', 'clear'].map((type) => ({ type })),
  );
}
