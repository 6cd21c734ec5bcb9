import { and, assign, or, setup, stateIn } from 'xstate';
import { ASK, questions, systemMachine } from '../../../model/systems/machine.ts';
import type { SystemEvent, SystemMachine } from '../../../model/systems/machine.ts';
import { range } from '../../../model/systems/network.ts';
import type { Size } from './size.ts';

const SUBMITTED_REFERENCES = 3;

interface Fence {
  readonly references: number;
}

/** A fence: whether it has signaled, whether its callback ran, how many references it has. */
export function fenceMachine({ bug }: Size): SystemMachine<Fence> {
  const held = bug === 1 ? SUBMITTED_REFERENCES - 1 : SUBMITTED_REFERENCES;
  const fence = setup({
    types: { context: {} as Fence },
    actions: {
      ...questions,
      create: assign({ references: 1 }),
      submit: assign({ references: held }),
      drop: assign({ references: ({ context }) => context.references - 1 }),
    },
    guards: {
      isPending: or([stateIn({ status: 'unsignaled' }), stateIn({ status: 'enabled' })]),
      isNew: ({ context }) => context.references === 0,
      isPrivate: ({ context }) => context.references === 1,
      isHeld: ({ context }) => context.references > 0,
    },
  });
  const drop = { guard: 'isHeld', actions: 'drop' } as const;
  const callbacks = bug === 1 ? {} : drop;
  const signals = { signalOk: '#ok', signalError: '#error' };
  const done = { isDone: ASK, drop, put: drop, callbacks };
  const machine = fence.createMachine({
    id: 'fence',
    type: 'parallel',
    context: { references: 0 },
    states: {
      status: {
        initial: 'unsignaled',
        states: {
          unsignaled: {
            on: {
              ...signals,
              create: { guard: 'isNew', actions: 'create' },
              submit: { guard: 'isPrivate', actions: 'submit' },
              watch: 'enabled',
              isPending: ASK,
            },
          },
          enabled: { on: { ...signals, isPending: ASK } },
          ok: { id: 'ok', on: done },
          error: { id: 'error', on: done },
        },
      },
      callback: {
        initial: 'none',
        states: {
          none: { on: { watch: { guard: 'isPending', target: 'queued' } } },
          queued: { on: { callbacks: 'ran' } },
          ran: { on: { woken: ASK } },
        },
      },
    },
  });
  const events = ['create', 'submit', 'watch', 'signalOk', 'signalError', 'callbacks'];
  const asked = ['isDone', 'isPending', 'woken', 'drop', 'put'];
  return systemMachine(
    machine,
    [...events, ...asked].map((type) => ({ type })),
  );
}

interface Lock {
  readonly owner: number;
}

/** A lock, and the task that holds it. */
export function lockMachine({ tasks }: Size): SystemMachine<Lock> {
  const lock = setup({
    types: { context: {} as Lock, events: {} as { type: string; task: number } },
    actions: {
      ...questions,
      own: assign({ owner: ({ event }) => event.task }),
      disown: assign({ owner: -1 }),
    },
    guards: { isOwner: ({ context, event }) => context.owner === event.task },
  });
  const machine = lock.createMachine({
    id: 'lock',
    initial: 'free',
    context: { owner: -1 },
    states: {
      free: { on: { isFree: ASK, take: { target: 'held', actions: 'own' } } },
      held: {
        on: {
          heldBy: { ...ASK, guard: 'isOwner' },
          release: { guard: 'isOwner', target: 'free', actions: 'disown' },
        },
      },
    },
  });
  return systemMachine(machine, [
    { type: 'isFree' },
    ...range(tasks).flatMap((task) =>
      ['take', 'heldBy', 'release'].map((type): SystemEvent => ({ type, task })),
    ),
  ]);
}

interface Slot {
  readonly fence: number;
  readonly usage: number;
}

/** One slot of a reservation object that only some fences come to. */
export function slotMachine({ usages }: Size, fences: readonly number[]): SystemMachine<Slot> {
  const slot = setup({
    types: { context: {} as Slot, events: {} as { type: string; fence: number; usage: number } },
    actions: {
      ...questions,
      fill: assign(({ event: { fence, usage } }) => ({ fence, usage })),
      clear: assign({ fence: -1, usage: 0 }),
    },
    guards: { isIt: ({ context, event }) => context.fence === event.fence },
  });
  const machine = slot.createMachine({
    id: 'slot',
    initial: 'empty',
    context: { fence: -1, usage: 0 },
    states: {
      empty: { on: { isEmpty: ASK, fill: { target: 'filled', actions: 'fill' } } },
      filled: {
        on: {
          holds: { ...ASK, guard: 'isIt' },
          clear: { guard: 'isIt', target: 'empty', actions: 'clear' },
        },
      },
    },
  });
  return systemMachine(machine, [
    { type: 'isEmpty' },
    ...fences.flatMap((fence): readonly SystemEvent[] => [
      { type: 'holds', fence },
      { type: 'clear', fence },
      ...range(usages).map((usage) => ({ type: 'fill', fence, usage })),
    ]),
  ]);
}

