import { claim } from '../../../model/systems/claims.ts';
import type { Claim, Properties } from '../../../model/systems/claims.ts';
import { family, network, range } from '../../../model/systems/network.ts';
import type { Component, Move, Network } from '../../../model/systems/network.ts';
import type { SystemMachine } from '../../../model/systems/machine.ts';
import {
  fenceMachine,
  hardwareMachine,
  lockMachine,
  queueMachine,
  slotMachine,
  stampsMachine,
} from './machines.ts';
import type { Size } from './size.ts';
import { taskMachine } from './task.ts';

function many<Context>(count: number, name: string, machine: SystemMachine<Context>) {
  return range(count).map((index): Component<Context> => ({ name: `${name} ${index}`, machine }));
}

/** All machines of the workload. Fence `t + tasks * round` is the one of task t in that round. */
class Parts {
  readonly size: Size;
  readonly tasks;
  readonly fences;
  readonly locks;
  readonly slots;
  readonly stamps;
  readonly queue;
  readonly hardware;

  constructor(size: Size) {
    this.size = size;
    this.tasks = many(size.tasks, 'task', taskMachine(size));
    this.fences = many(size.tasks * size.rounds, 'fence', fenceMachine(size));
    this.locks = many(size.objects, 'lock', lockMachine(size));
    this.slots = range(size.objects).flatMap((object) => {
      const machine = slotMachine(size, this.fencesOf(object));
      return range(2).map((index) => ({ name: `slot ${2 * object + index}`, machine }));
    });
    this.stamps = { name: 'stamps', machine: stampsMachine(size) };
    this.queue = { name: 'queue', machine: queueMachine(size) };
    this.hardware = { name: 'hardware', machine: hardwareMachine(size) };
  }

  /** The fences that can come into the slots of one object. */
  fencesOf(object: number): readonly number[] {
    const { tasks, rounds, objects } = this.size;
    return range(tasks * rounds).filter((fence) => (fence % tasks) % objects === object);
  }

