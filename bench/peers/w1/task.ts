import { and, assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../../../model/systems/machine.ts';
import type { SystemEvent, SystemMachine } from '../../../model/systems/machine.ts';
import { range } from '../../../model/systems/network.ts';
import type { Size } from './size.ts';

interface Task {
  /** Locks held: the first ones of the task's order. */
  readonly held: number;
  /** The position of the lock that was contended, after a back-off. */
  readonly contended: number;
  readonly round: number;
  readonly usage: number;
  readonly slot: number;
}

interface TaskEvent {
  readonly type: string;
  readonly round: number;
  readonly position: number;
  readonly usage: number;
  readonly slot: number;
}

function setUp({ objects, rounds }: Size) {
  return setup({
    types: { context: {} as Task, events: {} as TaskEvent },
    actions: {
      ...questions,
      hold: assign({ held: ({ context }) => context.held + 1 }),
      loose: assign({ held: ({ context }) => context.held - 1 }),
      backOff: assign(({ context }) => ({ contended: context.held, held: 0 })),
      forget: assign({ contended: 0 }),
      choose: assign(({ event: { usage, slot } }) => ({ usage, slot })),
      use: assign({ usage: 0, slot: 0 }),
      nextRound: assign({ round: ({ context }) => context.round + 1 }),
    },
    guards: {
      isRound: ({ context, event }) => context.round === event.round,
      isNext: ({ context, event }) => context.held === event.position,
      isLast: ({ context }) => context.held + 1 === objects,
      isOnly: ({ context }) => context.held === 1,
      isContended: ({ context, event }) => context.contended === event.position,
      isChosen: ({ context, event }) =>
        context.usage === event.usage && context.slot === event.slot,
      isOver: ({ context }) => context.round + 1 === rounds,
    },
  });
}

/** Payloads for which no state takes the event, such as backing off with nothing held, are left out. */
function alphabet({ objects, rounds, usages }: Size): readonly SystemEvent[] {
  const places = range(usages).flatMap((usage) => range(2).map((slot) => ({ usage, slot })));
  return [
    ...['begin', 'enqueue', 'skip', 'woken', 'put'].flatMap((type) =>
      range(rounds).map((round) => ({ type, round })),
    ),
    ...['take', 'backOff', 'retry'].flatMap((type) =>
      range(objects).map((position) => ({ type, position })),
    ),
    ...range(objects).map((position) => ({ type: 'unlock', position: position + 1 })),
    ...places.map((place) => ({ type: 'reserve', ...place })),
    ...range(rounds).flatMap((round) => places.map((place) => ({ type: 'add', round, ...place }))),
    { type: 'isFinished' },
  ];
}

/** A task: locks all objects, adds its fence to one of them, waits for it, and again. */
export function taskMachine(size: Size): SystemMachine<Task> {
  const machine = setUp(size).createMachine({
    id: 'task',
    initial: 'idle',
    context: { held: 0, contended: 0, round: 0, usage: 0, slot: 0 },
    states: {
      idle: { on: { begin: { guard: 'isRound', target: 'locking' } } },
      locking: {
        on: {
          take: [
            { guard: and(['isNext', 'isLast']), target: 'locked', actions: 'hold' },
            { guard: 'isNext', actions: 'hold' },
          ],
          backOff: { guard: 'isNext', target: 'backedOff', actions: 'backOff' },
        },
      },
      backedOff: { on: { retry: { guard: 'isContended', target: 'locking', actions: 'forget' } } },
      locked: { on: { reserve: { target: 'reserved', actions: 'choose' } } },
      reserved: {
        on: { add: { guard: and(['isRound', 'isChosen']), target: 'unlocking', actions: 'use' } },
      },
      unlocking: {
        on: {
          unlock: [
            { guard: and(['isNext', 'isOnly']), target: 'submitted', actions: 'loose' },
            { guard: 'isNext', actions: 'loose' },
          ],
        },
      },
      submitted: {
        on: {
          enqueue: { guard: 'isRound', target: 'asleep' },
          skip: { guard: 'isRound', target: 'awake' },
        },
      },
      asleep: { on: { woken: { guard: 'isRound', target: 'awake' } } },
      awake: {
        on: {
          put: [
            { guard: and(['isRound', 'isOver']), target: 'finished', actions: 'nextRound' },
            { guard: 'isRound', target: 'idle', actions: 'nextRound' },
          ],
        },
      },
      finished: { on: { isFinished: ASK } },
    },
  });
  return systemMachine(machine, alphabet(size));
}
