import { assign, setup } from 'xstate';
import { systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

interface Caller {
  /** The fence that the call is about. */
  readonly fence: number;
}

const caller = setup({
  types: { context: {} as Caller, events: {} as { type: string; fence: number } },
  actions: { choose: assign({ fence: ({ event }) => event.fence }) },
  guards: { isIt: ({ context, event }) => context.fence === event.fence },
});

/** Only for the fence that the call is about. */
const to = <Target extends string>(target: Target) => ({ guard: 'isIt', target }) as const;

/** A request to be called, and perhaps its removal. */
const adding = caller.createStateConfig({
  initial: 'looking',
  states: {
    looking: { on: { seesDone: to('#finished'), seesPending: to('locking') } },
    locking: { on: { acquire: to('locked') } },
    locked: { on: { enable: to('enabled') } },
    enabled: { on: { add: to('added'), refuse: to('ending') } },
    added: { on: { release: to('linked') } },
    /** The call has returned; the callback may run now, or before, or never. */
    linked: { on: { leave: to('#finished'), beginRemove: to('relocking') } },
    relocking: { on: { acquire: to('removing') } },
    removing: { on: { remove: to('ending'), miss: to('ending') } },
    ending: { on: { release: to('#finished') } },
  },
});

/** A wait, with or without time left, that something else may end. */
const waiting = caller.createStateConfig({
  initial: 'looking',
  states: {
    looking: { on: { seesDone: to('#finished'), seesPending: to('locking') } },
    locking: { on: { acquire: to('locked') } },
    locked: { on: { enable: to('enabled') } },
    enabled: {
      on: {
        link: to('linked'),
        done: to('ending'),
        timedOut: to('ending'),
        interrupted: to('ending'),
      },
    },
    linked: { on: { sleep: to('asleep') } },
    asleep: { on: { wake: to('relocking'), disturb: to('late') } },
    /** The node is off the list already. */
    relocking: { on: { acquire: to('woken') } },
    woken: { on: { done: to('ending'), timedOut: to('ending'), interrupted: to('ending') } },
    /** Awake, but not by the fence: the node may still be on the list. */
    late: { on: { acquire: to('latecomer'), pass: to('relocking') } },
    latecomer: { on: { resume: to('asleep'), unlink: to('failing') } },
    failing: { on: { timedOut: to('ending'), interrupted: to('ending') } },
    ending: { on: { release: to('#finished') } },
  },
});

/** What a caller can do. */
export type Call = 'add' | 'wait';

const EVENTS = [
  ...['add', 'refuse', 'leave', 'beginRemove', 'remove', 'miss'],
  ...['link', 'sleep', 'wake', 'disturb', 'pass', 'resume', 'unlink'],
  ...['done', 'timedOut', 'interrupted'],
  ...['seesDone', 'seesPending', 'acquire', 'enable', 'release'],
];

/**
 * A task that makes one call about one of `fences`. It has the steps between which others can run, and holds no knowledge of the fence itself.
 */
export function callerMachine(fences: number, calls: readonly Call[]): SystemMachine<Caller> {
  const machine = caller.createMachine({
    id: 'caller',
    initial: 'idle',
    context: { fence: -1 },
    states: {
      idle: {
        on: {
          'begin.add': { target: 'adding', actions: 'choose' },
          'begin.wait': { target: 'waiting', actions: 'choose' },
        },
      },
      adding,
      waiting,
      finished: { id: 'finished' },
    },
  });
  const names = [...calls.map((call) => `begin.${call}`), ...EVENTS];
  return systemMachine(
    machine,
    names.flatMap((type) => range(fences).map((fence): SystemEvent => ({ type, fence }))),
  );
}

const issuer = setup({});

/** Who signals one fence: takes its lock, sets the flag, stores the time, calls everybody back. */
export function issuerMachine(): SystemMachine {
  const machine = issuer.createMachine({
    id: 'issuer',
    initial: 'away',
    states: {
      away: { on: { init: 'working' } },
      working: { on: { acquire: 'locked' } },
      locked: { on: { signal: 'flagged' } },
      flagged: { on: { stamp: 'calling' } },
      calling: { on: { pass: 'calling', run: 'running', release: 'finished' } },
      running: { on: { ran: 'calling' } },
      finished: {},
    },
  });
  const events = ['init', 'acquire', 'signal', 'stamp', 'pass', 'run', 'ran', 'release'];
  return systemMachine(
    machine,
    events.map((type) => ({ type })),
  );
}
