import { and, assign, not, setup } from 'xstate';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** A task that polls some files in one call, and then closes its descriptors of them. */
interface Poller {
  /** Which of its files the task is about. */
  readonly at: number;
  /** On the queues of how many of its files it is. */
  readonly joined: number;
  /** Who is looked at next, while it wakes up everybody on a queue. */
  readonly cursor: number;
}

const poller = setup({
  types: {
    context: {} as Poller,
    events: {} as { type: string; file: number; other: number },
  },
  actions: {
    ...questions,
    join: assign({ joined: ({ context }) => context.joined + 1 }),
    leave: assign({ joined: 0 }),
    next: assign({ at: ({ context }) => context.at + 1 }),
    rewind: assign({ at: 0 }),
    lookOn: assign({ cursor: ({ context }) => context.cursor + 1 }),
    endLook: assign({ cursor: 0 }),
  },
  guards: {
    isIt: ({ context, event }, files: readonly number[]) => files[context.at] === event.file,
    isOn: ({ context, event }, files: readonly number[]) =>
      files.slice(0, context.joined).includes(event.file),
    isLast: ({ context }, files: readonly number[]) => context.at === files.length - 1,
    isBehindLast: ({ context }, files: readonly number[]) => context.at === files.length,
    hasJoinedNext: ({ context }) => context.joined > context.at + 1,
    isAt: ({ context, event }) => context.cursor === event.other,
    isPast: ({ context }, pollers: readonly number[]) => context.cursor === pollers[context.at],
  },
});

/** Guards and targets that depend on which files a task polls. */
function stepsOf(files: readonly number[]) {
  const isIt = { type: 'isIt', params: files } as const;
  const isLast = { type: 'isLast', params: files } as const;
  return {
    isIt,
    isLast,
    /** Only for the file that the task is about. */
    to: <Target extends string>(target: Target) => ({ guard: isIt, target }) as const,
    /** Behind the last file to `end`, else on to the next one. */
    onward: <Next extends string, End extends string>(next: Next, end: End) =>
      [
        { guard: and([isIt, isLast]), target: end, actions: 'rewind' },
        { guard: and([isIt, not(isLast)]), target: next, actions: 'next' },
      ] as const,
  };
}

/** The poll of one file after the other, and the sleep behind the last. */
function polling(files: readonly number[], pollers: readonly number[]) {
  const { isIt, isLast, to, onward } = stepsOf(files);
  return poller.createStateConfig({
    initial: 'looking',
    states: {
      joining: { on: { join: { guard: isIt, target: 'looking', actions: 'join' } } },
      looking: { on: { seesLinked: to('reading'), seesUnlinked: to('claiming') } },
      claiming: { on: { claim: to('trying'), seesClaimed: to('reading') } },
      /** The one attempt to install the callback of the file. */
      trying: { on: { seesDone: to('waking'), seesPending: to('locking') } },
      locking: { on: { acquire: to('locked') } },
      locked: { on: { enable: to('enabled') } },
      enabled: { on: { add: to('added'), refuse: to('late') } },
      added: { on: { watch: to('reading') } },
      late: { on: { refused: to('waking') } },
      /** It came too late: whoever sleeps already has to hear of that. */
      waking: {
        on: {
          wake: { guard: and([isIt, 'isAt']), actions: 'lookOn' },
          pass: { guard: and([isIt, 'isAt']), actions: 'lookOn' },
          woken: {
            guard: and([isIt, { type: 'isPast', params: pollers }]),
            target: 'reading',
            actions: 'endLook',
          },
        },
      },
      reading: {
        on: {
          isReadable: { guard: isIt, target: '#closing', actions: 'rewind' },
          isPending: [
            { guard: and([isIt, isLast]), target: 'deciding', actions: 'rewind' },
            { guard: and([isIt, 'hasJoinedNext']), target: 'looking', actions: 'next' },
            { guard: isIt, target: 'joining', actions: 'next' },
          ],
        },
      },
      deciding: { on: { sleep: 'asleep', again: 'looking', giveUp: '#closing' } },
      asleep: { on: { awake: 'looking', expire: 'expired' } },
      /** The time is up: one last look at each file. */
      expired: {
        on: {
          isReadable: { guard: isIt, target: '#closing', actions: 'rewind' },
          isPending: onward('expired', '#closing'),
        },
      },
    },
  });
}

/** Closes the descriptors; with the last one a file goes, and its callback before. */
function closing(files: readonly number[]) {
  const { to, onward } = stepsOf(files);
  const put = onward('putting', '#finished').map((one) => ({
    ...one,
    actions: [one.actions, 'leave'] as const,
  }));
  return poller.createStateConfig({
    id: 'closing',
    initial: 'putting',
    states: {
      putting: {
        on: {
          put,
          putLast: { ...to('locking'), actions: 'leave' },
          putUntried: { ...to('freeing'), actions: 'leave' },
        },
      },
      locking: { on: { acquire: to('removing') } },
      removing: { on: { remove: to('removed'), miss: to('removed') } },
      removed: { on: { release: to('freeing') } },
      freeing: { on: { putFence: onward('putting', '#finished'), putFenceLast: to('dying') } },
      dying: { on: { freeFence: onward('putting', '#finished') } },
    },
  });
}

