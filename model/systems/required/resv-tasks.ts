import { assign, createMachine, setup } from 'xstate';
import type { Lifecycle } from '../../lifecycle.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { resvMachine } from '../../machines/resv.ts';
import { eventName } from '../../unfold.ts';
import { claim, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { ASK, questions, systemMachine } from '../machine.ts';
import type { SystemEvent, SystemMachine } from '../machine.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** DMA_RESV_USAGE_WRITE and DMA_RESV_USAGE_BOOKKEEP. */
const USAGES = [1, 3];

/** Tasks that add one fence each to one reservation object. */
export interface ResvTasksScope {
  readonly tasks: number;
}

interface ResvContext {
  readonly slots: readonly { readonly fence: number; readonly isSignaled: boolean }[];
  readonly max: number;
}

/** One task: makes a fence, adds it under the lock, lets the hardware work, waits. */
function taskMachine(): SystemMachine {
  const machine = setup({ actions: questions }).createMachine({
    id: 'task',
    initial: 'idle',
    states: {
      idle: { on: { init: 'locking' } },
      locking: { on: { lock: 'locked' } },
      locked: { on: { reserve: 'reserved', noMemory: 'failing' } },
      reserved: { on: { add: 'added' } },
      added: { on: { unlock: 'waiting' } },
      // The buffer is busy: look again, give up, or see the end.
      waiting: { on: { test: ASK, done: 'finished', interrupted: 'finished' } },
      // Nothing was added: the fence is of no use.
      failing: { on: { unlock: 'finished' } },
      finished: {},
    },
  });
  const locked = ['init', 'lock', 'reserve', 'noMemory', 'add', 'unlock'];
  const names = [...locked, 'test', 'done', 'interrupted'];
  return systemMachine(
    machine,
    names.map((type) => ({ type })),
  );
}

/** The hardware works on one job at a time, in any order. */
function hardwareMachine(tasks: number): SystemMachine {
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
    range(tasks).flatMap((fence): readonly SystemEvent[] => [
      { type: 'signal', fence },
      { type: 'stamp', fence },
    ]),
  );
}

const job = createMachine({
  id: 'job',
  initial: 'none',
  states: {
    none: { on: { submit: 'queued' } },
    queued: { on: { signal: 'done' } },
    done: {},
  },
});

/** A reservation object that meets one fence per task, each always for the same usage. */
function resvOf(tasks: number): Lifecycle {
  const fences = range(tasks).map((task) => ({ context: task + 1, seqno: 1 }));
  const bounds = { slotsMax: tasks, fences, usages: USAGES, counts: [1], lockProving: true };
  const lifecycle = resvMachine(bounds);
  return {
    ...lifecycle,
    scope: { ...lifecycle.scope, usages: `${USAGES.join(' ')}, one for each fence` },
    alphabet: lifecycle.alphabet.filter(
      ({ type, fence = 0, detail }) => type !== 'add' || detail === USAGES[fence % USAGES.length],
    ),
  };
}

/** All machines; task t has fence t of a context of its own. */
class Parts {
  readonly tasks;
  readonly fences;
  readonly jobs;
  readonly resv;
  readonly hardware;
  readonly t: readonly number[];
  /** By task: the event of the reservation object that adds its fence. */
  readonly adds: readonly string[];

  constructor({ tasks }: ResvTasksScope) {
    const lifecycle = resvOf(tasks);
    const bounds = { referencesMax: 1, callbacksMax: 0, errors: [] };
    const events = ['submit', 'signal'].map((type) => ({ type }));
    this.t = range(tasks);
    this.adds = lifecycle.alphabet.filter(({ type }) => type === 'add').map(eventName);
    this.tasks = many(tasks, 'task', taskMachine());
    this.fences = many(tasks, 'fence', objectOf<unknown>(fenceMachine(bounds)));
    this.jobs = many(tasks, 'job', systemMachine(job, events));
    this.resv = { name: 'resv', machine: objectOf<ResvContext>(lifecycle) };
    this.hardware = { name: 'hardware', machine: hardwareMachine(tasks) };
  }

