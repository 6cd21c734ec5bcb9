import { and, assign, not, setup } from 'xstate';
import { questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** A walk along the chain: at which node it is, and which one it looks at next. */
interface Walk {
  readonly at: number;
  readonly next: number;
}

function setUp(leaves: number) {
  const head = leaves - 1;
  return setup({
    types: { context: {} as Walk, events: {} as { type: string; leaf: number } },
    actions: {
      ...questions,
      begin: assign({ at: head, next: head - 1 }),
      /** What was looked at is no longer in the way. */
      pass: assign({ next: ({ context }) => context.next - 1 }),
      /** What was looked at is pending: it is the next element. */
      step: assign(({ context: { next } }) => ({ at: next, next: next - 1 })),
      end: assign({ at: head, next: head - 1 }),
    },
    guards: {
      isAt: ({ context, event }) => context.at === event.leaf,
      isNext: ({ context, event }) => context.next === event.leaf,
      isAtHead: ({ context }) => context.at === head,
      isPast: ({ context }) => context.next < 0,
    },
  });
}

/** Along the chain from an element on: finished predecessors are taken off. */
function looking(stay: string, past: Readonly<Record<string, string>>) {
  const [event, target] = Object.entries(past)[0] ?? ['', ''];
  return {
    on: {
      collect: { guard: and(['isNext', not('isAtHead')]), actions: 'pass' },
      collectAtHead: { guard: and(['isNext', 'isAtHead']), actions: 'pass' },
      skip: { guard: 'isNext', actions: 'pass' },
      stay: { guard: 'isNext', target: stay, actions: 'step' },
      [event]: { guard: 'isPast', target, actions: 'end' },
    },
  } as const;
}
const LOOKS = ['collect', 'collectAtHead', 'skip', 'stay'];

/** Trying to hang the node's callback on the contained fence of an element. */
function trying(armed: string) {
  return {
    trying: {
      on: {
        enableLeaf: { guard: 'isAt', target: 'adding' },
        refuse: { guard: 'isAt', target: 'looking' },
      },
    },
    adding: {
      on: {
        watch: { guard: 'isAt', target: armed, actions: 'end' },
        refuse: { guard: 'isAt', target: 'looking' },
      },
    },
  } as const;
}
const TRIES = ['enableLeaf', 'watch', 'refuse'];

function eventsOf(leaves: number, plain: readonly string[], pointed: readonly string[]) {
  return [
    ...plain.map((type): SystemEvent => ({ type })),
    ...pointed.flatMap((type) => range(leaves).map((leaf): SystemEvent => ({ type, leaf }))),
  ];
}

const start = (leaves: number): Walk => ({ at: leaves - 1, next: leaves - 2 });

/** Who enables the last node, under its lock, and then waits for it. */
export function chainWalkerMachine(leaves: number): SystemMachine<Walk> {
  const machine = setUp(leaves).createMachine({
    id: 'walker',
    initial: 'away',
    context: start(leaves),
    states: {
      away: { on: { init: 'idle' } },
      idle: { on: { acquire: 'locked' } },
      locked: { on: { enable: 'enabled' } },
      // A poll may have completed the node before anybody asked for its signal.
      enabled: { on: { arm: { target: 'trying', actions: 'begin' }, seesDone: 'ending' } },
      ...trying('armed'),
      looking: looking('trying', { exhaust: 'refusing' }),
      armed: { on: { armed: 'ending' } },
      refusing: { on: { refused: 'signalling' } },
      signalling: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'ending' } },
      ending: { on: { release: 'waiting' } },
      waiting: { on: { wakes: 'finished' } },
      finished: {},
    },
  });
  const plain = ['init', 'acquire', 'enable', 'arm', 'seesDone', 'exhaust', 'armed', 'refused'];
  const after = ['signal', 'stamp', 'release', 'wakes'];
  return systemMachine(machine, eventsOf(leaves, [...plain, ...after], [...TRIES, ...LOOKS]));
}

/** The interrupt work: it watches what is pending still, or completes the node. */
export function chainWorkerMachine(leaves: number): SystemMachine<Walk> {
  const machine = setUp(leaves).createMachine({
    id: 'worker',
    initial: 'idle',
    context: start(leaves),
    states: {
      idle: { on: { queue: 'queued' } },
      queued: { on: { work: { target: 'trying', actions: 'begin' } } },
      ...trying('idle'),
      looking: looking('trying', { exhaust: 'locking' }),
      locking: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged', late: 'ending' } },
      flagged: { on: { stamp: 'ending' } },
      ending: { on: { release: 'finished' } },
      finished: {},
    },
  });
  const plain = ['queue', 'work', 'exhaust', 'acquire', 'signal', 'late', 'stamp', 'release'];
  return systemMachine(machine, eventsOf(leaves, plain, [...TRIES, ...LOOKS]));
}

/** Who polls the last node once. */
export function chainPollerMachine(leaves: number): SystemMachine<Walk> {
  const machine = setUp(leaves).createMachine({
    id: 'poller',
    initial: 'away',
    context: start(leaves),
    states: {
      away: { on: { init: 'asking' } },
      asking: {
        on: { seesDone: 'finished', seesPending: { target: 'polling', actions: 'begin' } },
      },
      polling: {
        on: {
          leafDone: { guard: 'isAt', target: 'looking' },
          leafPending: { guard: 'isAt', target: 'failing', actions: 'end' },
        },
      },
      looking: looking('polling', { isDone: 'locking' }),
      failing: { on: { isPending: 'finished' } },
      locking: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged', late: 'ending' } },
      flagged: { on: { stamp: 'ending' } },
      ending: { on: { release: 'finished' } },
      finished: {},
    },
  });
  const plain = ['init', 'seesDone', 'seesPending', 'isPending', 'isDone', 'acquire', 'signal'];
  const after = ['late', 'stamp', 'release'];
  const pointed = ['leafDone', 'leafPending', ...LOOKS];
  return systemMachine(machine, eventsOf(leaves, [...plain, ...after], pointed));
}

/** Who signals one leaf, and calls the node back. */
export function chainSignallerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'signaller',
    initial: 'away',
    states: {
      away: { on: { init: 'working' } },
      working: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: { on: { fire: 'queueing', pass: 'finished' } },
      queueing: { on: { queueWork: 'finished' } },
      finished: {},
    },
  });
  const events = ['init', 'signal', 'stamp', 'fire', 'pass', 'queueWork'];
  return systemMachine(
    machine,
    events.map((type) => ({ type })),
  );
}
