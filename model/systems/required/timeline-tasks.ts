import { and, assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** Who holds the file of a timeline: moves the counter, and closes it in the end. */
interface Owner {
  readonly value: number;
  /** The point that the walk over the list looks at. */
  readonly cursor: number;
  /** Points that were signaled under the lock, and whose references are dropped behind it. */
  readonly held: readonly number[];
}

const owner = setup({
  types: { context: {} as Owner, events: {} as { type: string; value: number } },
  actions: {
    ...questions,
    move: assign(({ context, event }) => ({ value: context.value + event.value, cursor: 1 })),
    begin: assign({ cursor: 1 }),
    next: assign({ cursor: ({ context }) => context.cursor + 1 }),
    end: assign({ cursor: 0 }),
    hold: assign({ held: ({ context, event }) => [...context.held, event.value] }),
    drop: assign({ held: ({ context }) => context.held.slice(1) }),
  },
  guards: {
    fits: ({ context, event }, params: { valueMax: number }) =>
      context.value + event.value <= params.valueMax,
    isAt: ({ context, event }) => context.cursor === event.value,
    isDue: ({ context }) => context.cursor <= context.value,
    isPast: ({ context }) => context.cursor > context.value,
    isWalked: ({ context }, params: { valueMax: number }) => context.cursor > params.valueMax,
    isHeld: ({ context, event }) => context.held[0] === event.value,
    isEmpty: ({ context }) => context.held.length === 0,
    isOnly: ({ context }) => context.held.length === 1,
  },
});

/** References are dropped one by one; behind the last one of a point it is taken off the list. */
function dropping(behind: string) {
  return owner.createStateConfig({
    initial: 'next',
    states: {
      next: {
        on: {
          put: [
            { guard: and(['isHeld', 'isOnly']), target: behind, actions: 'drop' },
            { guard: 'isHeld', actions: 'drop' },
          ],
          putLast: { guard: 'isHeld', target: 'dying' },
        },
      },
      dying: { on: { acquire: 'unlisting' } },
      unlisting: {
        on: {
          unlist: { guard: 'isHeld', target: 'unlisted' },
          isOff: { guard: 'isHeld', target: 'unlisted' },
        },
      },
      unlisted: { on: { release: 'freeing' } },
      freeing: {
        on: {
          freePoint: [
            { guard: and(['isHeld', 'isOnly']), target: behind, actions: 'drop' },
            { guard: 'isHeld', target: 'next', actions: 'drop' },
          ],
        },
      },
    },
  });
}

/** The owner's walks over the list, each in one hold of the lock. */
function walks(valueMax: number) {
  const params = { valueMax };
  return {
    walking: owner.createStateConfig({
      on: {
        takeOff: { guard: and(['isAt', 'isDue']), target: 'taken', actions: 'hold' },
        takeDead: { guard: and(['isAt', 'isDue']), actions: 'next' },
        skip: { guard: and(['isAt', 'isDue']), actions: 'next' },
        release: [
          { guard: and(['isPast', 'isEmpty']), target: 'idle', actions: 'end' },
          { guard: 'isPast', target: 'dropping', actions: 'end' },
        ],
      },
    }),
    taken: owner.createStateConfig({ on: { signal: { guard: 'isAt', target: 'flagged' } } }),
    flagged: owner.createStateConfig({
      on: { stamp: { guard: 'isAt', target: 'walking', actions: 'next' } },
    }),
    dropping: dropping('#idle'),
    failing: owner.createStateConfig({
      on: {
        fail: { guard: 'isAt', target: 'erring', actions: 'hold' },
        skip: { guard: 'isAt', actions: 'next' },
        skipDead: { guard: 'isAt', actions: 'next' },
        release: [
          {
            guard: and([{ type: 'isWalked', params }, 'isEmpty']),
            target: 'closed',
            actions: 'end',
          },
          { guard: { type: 'isWalked', params }, target: 'leaving', actions: 'end' },
        ],
      },
    }),
    erring: owner.createStateConfig({ on: { setError: { guard: 'isAt', target: 'erred' } } }),
    erred: owner.createStateConfig({ on: { signalError: { guard: 'isAt', target: 'failed' } } }),
    failed: owner.createStateConfig({
      on: { stamp: { guard: 'isAt', target: 'failing', actions: 'next' } },
    }),
    leaving: dropping('#closed'),
  };
}

export function ownerMachine(valueMax: number): SystemMachine<Owner> {
  const fits = { type: 'fits', params: { valueMax } } as const;
  const machine = owner.createMachine({
    id: 'owner',
    initial: 'away',
    context: { value: 0, cursor: 0, held: [] },
    states: {
      away: { on: { open: 'idle' } },
      idle: { id: 'idle', on: { acquire: 'locked', isOpen: ASK } },
      locked: {
        on: {
          advance: { guard: fits, target: 'walking', actions: 'move' },
          close: { target: 'failing', actions: 'begin' },
        },
      },
      ...walks(valueMax),
      closed: { id: 'closed', on: { free: 'freed' } },
      freed: {},
    },
  });
  const plain = ['open', 'isOpen', 'acquire', 'close', 'release', 'free'];
  const walked = [
    'advance',
    'takeOff',
    'takeDead',
    'skip',
    'skipDead',
    'signal',
    'stamp',
    'fail',
    'setError',
  ];
  const dropped = ['signalError', 'put', 'putLast', 'unlist', 'isOff', 'freePoint'];
  return systemMachine(machine, [
    ...plain.map((type) => ({ type })),
    ...[...walked, ...dropped].flatMap((type) =>
      range(valueMax).map((value): SystemEvent => ({ type, value: value + 1 })),
    ),
  ]);
}

/** Who makes a point of a timeline, waits for it, and lets go of it. */
interface Client {
  readonly point: number;
}

const client = setup({
  types: { context: {} as Client, events: {} as { type: string; point: number } },
  actions: {
    choose: assign({ point: ({ event }) => event.point }),
    forget: assign({ point: 0 }),
  },
  guards: { isIt: ({ context, event }) => context.point === event.point },
});

export function clientMachine(valueMax: number): SystemMachine<Client> {
  const machine = client.createMachine({
    id: 'client',
    initial: 'idle',
    context: { point: 0 },
    states: {
      idle: { on: { acquire: 'locked' } },
      locked: {
        on: {
          create: { target: 'made', actions: 'choose' },
          share: { target: 'made', actions: 'choose' },
          // A point that is due already, or of a value whose first object is dying: not followed.
          createSignaled: 'leaving',
          giveUp: 'leaving',
        },
      },
      made: { on: { release: 'waiting' } },
      waiting: {
        on: {
          done: { guard: 'isIt', target: 'putting' },
          timedOut: { guard: 'isIt', target: 'putting' },
        },
      },
      putting: {
        on: {
          put: { guard: 'isIt', target: 'finished', actions: 'forget' },
          putLast: { guard: 'isIt', target: 'dying' },
        },
      },
      dying: { on: { reacquire: 'unlisting' } },
      unlisting: {
        on: {
          unlist: { guard: 'isIt', target: 'unlisted' },
          isOff: { guard: 'isIt', target: 'unlisted' },
        },
      },
      unlisted: { on: { release: 'freeing' } },
      freeing: { on: { free: { guard: 'isIt', target: 'finished', actions: 'forget' } } },
      leaving: { on: { release: 'finished' } },
      finished: {},
    },
  });
  const pointed = ['create', 'share', 'createSignaled', 'giveUp', 'done', 'timedOut'];
  const after = ['put', 'putLast', 'unlist', 'isOff', 'free'];
  return systemMachine(machine, [
    ...['acquire', 'reacquire', 'release'].map((type) => ({ type })),
    ...[...pointed, ...after].flatMap((type) =>
      range(valueMax).map((value): SystemEvent => ({ type, point: value + 1 })),
    ),
  ]);
}

/** Whether a point stands on the list. */
export function nodeMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'node',
    initial: 'off',
    states: {
      off: { on: { list: 'on', isOff: ASK } },
      on: { on: { unlist: 'off', isOn: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['list', 'unlist', 'isOff', 'isOn'].map((type) => ({ type })),
  );
}
