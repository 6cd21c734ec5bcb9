import { assign, setup } from 'xstate';
import type { Lifecycle } from '../../lifecycle.ts';
import { resvMachine } from '../../machines/resv.ts';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { range } from '../network.ts';

/** A fence that a task adds, and for what. */
export interface AddedFence {
  readonly context: number;
  readonly seqno: number;
  readonly usage: number;
}

/** A task that adds its fence under the lock, lets the hardware work, and waits. */
export function adderMachine(): SystemMachine {
  const machine = setup({}).createMachine({
    id: 'adder',
    initial: 'idle',
    states: {
      idle: { on: { init: 'locking' } },
      locking: { on: { lock: 'locked' } },
      locked: { on: { reserve: 'reserved', noMemory: 'failing' } },
      reserved: { on: { add: 'added' } },
      added: { on: { unlock: 'waiting' } },
      waiting: { on: { done: 'finished', timedOut: 'finished', interrupted: 'finished' } },
      // Nothing was added: the fence is of no use.
      failing: { on: { unlock: 'finished' } },
      finished: {},
    },
  });
  const locked = ['init', 'lock', 'reserve', 'noMemory', 'add', 'unlock'];
  return systemMachine(
    machine,
    [...locked, 'done', 'timedOut', 'interrupted'].map((type) => ({ type })),
  );
}

/** Who takes the lock again and again, only to look at the list. */
export function watcherMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'watcher',
    initial: 'away',
    states: {
      away: { on: { lock: 'watching', test: ASK } },
      watching: { on: { unlock: 'away' } },
    },
  });
  return systemMachine(
    machine,
    ['lock', 'test', 'unlock'].map((type) => ({ type })),
  );
}

/** The hardware works on one job at a time: those of a context in their order, else in any. */
export function hardwareMachine(fences: number): SystemMachine {
  const hardware = setup({
    types: { context: {} as { fence: number }, events: {} as { type: string; fence: number } },
    actions: {
      hold: assign({ fence: ({ event }) => event.fence }),
      forget: assign({ fence: -1 }),
    },
    guards: { isIt: ({ context, event }) => context.fence === event.fence },
  });
  const machine = hardware.createMachine({
    id: 'hardware',
    initial: 'idle',
    context: { fence: -1 },
    states: {
      idle: { on: { signal: { target: 'signalling', actions: 'hold' } } },
      signalling: { on: { stamp: { guard: 'isIt', target: 'idle', actions: 'forget' } } },
    },
  });
  return systemMachine(
    machine,
    range(fences).flatMap((fence): readonly SystemEvent[] => [
      { type: 'signal', fence },
      { type: 'stamp', fence },
    ]),
  );
}

/** A piece of work for the hardware. */
export function jobMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'job',
    initial: 'none',
    states: {
      none: { on: { submit: 'queued', isNotQueued: ASK } },
      queued: { on: { signal: 'done' } },
      done: { on: { isNotQueued: ASK } },
    },
  });
  return systemMachine(
    machine,
    ['submit', 'signal', 'isNotQueued'].map((type) => ({ type })),
  );
}

/** A reservation object that meets these fences, each always for the same usage. */
export function resvOf(fences: readonly AddedFence[]): Lifecycle {
  const usages = [...new Set(fences.map(({ usage }) => usage))];
  const bounds = { slotsMax: fences.length, fences, usages, counts: [1], lockProving: true };
  const lifecycle = resvMachine({
    ...bounds,
    fences: fences.map(({ context, seqno }) => ({ context, seqno })),
  });
  return {
    ...lifecycle,
    scope: {
      ...lifecycle.scope,
      usages: fences.map(({ usage }) => usage).join(' '),
      each: 'one usage for each fence',
    },
    alphabet: lifecycle.alphabet.filter(
      ({ type, fence = 0, detail }) => type !== 'add' || detail === fences[fence]?.usage,
    ),
  };
}
