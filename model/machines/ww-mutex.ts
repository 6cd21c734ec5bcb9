import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EALREADY, EDEADLK, EINTR } from '../errno.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';
import { mutexEvent, mutexEvents } from './ww-events.ts';
import { hasOlderWaiter, isOlder, isQueued, queueWith, queueWithout } from './ww-queue.ts';
import type { WwEntry, WwWord } from './ww-queue.ts';

/** The bounds of a mutex: who comes for it, each always in the same way. */
export interface WwMutexScope {
  readonly callers: readonly WwEntry[];
}

type Taken = { context: WwWord; event: EventFor<'wwMutex'> };

const taskOf = ({ event }: Taken): number => event.task ?? -1;
const stampOf = ({ event }: Taken): number | null => event.detail ?? null;
/** Who has taken it with a context keeps the wait lock until that is published. */
function busyAfter({ owner, stamp }: WwWord, task: number): number {
  return owner === task && stamp !== null ? task : -1;
}
const nobody = { owner: -1, stamp: null };

function setUp({ callers }: WwMutexScope) {
  return setup({
    types: { context: {} as WwWord, events: {} as EventFor<'wwMutex'> },
    actions: {
      ...answers,
      beWaitDie: assign({ isWaitDie: true }),
      own: assign({ owner: taskOf, stamp: stampOf }),
      ownPlain: assign({ owner: taskOf, stamp: null }),
      disown: assign(nobody),
      /** Whoever gets it comes with what it waits with. */
      hand: assign(({ context, event }) => {
        const entry = context.waiters.find(({ task }) => task === event.detail);
        return { owner: entry?.task ?? -1, stamp: entry?.stamp ?? null };
      }),
      enqueue: assign({
        waiters: (args) => queueWith(args.context, { task: taskOf(args), stamp: stampOf(args) }),
        isFlagged: true,
      }),
      enqueuePlain: assign({
        waiters: (args) => queueWith(args.context, { task: taskOf(args), stamp: null }),
        isFlagged: true,
      }),
      dequeue: assign((args) => {
        const { context } = args;
        const task = taskOf(args);
        const waiters = queueWithout(context.waiters, task);
        return { waiters, busy: waiters.length === 0 ? task : busyAfter(context, task) };
      }),
      unflag: assign((args) => ({
        isFlagged: false,
        busy: busyAfter(args.context, taskOf(args)),
      })),
      settle: assign({
        busy: (args) => (args.context.busy === taskOf(args) ? -1 : args.context.busy),
      }),
    },
    guards: {
      isWaitDie: stateIn({ algorithm: 'waitDie' }),
      /** Somebody else can have had it meanwhile. */
      isCrowded: () => callers.length !== 2,
      isHeld: stateIn({ word: 'held' }),
      isTaken: or([stateIn({ word: 'held' }), stateIn({ word: 'handed' })]),
      isWanted: stateIn({ wish: 'wanted' }),
      isOwner: (args) => args.context.owner === taskOf(args),
      isIts: (args) => args.context.stamp === stampOf(args),
      isIn: (args) => isQueued(args.context, taskOf(args)),
      mayHold: (args) =>
        args.context.waiters.some(
          ({ task, isBehindOlder }) => !isBehindOlder && task === taskOf(args),
        ),
      wasHead: (args) =>
        args.context.waiters.some(({ task, wasHead }) => wasHead && task === taskOf(args)),
      /** The last waiter has left, and the flags are not cleared yet. */
      isLeft: ({ context }) => context.waiters.length === 0 && context.isFlagged,
      isEmpty: ({ context }) => context.waiters.length === 0,
      isQuiet: ({ context }) => context.busy < 0,
      isBusy: (args) => args.context.busy === taskOf(args),
      isHead: ({ context, event }) => context.waiters[0]?.task === event.detail,
      hasOlder: (args) => hasOlderWaiter(args.context, stampOf(args) ?? 0),
      /** Only what is published counts. */
      hasOlderHolder: (args) => {
        const { stamp } = args.context;
        return stamp !== null && isOlder(stamp, stampOf(args) ?? 0);
      },
      hasYounger: (args) =>
        args.context.waiters.some(
          ({ stamp }) => stamp !== null && isOlder(stampOf(args) ?? 0, stamp),
        ),
      hasStamp: ({ context }) => context.stamp !== null,
      isPassing: stateIn({ word: { held: 'passing' } }),
      isPublished: stateIn({ word: { held: 'published' } }),
    },
  });
}
type MutexSetup = ReturnType<typeof setUp>;

