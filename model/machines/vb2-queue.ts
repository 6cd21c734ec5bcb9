import { and, assign, not, or, setup, stateIn } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EAGAIN, EBUSY, EINVAL, EIO, EPIPE } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { AbstractState } from '../events.ts';
import type { EventFor, Lifecycle } from '../lifecycle.ts';
import { answers, embodies, returns } from '../returns.ts';

/** The bounds of a video queue. */
export interface Vb2QueueScope {
  readonly buffersMax: number;
}

interface Vb2QueueContext {
  readonly buffers: number;
  /** Those that the driver has. */
  readonly owned: number;
  /** Those that are done, and not dequeued. */
  readonly done: number;
}

function setUp({ buffersMax }: Vb2QueueScope) {
  return setup({
    types: { context: {} as Vb2QueueContext, events: {} as EventFor<'vb2Queue'> },
    actions: {
      ...answers,
      allocate: assign({ buffers: ({ context }) => context.buffers + 1 }),
      release: assign({ buffers: 0 }),
      give: assign({ owned: ({ context }) => context.owned + 1 }),
      finish: assign({
        owned: ({ context }) => context.owned - 1,
        done: ({ context }) => context.done + 1,
      }),
      back: assign({ owned: ({ context }) => context.owned - 1 }),
      take: assign({ done: ({ context }) => context.done - 1 }),
      discard: assign({ done: 0 }),
    },
    guards: {
      isOff: stateIn({ streaming: 'off' }),
      isOn: stateIn({ streaming: 'on' }),
      isStarting: or([
        stateIn({ streaming: { off: 'starting' } }),
        stateIn({ streaming: { on: 'starting' } }),
      ]),
      isRunning: or([
        stateIn({ streaming: { off: 'starting' } }),
        stateIn({ streaming: { off: 'started' } }),
        stateIn({ streaming: { on: 'starting' } }),
        stateIn({ streaming: { on: 'started' } }),
      ]),
      isCancelled: stateIn({ streaming: { off: 'cancelled' } }),
      isCleared: stateIn({ streaming: { off: 'cleared' } }),
      isOnStarted: stateIn({ streaming: { on: 'started' } }),
      /** Somebody has looked, and there was one. */
      mayTake: and([
        stateIn({ streaming: { on: 'started' } }),
        not(stateIn({ stream: 'drained' })),
        not(stateIn({ reader: 'asleep' })),
        ({ context }) => context.done > 0,
      ]),
      isStill: stateIn({ streaming: { off: 'idle' } }),
      /** No request is under way that others would have to wait for. */
      isSettled: or([
        and([stateIn({ streaming: { off: 'idle' } }), not(stateIn({ stream: 'drained' }))]),
        stateIn({ streaming: { on: 'idle' } }),
        stateIn({ streaming: { on: 'started' } }),
      ]),
      isFailed: stateIn({ hardware: 'failed' }),
      isDrained: stateIn({ stream: 'drained' }),
      isWaited: stateIn({ reader: 'asleep' }),
      mayGrow: ({ context }) => context.buffers < buffersMax,
      hasBuffers: ({ context }) => context.buffers > 0,
      hasFree: ({ context }) => context.owned + context.done < context.buffers,
      /** The driver has had one. */
      hasGiven: ({ context }) => context.owned + context.done > 0,
      hasOwned: ({ context }) => context.owned > 0,
      ownsNone: ({ context }) => context.owned === 0,
      hasDone: ({ context }) => context.done > 0,
    },
  });
}

type Vb2QueueSetup = ReturnType<typeof setUp>;

function buffers(queue: Vb2QueueSetup) {
  const still = and(['isStill', not('hasDone'), not('isDrained')]);
  return queue.createStateConfig({
    initial: 'absent',
    states: {
      absent: {
        on: {
          allocate: {
            guard: and([still, 'mayGrow', not('isWaited')]),
            target: 'present',
            actions: ['allocate', embodies('VB2-014')],
          },
          release: { guard: still, actions: ['release', embodies('VB2-014')] },
        },
      },
      present: {
        on: {
          allocate: {
            guard: and([still, 'mayGrow', not('isWaited')]),
            actions: ['allocate', embodies('VB2-014')],
          },
          release: {
            guard: still,
            target: 'absent',
            actions: ['release', embodies('VB2-005', 'VB2-014')],
          },
        },
      },
    },
  });
}

/** The driver runs once it has enough buffers; user space may have switched it on before. */
function streaming(queue: Vb2QueueSetup) {
  const starting = {
    started: { target: 'started', actions: embodies('VB2-008') },
    'start.failed': {
      guard: and(['ownsNone', not('hasDone')]),
      target: 'idle',
      actions: embodies('VB2-008', 'VB2-016'),
    },
  } as const;
  const stop = { target: '#vb2Queue.streaming.stopping', actions: embodies('VB2-011') } as const;
  const cancel = {
    guard: 'ownsNone',
    target: '#vb2Queue.streaming.off.cancelled',
    actions: embodies('VB2-011', 'VB2-012'),
  } as const;
  const ready = and(['hasBuffers', not('hasDone'), not('isDrained')]);
  const start = { guard: ready, target: 'starting', actions: embodies('VB2-008') } as const;
  return queue.createStateConfig({
    initial: 'off',
    states: {
      off: {
        initial: 'idle',
        states: {
          cancelled: { on: { clear: 'cleared' } },
          cleared: { on: { discard: 'idle' } },
          idle: {
            on: {
              start,
              streamOn: {
                guard: ready,
                target: '#vb2Queue.streaming.on',
                actions: embodies('VB2-008'),
              },
              cancel: { ...cancel, guard: not('isDrained') },
              streamOff: { actions: embodies('VB2-011') },
            },
          },
          starting: { on: starting },
          started: {
            on: {
              streamOn: {
                target: '#vb2Queue.streaming.on.started',
                actions: embodies('VB2-008'),
              },
            },
          },
        },
      },
      on: {
        initial: 'idle',
        states: {
          // The request that starts it has a buffer, and looks at errors.
          idle: { on: { start: { ...start, guard: and([ready, not('isFailed')]) }, cancel } },
          starting: { on: { ...starting, started: { ...starting.started, guard: 'hasGiven' } } },
          started: { on: { stop } },
        },
      },
      stopping: { on: { cancel } },
    },
  });
}