interface Order {
  /** Oldest first. */
  readonly order: readonly number[];
}

/** The ranks of all acquire contexts: who began before whom. */
export function stampsMachine({ tasks }: Size): SystemMachine<Order> {
  const stamps = setup({
    types: { context: {} as Order, events: {} as { type: string; task: number; other: number } },
    actions: {
      ...questions,
      append: assign({ order: ({ context, event }) => [...context.order, event.task] }),
      remove: assign({
        order: ({ context, event }) => context.order.filter((task) => task !== event.task),
      }),
    },
    guards: {
      isAway: ({ context, event }) => !context.order.includes(event.task),
      isThere: ({ context, event }) => context.order.includes(event.task),
      isAlone: ({ context }) => context.order.length === 1,
      isYounger: ({ context, event }) =>
        context.order.includes(event.other) &&
        context.order.indexOf(event.task) > context.order.indexOf(event.other),
    },
  });
  const machine = stamps.createMachine({
    id: 'stamps',
    initial: 'none',
    context: { order: [] },
    states: {
      none: { on: { begin: { target: 'some', actions: 'append' } } },
      some: {
        on: {
          begin: { guard: 'isAway', actions: 'append' },
          younger: { ...ASK, guard: 'isYounger' },
          leave: [
            { guard: and(['isThere', 'isAlone']), target: 'none', actions: 'remove' },
            { guard: 'isThere', actions: 'remove' },
          ],
        },
      },
    },
  });
  return systemMachine(
    machine,
    range(tasks).flatMap((task): readonly SystemEvent[] => [
      { type: 'begin', task },
      { type: 'leave', task },
      ...range(tasks).map((other) => ({ type: 'younger', task, other })),
    ]),
  );
}

interface Jobs {
  /** Head first. */
  readonly jobs: readonly number[];
}

/** The queue of the hardware; each fence comes to it once. */
export function queueMachine({ tasks, rounds }: Size): SystemMachine<Jobs> {
  const queue = setup({
    types: { context: {} as Jobs, events: {} as { type: string; fence: number } },
    actions: {
      ...questions,
      append: assign({ jobs: ({ context, event }) => [...context.jobs, event.fence] }),
      shift: assign({ jobs: ({ context }) => context.jobs.slice(1) }),
    },
    guards: {
      isAway: ({ context, event }) => !context.jobs.includes(event.fence),
      isHead: ({ context, event }) => context.jobs[0] === event.fence,
      isAlone: ({ context }) => context.jobs.length === 1,
    },
  });
  const machine = queue.createMachine({
    id: 'queue',
    initial: 'empty',
    context: { jobs: [] },
    states: {
      empty: { on: { isEmpty: ASK, append: { target: 'busy', actions: 'append' } } },
      busy: {
        on: {
          append: { guard: 'isAway', actions: 'append' },
          shift: [
            { guard: and(['isHead', 'isAlone']), target: 'empty', actions: 'shift' },
            { guard: 'isHead', actions: 'shift' },
          ],
        },
      },
    },
  });
  return systemMachine(machine, [
    { type: 'isEmpty' },
    ...range(tasks * rounds).flatMap((fence): readonly SystemEvent[] => [
      { type: 'append', fence },
      { type: 'shift', fence },
    ]),
  ]);
}

interface Hardware {
  /** The fence that was signaled and whose callbacks are still to run. */
  readonly fence: number;
}

/** The hardware signals one fence after the other. */
export function hardwareMachine({ tasks, rounds }: Size): SystemMachine<Hardware> {
  const hardware = setup({
    types: { context: {} as Hardware, events: {} as { type: string; fence: number } },
    actions: {
      ...questions,
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
      idle: { on: { isIdle: ASK, begin: { target: 'signalling', actions: 'hold' } } },
      signalling: { on: { end: { guard: 'isIt', target: 'idle', actions: 'forget' } } },
    },
  });
  return systemMachine(machine, [
    { type: 'isIdle' },
    ...range(tasks * rounds).flatMap((fence): readonly SystemEvent[] => [
      { type: 'begin', fence },
      { type: 'end', fence },
    ]),
  ]);
}
