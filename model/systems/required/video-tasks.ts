import { and, assign, not, setup } from 'xstate';
import { questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** Which buffer a task is about, and how many it has got back. */
export interface Viewer {
  readonly at: number;
  readonly got: number;
}

function viewer(buffers: number) {
  return setup({
    types: { context: {} as Viewer, events: {} as { type: string; object: number } },
    actions: {
      ...questions,
      next: assign({ at: ({ context }) => context.at + 1 }),
      rewind: assign({ at: 0 }),
      point: assign({ at: ({ event }) => event.object }),
      get: assign({ at: 0, got: ({ context }) => context.got + 1 }),
    },
    guards: {
      isAt: ({ context, event }) => context.at === event.object,
      isLast: ({ context }) => context.at === buffers - 1,
      hasAll: ({ context }) => context.got === buffers,
    },
  });
}

/** For the buffer that the task is about. */
const to = <Target extends string>(target: Target) => ({ guard: 'isAt', target }) as const;

/** Behind the last buffer to `end`, else on to the next one. */
const onward = <Next extends string, End extends string>(next: Next, end: End) =>
  [
    { guard: and(['isAt', 'isLast']), target: end, actions: 'rewind' },
    { guard: and(['isAt', not('isLast')]), target: next, actions: 'next' },
  ] as const;

const plain = (...types: readonly string[]): readonly SystemEvent[] =>
  types.map((type) => ({ type }));

const each = (buffers: number, ...types: readonly string[]): readonly SystemEvent[] =>
  types.flatMap((type) => range(buffers).map((object): SystemEvent => ({ type, object })));

/** A program that queues every buffer once, switches the stream on, and takes what is done. */
export function clientMachine(buffers: number): SystemMachine<Viewer> {
  const task = viewer(buffers);
  const machine = task.createMachine({
    id: 'videoClient',
    initial: 'locking',
    context: { at: 0, got: 0 },
    states: {
      locking: { on: { acquire: 'creating' } },
      creating: { on: { create: onward('creating', 'preparing') } },
      preparing: { on: { prepare: to('prepared') } },
      prepared: { on: { prepared: to('queueing') } },
      queueing: { on: { queue: onward('preparing', 'starting') } },
      starting: { on: { start: 'giving' } },
      giving: { on: { give: onward('giving', 'given') } },
      given: { on: { started: 'started' } },
      started: { on: { streamOn: 'streaming' } },
      streaming: { on: { release: 'between' } },
      between: { on: { acquire: 'looking' } },
      looking: {
        on: { ready: { target: 'taking', actions: 'point' }, off: 'ending', wait: 'yielding' },
      },
      taking: { on: { take: to('taken') } },
      taken: { on: { dequeue: { guard: 'isAt', target: 'keeping', actions: 'get' } } },
      keeping: {
        on: { release: [{ guard: 'hasAll', target: 'finished' }, { target: 'between' }] },
      },
      yielding: { on: { release: 'setting' } },
      setting: { on: { setState: 'checking' } },
      checking: { on: { sees: 'waking', seesOff: 'waking', seesNothing: 'deciding' } },
      deciding: { on: { sleep: 'asleep', again: 'setting' } },
      asleep: { on: { awake: 'setting' } },
      waking: { on: { acquire: 'woken' } },
      woken: { on: { waitEnd: 'looking' } },
      ending: { on: { release: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(machine, [
    ...plain('acquire', 'release', 'start', 'started', 'streamOn', 'off', 'wait'),
    ...plain('setState', 'seesOff', 'seesNothing', 'sleep', 'again', 'awake', 'waitEnd'),
    ...each(buffers, 'create', 'prepare', 'prepared', 'queue', 'give'),
    ...each(buffers, 'ready', 'take', 'dequeue', 'sees'),
  ]);
}

/** A thread of the same program that switches the stream off, at any moment. */
export function stopperMachine(buffers: number): SystemMachine<Viewer> {
  const task = viewer(buffers);
  const machine = task.createMachine({
    id: 'videoStopper',
    initial: 'locking',
    context: { at: 0, got: 0 },
    states: {
      locking: { on: { acquire: 'locked' } },
      locked: { on: { stop: 'reclaiming', idle: 'cancelled' } },
      reclaiming: {
        on: {
          giveBack: onward('reclaiming', 'stopped'),
          hasNone: onward('reclaiming', 'stopped'),
        },
      },
      stopped: { on: { cancel: 'cancelled' } },
      cancelled: { on: { clear: 'cleared' } },
      cleared: { on: { drop: onward('cleared', 'emptied'), miss: onward('cleared', 'emptied') } },
      emptied: { on: { discard: 'telling' } },
      telling: { on: { wake: 'resetting' } },
      resetting: {
        on: { reset: onward('resetting', 'ended'), clean: onward('resetting', 'ended') },
      },
      ended: { on: { streamOff: 'leaving' } },
      leaving: { on: { release: 'finished' } },
      finished: {},
    },
  });
  return systemMachine(machine, [
    ...plain('acquire', 'stop', 'idle', 'cancel', 'clear', 'discard', 'wake', 'streamOff'),
    ...plain('release'),
    ...each(buffers, 'giveBack', 'hasNone', 'drop', 'miss', 'reset', 'clean'),
  ]);
}

/** Hardware and the interrupts of it: it completes what the driver has, in any order. */
export function hardwareMachine(buffers: number): SystemMachine {
  const machine = setup({ types: { events: {} as SystemEvent } }).createMachine({
    id: 'videoHardware',
    initial: 'busy',
    states: {
      busy: { on: { complete: 'telling' } },
      telling: { on: { wake: 'busy' } },
    },
  });
  return systemMachine(machine, [...each(buffers, 'complete'), ...plain('wake')]);
}