  get all(): readonly Component[] {
    return [...this.tasks, ...this.fences, ...this.jobs, this.resv, this.hardware];
  }
}

function moves(parts: Parts): readonly Move[] {
  const { t, tasks, fences, jobs, resv, hardware } = parts;
  const steps = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  return [
    ...family('open', {}, () => [[resv, 'init']]),
    ...steps('init', (t) => [[at(fences, t), 'init']]),
    ...steps('lock', () => [[resv, 'lock=0']]),
    ...steps('reserve', () => [[resv, 'reserve(1)=0']]),
    ...steps('noMemory', () => [[resv, 'reserve.failed(1)']]),
    ...steps('add', (t) => [
      [resv, at(parts.adds, t)],
      [at(jobs, t), 'submit'],
    ]),
    ...steps('unlock', () => [[resv, 'unlock']]),
    ...steps('test', () => [[resv, 'test']]),
    ...steps('done', (t) => [
      [at(fences, t), 'wait.done'],
      [resv, 'wait.done'],
    ]),
    ...steps('interrupted', () => [[resv, 'wait.interrupted']]),
    ...family('signal', { t }, ({ t }) => [
      [hardware, `signal(${t})`],
      [at(jobs, t), 'signal'],
      [at(fences, t), 'signal=0'],
    ]),
    ...family('stamp', { t }, ({ t }) => [
      [hardware, `stamp(${t})`],
      [at(fences, t), 'stamp'],
      [resv, `fenceSignaled(fence ${t})`],
    ]),
  ];
}

const INSIDE = ['locked', 'reserved', 'added', 'failing'];

function always({ t, tasks, fences, jobs, resv }: Parts): readonly Claim[] {
  const isInside = (value: unknown): boolean => INSIDE.some((name) => name === value);
  return [
    ...t.flatMap((a) =>
      range(a).map((b) =>
        claim('one task holds the lock', [at(tasks, a), at(tasks, b)], (one, other) =>
          [one, other].every(({ value }) => isInside(value)) ? false : true,
        ),
      ),
    ),
    ...t.flatMap((task) => [
      claim('who has reserved finds room', [at(tasks, task), resv], ({ value }, { context }) =>
        value === 'reserved' ? context.slots.length < context.max : true,
      ),
      claim('the lock is held by who is inside', [at(tasks, task), resv], ({ value }, seen) =>
        isInside(value) ? isIn(seen.value, 'lock', 'locked') : true,
      ),
      claim(
        'a job that runs has its fence in a slot, pending',
        [at(jobs, task), at(fences, task), resv],
        (job, fence, { context }) => {
          const isPending = isIn(fence.value, 'completion', 'pending');
          const isListed = context.slots.some((slot) => slot.fence === task && !slot.isSignaled);
          return job.value !== 'queued' || (isPending && isListed);
        },
      ),
    ]),
  ];
}

function sometimes({ resv, tasks, jobs }: Parts): readonly Claim[] {
  return [
    claim(
      'all fences are in slots',
      [resv],
      ({ context }) => context.slots.length === tasks.length,
    ),
    claim('a fence takes the slot of a signaled one', [resv, ...jobs], ({ context }, ...seen) => {
      const added = seen.filter(({ value }) => value !== 'none').length;
      return context.slots.length < added;
    }),
  ];
}

function eventually({ tasks, hardware }: Parts): readonly Liveness[] {
  return tasks.map((task) => ({
    name: `${task.name} ends its wait`,
    whenever: claim('it waits', [task], ({ value }) => value === 'waiting'),
    eventually: claim('it has ended', [task], ({ value }) => value === 'finished'),
    // Who may always look again must also, one day, see that it is done.
    fair: weak(hardware.name, 'done'),
  }));
}

/** Tasks that reserve a slot of one reservation object under its plain lock, and add a fence. */
export function resvTasks(scope: ResvTasksScope): System {
  const parts = new Parts(scope);
  return {
    network: network(`reservation (${scope.tasks} tasks, plain lock)`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claim('all tasks are done', [...parts.tasks], (...seen) =>
        seen.every(({ value }) => value === 'finished'),
      ),
    },
  };
}
