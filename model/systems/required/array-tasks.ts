import { assign, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** One bit of shared memory. */
export function bitMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'bit',
    initial: 'clear',
    states: {
      clear: { on: { set: 'set', isClear: ASK } },
      set: { on: { isSet: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['set', 'isClear', 'isSet'].map((type) => ({ type })),
  );
}

/** A number that only goes down, from `first`, and can be read. */
export function counterMachine(first: number, steps: number): SystemMachine {
  const counter = setup({
    types: { context: {} as { value: number }, events: {} as { type: string; value: number } },
    actions: { ...questions, down: assign({ value: ({ context }) => context.value - 1 }) },
    guards: {
      isIt: ({ context, event }) => context.value === event.value,
      goesOn: ({ context }) => context.value > first - steps,
    },
  });
  const machine = counter.createMachine({
    id: 'counter',
    initial: 'counting',
    context: { value: first },
    states: {
      counting: {
        on: { down: { guard: 'goesOn', actions: 'down' }, read: { ...ASK, guard: 'isIt' } },
      },
    },
  });
  const values = range(steps + 1).map((step) => first - step);
  return systemMachine(machine, [
    { type: 'down' },
    ...values.map((value): SystemEvent => ({ type: 'read', value })),
  ]);
}

/** Who has looked at an array and goes: the last one releases it. */
export const leaving = {
  initial: 'putting',
  states: {
    putting: { on: { put: '#finished', putLast: 'releasing' } },
    releasing: { on: { freeArray: 'freeing' } },
    freeing: { on: { freeFence: '#finished' } },
  },
} as const;
export const LEAVING: readonly string[] = ['put', 'putLast', 'freeArray', 'freeFence'];

/** Who enables an array, and so walks over its leaves under the array's own lock. */
export function walkerMachine(leaves: number): SystemMachine<{ readonly leaf: number }> {
  const walker = setup({
    types: { context: {} as { leaf: number }, events: {} as { type: string; leaf: number } },
    actions: {
      ...questions,
      next: assign({ leaf: ({ context }) => context.leaf + 1 }),
      end: assign({ leaf: 0 }),
    },
    guards: {
      isAt: ({ context, event }) => context.leaf === event.leaf,
      isPast: ({ context }) => context.leaf === leaves,
      isBefore: ({ context }) => context.leaf < leaves,
    },
  });
  const judged = { guard: 'isAt', target: 'dropping' } as const;
  const machine = walker.createMachine({
    id: 'walker',
    initial: 'away',
    context: { leaf: 0 },
    states: {
      away: { on: { init: 'idle' } },
      idle: { on: { acquire: 'locked' } },
      locked: { on: { enable: 'enabled' } },
      // A poll may have completed the array before anybody asked for its signal.
      enabled: { on: { arm: 'walking', seesDone: 'ending' } },
      /** Each leaf that is watched has a reference on the array. */
      walking: {
        on: {
          get: { guard: 'isBefore', target: 'trying' },
          armed: { guard: 'isPast', target: 'ending', actions: 'end' },
        },
      },
      trying: {
        on: {
          enableLeaf: { guard: 'isAt', target: 'adding' },
          refuse: { guard: 'isAt', target: 'judging' },
        },
      },
      adding: {
        on: {
          watch: { guard: 'isAt', target: 'walking', actions: 'next' },
          refuse: { guard: 'isAt', target: 'judging' },
        },
      },
      /** The leaf was done: its error comes first. */
      judging: { on: { record: judged, keep: judged, noError: judged } },
      dropping: { on: { drop: 'counting' } },
      counting: {
        on: { count: { target: 'walking', actions: 'next' }, countLast: { target: 'deciding' } },
      },
      /** All that was needed is there: nobody has to watch any more. */
      deciding: { on: { clear: 'refusing', keepError: 'refusing' } },
      refusing: { on: { refused: 'signalling' } },
      signalling: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: { target: 'ending', actions: 'end' } } },
      ending: { on: { release: 'leaving' } },
      leaving,
      finished: { id: 'finished' },
    },
  });
  const plain = ['init', 'acquire', 'enable', 'seesDone', 'arm', 'get', 'armed', 'drop', 'count'];
  const after = ['countLast', 'clear', 'keepError', 'refused', 'signal', 'stamp', 'release'];
  const pointed = ['enableLeaf', 'watch', 'refuse', 'record', 'keep', 'noError'];
  return systemMachine(machine, [
    ...[...plain, ...after, ...LEAVING].map((type) => ({ type })),
    ...pointed.flatMap((type) => range(leaves).map((leaf): SystemEvent => ({ type, leaf }))),
  ]);
}

/** Who signals one leaf, perhaps with an error, and calls the array back. */
export function signallerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'signaller',
    initial: 'away',
    states: {
      away: { on: { init: 'working' } },
      working: { on: { fail: 'failed', signal: 'flagged' } },
      failed: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: { on: { run: 'judging', pass: 'finished' } },
      judging: { on: { record: 'counting', keep: 'counting', noError: 'counting' } },
      counting: { on: { count: 'leaving', countLast: 'queueing' } },
      /** The reference goes to the work. */
      queueing: { on: { queueWork: 'finished' } },
      leaving,
      finished: { id: 'finished' },
    },
  });
  const events = ['init', 'fail', 'signal', 'stamp', 'run', 'pass', 'record', 'keep', 'noError'];
  return systemMachine(
    machine,
    [...events, 'count', 'countLast', 'queueWork', ...LEAVING].map((type) => ({ type })),
  );
}

/** The interrupt work that completes the array. */
export function workerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'worker',
    initial: 'idle',
    states: {
      idle: { on: { queue: 'queued' } },
      queued: { on: { work: 'deciding' } },
      deciding: { on: { clear: 'locking', keepError: 'locking' } },
      locking: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged', late: 'ending' } },
      flagged: { on: { stamp: 'ending' } },
      ending: { on: { release: 'leaving' } },
      leaving,
      finished: { id: 'finished' },
    },
  });
  const events = ['queue', 'work', 'clear', 'keepError', 'acquire', 'signal', 'late', 'stamp'];
  return systemMachine(
    machine,
    [...events, 'release', ...LEAVING].map((type) => ({ type })),
  );
}