/** Its lock call is over once it has left the queue, and put that in order. */
const isThrough = and(['isOwner', not('isIn'), not(and(['isBusy', 'isLeft']))]);

/** The owner gives it up, or hands it on when that is asked for. */
const gives = {
  release: {
    guard: and([isThrough, not('isWanted')]),
    target: '#mutex.word.free',
    actions: ['disown', embodies('WW-037', 'WW-041')],
  },
  handOn: {
    guard: and([isThrough, 'isWanted']),
    target: '#mutex.word.held.passing',
    actions: embodies('WW-042'),
  },
} as const;

const held = (mutex: MutexSetup) =>
  mutex.createStateConfig({
    on: { 'trylock.missed': { actions: returns(0, 'WW-034', 'WW-035') } },
    initial: 'claimed',
    states: {
      /** Taken with a context that is not written into it yet. */
      claimed: {
        on: {
          publish: {
            guard: and([isThrough, 'isIts']),
            target: 'published',
            actions: ['settle', embodies('WW-006', 'WW-056')],
          },
        },
      },
      published: {
        on: {
          'lock.already': {
            guard: and(['isOwner', 'isIts']),
            actions: returns(-EALREADY, 'WW-008'),
          },
          retract: { guard: 'isOwner', target: 'closing', actions: embodies('WW-037') },
        },
      },
      closing: { on: gives },
      /** Taken without a context. */
      plain: { on: gives },
      /** Being unlocked by somebody who has seen that it must be handed on. */
      passing: {
        on: {
          handOff: {
            guard: and(['isHead', 'isQuiet']),
            target: '#mutex.word.handed',
            actions: ['hand', embodies('WW-042', 'WW-054')],
          },
          release: {
            guard: and(['isOwner', 'isEmpty', 'isQuiet']),
            target: '#mutex.word.free',
            actions: ['disown', embodies('WW-054')],
          },
        },
      },
    },
  });

const word = (mutex: MutexSetup) =>
  mutex.createStateConfig({
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          'init.waitDie': { target: 'free', actions: ['beWaitDie', embodies('WW-001')] },
          'init.woundWait': { target: 'free', actions: embodies('WW-001') },
        },
      },
      free: {
        on: {
          take: {
            guard: and([not('isBusy'), or(['isQuiet', 'isCrowded'])]),
            target: 'held.claimed',
            actions: ['own', embodies('WW-005', 'WW-006', 'WW-041')],
          },
          'take.plain': {
            guard: and([not('isBusy'), or(['isQuiet', 'isCrowded'])]),
            target: 'held.plain',
            actions: ['ownPlain', embodies('WW-005', 'WW-007', 'WW-041')],
          },
          destroy: {
            guard: and(['isEmpty', 'isQuiet']),
            target: 'destroyed',
            actions: embodies('WW-045'),
          },
        },
      },
      held: held(mutex),
      /** Given to the first waiter, who has not come for it yet: nobody else can win. */
      handed: {
        on: {
          'trylock.missed': { actions: returns(0, 'WW-034', 'WW-042') },
          pickUp: [
            {
              guard: and(['isOwner', 'hasStamp']),
              target: 'held.claimed',
              actions: embodies('WW-042'),
            },
            { guard: 'isOwner', target: 'held.plain', actions: embodies('WW-042') },
          ],
        },
      },
      destroyed: {},
    },
  });

const joins = and(['isTaken', 'isQuiet', not('isOwner'), not('isIn')]);
/** A waiter that has not got the mutex, nor found out that it will not get it. */
const waits = and(['isQuiet', 'isIn', not('isOwner')]);
const older = or(['hasOlder', and(['isPublished', 'hasOlderHolder'])]);