  get all(): readonly Component[] {
    const { tasks, fences, locks, slots, stamps, queue, hardware } = this;
    return [...tasks, ...fences, ...locks, ...slots, stamps, queue, hardware];
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no element ${index} of ${list.length}`);
  return found;
}

/** Begin, lock, die, retry, unlock. */
function locking({ size, tasks, fences, locks, stamps }: Parts): readonly Move[] {
  const t = range(size.tasks);
  const i = range(size.objects);
  const lock = (task: number, position: number) => at(locks, (task + position) % size.objects);
  const begin = family('begin', { t, k: range(size.rounds) }, ({ t, k }) => [
    [at(tasks, t), `begin(${k})`],
    [at(fences, t + size.tasks * k), 'create'],
    [stamps, `begin(${t})`],
  ]);
  const take = family('lock', { t, i }, ({ t, i }) => [
    [at(tasks, t), `take(${i})`],
    [lock(t, i), `take(${t})`],
  ]);
  const die = family('die', { t, i: i.slice(1), o: t }, ({ t, i, o }) =>
    o === t
      ? null
      : [
          [at(tasks, t), `backOff(${i})`],
          [lock(t, i), `heldBy(${o})`],
          [stamps, `younger(${t}, ${o})`],
          ...range(i).map((held) => [lock(t, held), `release(${t})`] as const),
        ],
  );
  const retry = family('retry', { t, i: i.slice(1) }, ({ t, i }) => [
    [at(tasks, t), `retry(${i})`],
    [lock(t, i), 'isFree'],
  ]);
  const unlock = family('unlock', { t, i }, ({ t, i }) => [
    [at(tasks, t), `unlock(${i + 1})`],
    [lock(t, i), `release(${t})`],
    ...(i === 0 ? [[stamps, `leave(${t})`] as const] : []),
  ]);
  return [...begin, ...take, ...(size.bug === 2 ? [] : die), ...retry, ...unlock];
}

/** Reserve takes the first slot that is empty, or whose fence is done; then add. */
function adding(parts: Parts): readonly Move[] {
  const { size, tasks, fences, slots, queue } = parts;
  const t = range(size.tasks);
  const u = range(size.usages);
  const f = range(size.tasks * size.rounds);
  const slot = (task: number, index: number) => at(slots, 2 * (task % size.objects) + index);
  const isIn = (task: number, fence: number): boolean =>
    parts.fencesOf(task % size.objects).includes(fence);
  const empty = family('reserve', { t, u }, ({ t, u }) => [
    [at(tasks, t), `reserve(${u}, 0)`],
    [slot(t, 0), 'isEmpty'],
  ]);
  const done = family('reserve', { t, f, u }, ({ t, f, u }) =>
    isIn(t, f)
      ? [
          [at(tasks, t), `reserve(${u}, 0)`],
          [slot(t, 0), `clear(${f})`],
          [at(fences, f), 'drop'],
        ]
      : null,
  );
  const second = family('reserve', { t, f, u }, ({ t, f, u }) =>
    isIn(t, f)
      ? [
          [at(tasks, t), `reserve(${u}, 1)`],
          [slot(t, 0), `holds(${f})`],
          [at(fences, f), 'isPending'],
          [slot(t, 1), 'isEmpty'],
        ]
      : null,
  );
  const secondDone = family('reserve', { t, f, g: f, u }, ({ t, f, g, u }) =>
    isIn(t, f) && isIn(t, g) && f !== g
      ? [
          [at(tasks, t), `reserve(${u}, 1)`],
          [slot(t, 0), `holds(${f})`],
          [at(fences, f), 'isPending'],
          [slot(t, 1), `clear(${g})`],
          [at(fences, g), 'drop'],
        ]
      : null,
  );
  const add = family('add', { t, k: range(size.rounds), u, s: [0, 1] }, ({ t, k, u, s }) => {
    const fence = t + size.tasks * k;
    return [
      [at(tasks, t), `add(${k}, ${u}, ${s})`],
      [slot(t, s), `fill(${fence}, ${u})`],
      [at(fences, fence), 'submit'],
      [queue, `append(${fence})`],
    ];
  });
  return [...empty, ...done, ...second, ...secondDone, ...add];
}

/** Wait, woken, put, and what the hardware does. */
function waiting({ size, tasks, fences, queue, hardware }: Parts): readonly Move[] {
  const t = range(size.tasks);
  const k = range(size.rounds);
  const f = range(size.tasks * size.rounds);
  const asked = (name: string, task: string, fence: string) =>
    family(name, { t, k }, ({ t, k }) => [
      [at(tasks, t), `${task}(${k})`],
      [at(fences, t + size.tasks * k), fence],
    ]);
  const signal = ['signalOk', 'signalError'].flatMap((name) =>
    family(name, { f }, ({ f }) => [
      [hardware, `begin(${f})`],
      [queue, `shift(${f})`],
      [at(fences, f), name],
    ]),
  );
  const callbacks = family('callbacks', { f }, ({ f }) => [
    [hardware, `end(${f})`],
    [at(fences, f), 'callbacks'],
  ]);
  const finished = family('finished', {}, () => [
    [hardware, 'isIdle'],
    [queue, 'isEmpty'],
    ...tasks.map((task) => [task, 'isFinished'] as const),
  ]);
  return [
    ...asked('wait', 'enqueue', 'watch'),
    ...asked('wait', 'skip', 'isDone'),
    ...asked('woken', 'woken', 'woken'),
    ...asked('put', 'put', 'put'),
    ...signal,
    ...callbacks,
    ...finished,
  ];
}

const SIGNALED = ['ok', 'error'];

/** What a fence's status and callback are called in its state value. */
function fenceValue(value: unknown): { readonly status: string; readonly callback: string } {
  // The fence machine has exactly these two regions.
  return value as { readonly status: string; readonly callback: string };
}

function always({ size, tasks, fences, locks, slots, queue, hardware }: Parts): readonly Claim[] {
  const isDone = (value: unknown): boolean => SIGNALED.includes(fenceValue(value).status);
  return [
    ...slots.map((slot) =>
      claim('an empty slot has no usage', [slot], ({ value, context }) =>
        value === 'empty' ? context.usage === 0 : true,
      ),
    ),
    ...fences.flatMap((fence, f) => [
      claim(
        'the count is bounded and callbacks fit the status',
        [fence],
        ({ value, context: { references } }) => {
          const { callback } = fenceValue(value);
          if (callback === 'ran' && !isDone(value)) return false;
          return references <= 3 && (callback !== 'queued' || references > 0);
        },
      ),
      ...slots
        .filter(({ machine }) => machine.next.has(`clear(${f})`))
        .map((slot) =>
          claim('a slot holds a live fence', [slot, fence], (held, { context }) =>
            held.context.fence === f ? context.references > 0 : true,
          ),
        ),
      claim('a job has a live fence that is not done', [queue, fence], ({ context }, state) =>
        context.jobs.includes(f) ? state.context.references > 0 && !isDone(state.value) : true,
      ),
      claim('the signaler holds a live fence', [hardware, fence], ({ context }, state) =>
        context.fence === f ? state.context.references > 0 : true,
      ),
    ]),
    ...tasks.flatMap((task, t) =>
      range(size.objects).map((position) =>
        claim(
          'a task owns what it has locked',
          [task, at(locks, (t + position) % size.objects)],
          ({ context }, lock) => context.held <= position || lock.context.owner === t,
        ),
      ),
    ),
  ];
}

/** Workload W1 as a network of XState machines. */
export function w1(size: Size): { readonly network: Network; readonly properties: Properties } {
  const parts = new Parts(size);
  const moves = [...locking(parts), ...adding(parts), ...waiting(parts)];
  return { network: network('W1', parts.all, moves), properties: { always: always(parts) } };
}
