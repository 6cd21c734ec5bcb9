import { assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** A task that polls one direction of a buffer, without a time-out. */
interface Poller {
  /** Which fence it tries to wait for. */
  readonly at: number;
  /** Who is looked at next, while it wakes up everybody on the queue. */
  readonly cursor: number;
  /** It is on the queue of the buffer. */
  readonly isOn: boolean;
}

const poller = setup({
  types: {
    context: {} as Poller,
    events: {} as { type: string; fence: number; other: number },
  },
  actions: {
    ...questions,
    join: assign({ isOn: true }),
    leave: assign({ isOn: false }),
    next: assign({ at: ({ context }) => context.at + 1 }),
    rewind: assign({ at: 0 }),
    lookOn: assign({ cursor: ({ context }) => context.cursor + 1 }),
    endLook: assign({ cursor: 0 }),
  },
  guards: {
    isOn: ({ context }) => context.isOn,
    isIt: ({ context, event }) => context.at === event.fence,
    isLastFence: ({ context }, fences: number) => context.at === fences,
    isAt: ({ context, event }) => context.cursor === event.other,
    isPast: ({ context }, pollers: number) => context.cursor === pollers,
  },
});

/** What a poll does under the reservation lock: in the order of the kernel. */
function polling(pollers: number, fences: number) {
  return poller.createStateConfig({
    initial: 'locking',
    states: {
      locking: { on: { lock: 'claiming' } },
      claiming: { on: { claim: 'scanning', busy: 'leaving' } },
      scanning: {
        on: {
          get: { guard: 'isIt', target: 'trying' },
          none: {
            guard: { type: 'isLastFence', params: fences },
            target: 'waking',
            actions: 'rewind',
          },
        },
      },
      trying: { on: { acquire: { guard: 'isIt', target: 'locked' } } },
      locked: { on: { enable: { guard: 'isIt', target: 'enabled' } } },
      enabled: {
        on: {
          add: { guard: 'isIt', target: 'added' },
          refuse: { guard: 'isIt', target: 'late' },
        },
      },
      added: { on: { arm: { guard: 'isIt', target: 'leaving', actions: 'rewind' } } },
      late: { on: { put: { guard: 'isIt', target: 'scanning', actions: 'next' } } },
      /** Nothing is pending: whoever sleeps has to look again, too. */
      waking: {
        on: {
          wake: { guard: 'isAt', actions: 'lookOn' },
          pass: { guard: 'isAt', actions: 'lookOn' },
          woken: {
            guard: { type: 'isPast', params: pollers },
            target: 'ready',
            actions: 'endLook',
          },
        },
      },
      ready: { on: { unlockReady: { target: '#finished', actions: 'leave' } } },
      leaving: { on: { unlock: 'deciding' } },
      deciding: { on: { sleep: 'asleep', again: 'locking' } },
      asleep: { on: { awake: 'locking' } },
    },
  });
}

/** One of `pollers` tasks that poll a buffer with `fences` fences. */
export function bufferPollerMachine(pollers: number, fences: number): SystemMachine<Poller> {
  const machine = poller.createMachine({
    id: 'bufferPoller',
    initial: 'away',
    context: { at: 0, cursor: 0, isOn: false },
    on: {
      // Asked by whoever wakes up the queue.
      isOn: { ...ASK, guard: 'isOn' },
      isAway: { ...ASK, guard: not('isOn') },
    },
    states: {
      away: { on: { join: { target: 'polling', actions: 'join' } } },
      polling: polling(pollers, fences),
      finished: { id: 'finished' },
    },
  });
  const plain = ['isOn', 'isAway', 'join', 'lock', 'claim', 'busy', 'none', 'woken'];
  const ends = ['unlockReady', 'unlock', 'sleep', 'again', 'awake'];
  const pointed = ['get', 'acquire', 'enable', 'add', 'refuse', 'arm', 'put'];
  return systemMachine(machine, [
    ...[...plain, ...ends].map((type) => ({ type })),
    ...pointed.flatMap((type) => range(fences).map((fence): SystemEvent => ({ type, fence }))),
    ...['wake', 'pass'].flatMap((type) =>
      range(pollers).map((other): SystemEvent => ({ type, other })),
    ),
  ]);
}

/** Who signals a fence of the buffer, and runs the callback of the buffer if it is there. */
export function bufferSignallerMachine(pollers: number): SystemMachine {
  const signaller = setup({
    types: {
      context: {} as { cursor: number },
      events: {} as { type: string; other: number },
    },
    actions: {
      next: assign({ cursor: ({ context }) => context.cursor + 1 }),
      end: assign({ cursor: 0 }),
    },
    guards: {
      isAt: ({ context, event }) => context.cursor === event.other,
      isPast: ({ context }) => context.cursor === pollers,
    },
  });
  const machine = signaller.createMachine({
    id: 'bufferSignaller',
    initial: 'away',
    context: { cursor: 0 },
    states: {
      away: { on: { init: 'working' } },
      working: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: { on: { run: 'called', pass: 'ending' } },
      called: { on: { enter: 'waking' } },
      waking: {
        on: {
          wake: { guard: 'isAt', actions: 'next' },
          passBy: { guard: 'isAt', actions: 'next' },
          woken: { guard: 'isPast', target: 'putting', actions: 'end' },
        },
      },
      putting: { on: { put: 'ending' } },
      ending: { on: { release: 'finished' } },
      finished: {},
    },
  });
  const plain = ['init', 'acquire', 'signal', 'stamp', 'run', 'pass', 'enter', 'woken', 'put'];
  return systemMachine(machine, [
    ...[...plain, 'release'].map((type) => ({ type })),
    ...['wake', 'passBy'].flatMap((type) =>
      range(pollers).map((other): SystemEvent => ({ type, other })),
    ),
  ]);
}

/** A lock that some hold for one step only: they just have to find it free. */
export function queueLockMachine(users: number): SystemMachine<{ readonly owner: number }> {
  const lock = setup({
    types: {
      context: {} as { owner: number },
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
    id: 'queueLock',
    initial: 'free',
    context: { owner: -1 },
    states: {
      free: { on: { isFree: ASK, acquire: { target: 'held', actions: 'own' } } },
      held: { on: { release: { guard: 'isOwner', target: 'free', actions: 'disown' } } },
    },
  });
  return systemMachine(machine, [
    { type: 'isFree' },
    ...range(users).flatMap((user): readonly SystemEvent[] => [
      { type: 'acquire', user },
      { type: 'release', user },
    ]),
  ]);
}