const queue = (mutex: MutexSetup) =>
  mutex.createStateConfig({
    initial: 'open',
    states: {
      open: {
        on: {
          queue: [
            { guard: joins, actions: ['enqueue', embodies('WW-039')] },
            {
              // It has told younger ones to die since it looked, and the mutex was released meanwhile.
              guard: and([
                'isCrowded',
                'isWaitDie',
                'isQuiet',
                not('isTaken'),
                not('isIn'),
                'hasYounger',
              ]),
              actions: ['enqueue', embodies('WW-019', 'WW-039')],
            },
          ],
          'queue.plain': { guard: joins, actions: ['enqueuePlain', embodies('WW-039')] },
          leave: {
            guard: and(['isHeld', 'isQuiet', 'isIn', 'isOwner']),
            actions: ['dequeue', embodies('WW-056')],
          },
          unflag: {
            guard: and(['isBusy', 'isLeft']),
            actions: ['unflag', embodies('WW-054')],
          },
          'lock.deadlock': [
            {
              guard: and([waits, 'isWaitDie', 'mayHold', older]),
              actions: ['dequeue', returns(-EDEADLK, 'WW-011', 'WW-015', 'WW-018')],
            },
            {
              guard: and([waits, not('isWaitDie')]),
              actions: ['dequeue', returns(-EDEADLK, 'WW-011', 'WW-025')],
            },
            {
              guard: and([
                or(['isTaken', 'isCrowded']),
                'isQuiet',
                'isWaitDie',
                not('isIn'),
                not('isOwner'),
                'hasOlder',
              ]),
              actions: returns(-EDEADLK, 'WW-018'),
            },
          ],
          'lock.interrupted': {
            guard: waits,
            actions: ['dequeue', returns(-EINTR, 'WW-011', 'WW-013')],
          },
          askHandOff: {
            guard: and(['isHeld', 'wasHead', not('isOwner'), not('isWanted')]),
            actions: embodies('WW-042'),
          },
        },
      },
    },
  });

const wish = (mutex: MutexSetup) =>
  mutex.createStateConfig({
    initial: 'none',
    states: {
      none: {
        on: {
          askHandOff: {
            guard: and(['isHeld', 'wasHead', not('isOwner')]),
            target: 'wanted',
          },
        },
      },
      wanted: {
        on: {
          handOff: { guard: and(['isPassing', 'isHead', 'isQuiet']), target: 'none' },
          unflag: { guard: and(['isBusy', 'isLeft']), target: 'none' },
        },
      },
    },
  });

function machineOf(scope: WwMutexScope) {
  const mutex = setUp(scope);
  return mutex.createMachine({
    id: 'mutex',
    type: 'parallel',
    context: { ...nobody, isWaitDie: false, waiters: [], busy: -1, isFlagged: false },
    states: {
      algorithm: {
        initial: 'unknown',
        states: {
          unknown: { on: { 'init.waitDie': 'waitDie', 'init.woundWait': 'woundWait' } },
          waitDie: {},
          woundWait: {},
        },
      },
      word: word(mutex),
      queue: queue(mutex),
      wish: wish(mutex),
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  'init.waitDie': ['WW-001'],
  'init.woundWait': ['WW-001'],
  take: ['WW-005', 'WW-042'],
  'take.plain': ['WW-005', 'WW-042'],
  pickUp: ['WW-042'],
  publish: ['WW-006', 'WW-056'],
  retract: ['WW-037'],
  release: ['WW-037', 'WW-038', 'WW-042'],
  handOn: ['WW-042'],
  askHandOff: ['WW-042'],
  handOff: ['WW-042', 'WW-054'],
  queue: ['WW-009', 'WW-012'],
  'queue.plain': ['WW-009', 'WW-012'],
  leave: ['WW-011', 'WW-056'],
  unflag: ['WW-054'],
  'lock.already': ['WW-008'],
  'lock.deadlock': ['WW-015', 'WW-016', 'WW-017', 'WW-018'],
  'lock.interrupted': ['WW-013'],
  'trylock.missed': ['WW-034'],
  destroy: ['WW-045'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { owner, stamp, waiters }: WwWord = snapshot.context;
  const isHeld = snapshot.matches({ word: 'held' });
  const isShown = snapshot.matches({ word: { held: 'published' } });
  return {
    state: isHeld ? 'held' : snapshot.matches({ word: 'handed' }) ? 'handed' : 'free',
    context: {
      owner,
      stamp: isShown ? String(stamp) : 'none',
      waiters: waiters.map((entry) => `${entry.task}:${entry.stamp ?? 'none'}`).join(' '),
    },
  };
}

/** A wound/wait mutex: its owner word, what is published in it, and its waiters. */
export function wwMutexMachine(scope: WwMutexScope): Lifecycle {
  const callers = scope.callers.map(({ task, stamp }) => `${task}:${stamp ?? 'none'}`);
  return {
    kind: 'wwMutex',
    scope: { callers: callers.join(' ') },
    machine: machineOf(scope),
    alphabet: mutexEvents(scope.callers),
    forbids: FORBIDS,
    view,
    take: mutexEvent,
  };
}