/** A task that polls `files` in one call; `pollers` says how many tasks poll each of them. */
export function pollerMachine(
  files: readonly number[],
  pollers: readonly number[],
): SystemMachine<Poller> {
  const machine = poller.createMachine({
    id: 'poller',
    initial: 'idle',
    context: { at: 0, joined: 0, cursor: 0 },
    on: {
      // Asked by whoever wakes up the queue of a file.
      isOn: { ...ASK, guard: { type: 'isOn', params: files } },
      isAway: { ...ASK, guard: not({ type: 'isOn', params: files }) },
    },
    states: {
      idle: {
        on: {
          join: { guard: stepsOf(files).isIt, target: 'polling', actions: 'join' },
          skip: { guard: stepsOf(files).isIt, target: 'closing' },
        },
      },
      polling: polling(files, pollers),
      closing: closing(files),
      finished: { id: 'finished' },
    },
  });
  const pointed = [
    ...['isOn', 'isAway', 'join', 'skip', 'seesLinked', 'seesUnlinked', 'claim', 'seesClaimed'],
    ...['seesDone', 'seesPending', 'acquire', 'enable', 'add', 'refuse', 'watch', 'refused'],
    ...['woken', 'isReadable', 'isPending', 'put', 'putLast', 'putUntried', 'remove', 'miss'],
    ...['release', 'putFence', 'putFenceLast', 'freeFence'],
  ];
  return systemMachine(machine, [
    ...['sleep', 'again', 'giveUp', 'awake', 'expire'].map((type) => ({ type })),
    ...pointed.flatMap((type) => files.map((file): SystemEvent => ({ type, file }))),
    ...['wake', 'pass'].flatMap((type) =>
      files.flatMap((file, index) =>
        range(pollers[index] ?? 0).map((other): SystemEvent => ({ type, file, other })),
      ),
    ),
  ]);
}

/** Who makes a file with its fence, signals that, and wakes up everybody who polls the file. */
export function signallerMachine(pollers: number): SystemMachine {
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
    id: 'signaller',
    initial: 'away',
    context: { cursor: 0 },
    states: {
      away: { on: { init: 'making' } },
      making: { on: { create: 'working' } },
      working: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: { on: { run: 'waking', pass: 'ending' } },
      waking: {
        on: {
          wake: { guard: 'isAt', actions: 'next' },
          passBy: { guard: 'isAt', actions: 'next' },
          ran: { guard: 'isPast', target: 'ending', actions: 'end' },
        },
      },
      ending: { on: { release: 'putting' } },
      putting: { on: { put: 'finished', putLast: 'dying' } },
      dying: { on: { free: 'finished' } },
      finished: {},
    },
  });
  const plain = ['init', 'create', 'acquire', 'signal', 'stamp', 'run', 'pass', 'ran', 'release'];
  return systemMachine(machine, [
    ...[...plain, 'put', 'putLast', 'free'].map((type) => ({ type })),
    ...['wake', 'passBy'].flatMap((type) =>
      range(pollers).map((other): SystemEvent => ({ type, other })),
    ),
  ]);
}

/** How many descriptors of a file are open; it begins with `count`. */
export function descriptorsMachine(count: number): SystemMachine {
  const descriptors = setup({
    types: { context: {} as { count: number }, events: {} as { type: string } },
    actions: { ...questions, drop: assign({ count: ({ context }) => context.count - 1 }) },
    guards: {
      isLast: ({ context }) => context.count === 1,
      hasOthers: ({ context }) => context.count > 1,
    },
  });
  const machine = descriptors.createMachine({
    id: 'descriptors',
    initial: 'none',
    context: { count },
    states: {
      none: { on: { create: 'open' } },
      open: {
        on: {
          isOpen: ASK,
          put: { guard: 'hasOthers', actions: 'drop' },
          putLast: { guard: 'isLast', target: 'closed', actions: 'drop' },
        },
      },
      closed: {},
    },
  });
  return systemMachine(
    machine,
    ['create', 'isOpen', 'put', 'putLast'].map((type) => ({ type })),
  );
}

/** Whether a poller was woken up since it last went to sleep. */
export function triggerMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'trigger',
    initial: 'quiet',
    states: {
      quiet: { on: { pull: 'pulled', isQuiet: ASK, drop: ASK } },
      pulled: { on: { pull: ASK, take: 'quiet', drop: 'quiet' } },
    },
  });
  return systemMachine(
    machine,
    ['pull', 'isQuiet', 'take', 'drop'].map((type) => ({ type })),
  );
}