/** Buffers on their way through the driver. */
function traffic(queue: Vb2QueueSetup) {
  const isStopping = stateIn({ streaming: 'stopping' });
  return queue.createStateConfig({
    on: {
      give: {
        guard: and([or(['isStarting', 'isOnStarted']), 'hasFree']),
        actions: ['give', embodies('VB2-008', 'VB2-012')],
      },
      done: {
        guard: and(['hasOwned', or(['isRunning', isStopping])]),
        actions: ['finish', embodies('VB2-009', 'VB2-012')],
      },
      back: {
        guard: and(['hasOwned', 'isStarting']),
        actions: ['back', embodies('VB2-012', 'VB2-016')],
      },
      take: { guard: 'mayTake', actions: ['take', embodies('VB2-009')] },
      'take.last': { guard: 'mayTake', actions: ['take', embodies('VB2-009', 'VB2-010')] },
      discard: { guard: 'isCleared', actions: ['discard', embodies('VB2-011')] },
    },
  });
}

function hardware(queue: Vb2QueueSetup) {
  return queue.createStateConfig({
    initial: 'well',
    states: {
      well: {
        on: {
          error: { target: 'failed', actions: embodies('VB2-010') },
          clear: { guard: 'isCancelled', actions: embodies('VB2-016') },
        },
      },
      failed: {
        on: {
          error: { actions: embodies('VB2-010') },
          clear: { guard: 'isCancelled', target: 'well', actions: embodies('VB2-016') },
        },
      },
    },
  });
}

function stream(queue: Vb2QueueSetup) {
  return queue.createStateConfig({
    initial: 'flowing',
    states: {
      flowing: { on: { 'take.last': { guard: 'mayTake', target: 'drained' } } },
      drained: { on: { streamOff: { guard: 'isStill', target: 'flowing' } } },
    },
  });
}

/** Whoever dequeues looks, in this order, before it sleeps and whenever it wakes. */
function reader(queue: Vb2QueueSetup) {
  const look = [
    { guard: and(['isSettled', not('isOn')]), actions: returns(-EINVAL, 'VB2-010') },
    { guard: and(['isSettled', 'isFailed']), actions: returns(-EIO, 'VB2-010') },
    { guard: and(['isSettled', 'isDrained']), actions: returns(-EPIPE, 'VB2-010') },
    { guard: and(['isSettled', 'hasDone']), actions: returns(0, 'VB2-010') },
    { guard: 'isSettled', actions: returns(-EAGAIN, 'VB2-010') },
  ] as const;
  return queue.createStateConfig({
    initial: 'awake',
    states: {
      awake: {
        on: {
          look,
          wait: {
            guard: and(['isSettled', 'isOn', not('isDrained'), not('isFailed'), not('hasDone')]),
            target: 'asleep',
            actions: embodies('VB2-010'),
          },
        },
      },
      asleep: {
        on: {
          look: { guard: 'isSettled', actions: returns(-EBUSY, 'VB2-010') },
          'wait.end': { guard: 'isSettled', target: 'awake', actions: embodies('VB2-010') },
        },
      },
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  allocate: ['VB2-014'],
  release: ['VB2-014'],
  start: ['VB2-008'],
  started: ['VB2-008'],
  'start.failed': ['VB2-008', 'VB2-012', 'VB2-016'],
  streamOn: ['VB2-008'],
  stop: ['VB2-011'],
  cancel: ['VB2-011', 'VB2-012'],
  clear: ['VB2-011', 'VB2-016'],
  discard: ['VB2-011'],
  streamOff: ['VB2-011'],
  give: ['VB2-008', 'VB2-012'],
  done: ['VB2-011', 'VB2-012'],
  back: ['VB2-012', 'VB2-016'],
  take: ['VB2-009', 'VB2-010'],
  'take.last': ['VB2-009', 'VB2-010'],
  error: ['VB2-010'],
  look: ['VB2-010'],
  wait: ['VB2-010'],
  'wait.end': ['VB2-010'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { owned, done, buffers: all }: Vb2QueueContext = snapshot.context;
  const isOn = snapshot.matches({ streaming: 'on' }) || snapshot.matches({ streaming: 'stopping' });
  return {
    state: isOn ? 'on' : 'off',
    context: {
      owned,
      done,
      isFailed: snapshot.matches({ hardware: 'failed' }),
      isWaiting: snapshot.matches({ reader: 'asleep' }),
      isDrained: snapshot.matches({ stream: 'drained' }),
      isEmpty: all === 0,
    },
  };
}

/** The buffers of a video device, as a whole. */
export function vb2QueueMachine(scope: Vb2QueueScope): Lifecycle {
  const queue = setUp(scope);
  const machine = queue.createMachine({
    id: 'vb2Queue',
    type: 'parallel',
    context: { buffers: 0, owned: 0, done: 0 },
    states: {
      buffers: buffers(queue),
      streaming: streaming(queue),
      traffic: traffic(queue),
      hardware: hardware(queue),
      stream: stream(queue),
      reader: reader(queue),
    },
  });
  return {
    kind: 'vb2Queue',
    scope: { buffersMax: scope.buffersMax },
    machine,
    alphabet: EVENTS.vb2Queue.map((type) => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
