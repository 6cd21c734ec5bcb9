import { syncobjMachine } from '../../machines/syncobj.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { at, isIn, lockMachine, many, objectOf, only } from './parts.ts';
import { triggerMachine } from './sync-file-tasks.ts';
import { changerMachine, handleMachine, slotMachine, waiterMachine } from './syncobj-tasks.ts';
import type { Waiter } from './syncobj-tasks.ts';
import type { System } from './system.ts';

const WAITER = 0;
const SUBMITTER = 1;
const RESETTER = 2;
const TASKS = 3;

/** What the tasks do to an object; nobody counts events here, and no point is waited for. */
const USED = [
  ...['create', 'get', 'put', 'put.last', 'free', 'told'],
  ...['replace.plain', 'replace.null', 'replace.same'],
  ...['wait.join(0)', 'wait.told(0)', 'wait.leave(0)', 'wait.left'],
];

/** All machines. Tasks are numbered as users of the locks. */
class Parts {
  readonly waiter: Component<Waiter>;
  readonly submitter: Component;
  readonly resetter: Component;
  readonly trigger: Component;
  readonly syncobjs: readonly Component[];
  readonly locks: readonly Component[];
  readonly handles: readonly Component[];
  /** There is a fence in object o. */
  readonly slots: readonly Component[];
  /** The waiter is on the list of object o. */
  readonly nodes: readonly Component[];
  /** The waiter has captured a fence of object o. */
  readonly entries: readonly Component[];
  readonly o: readonly number[];

  constructor(objects: number) {
    const bounds = { referencesMax: TASKS + 1, waitersMax: 1, eventfdsMax: 0 };
    this.o = range(objects);
    this.waiter = { name: 'task 0', machine: waiterMachine(objects) };
    this.submitter = { name: 'task 1', machine: changerMachine('submitter', objects) };
    this.resetter = { name: 'task 2', machine: changerMachine('resetter', objects) };
    this.trigger = { name: 'trigger', machine: triggerMachine() };
    this.syncobjs = many(objects, 'syncobj', only(objectOf(syncobjMachine(bounds)), USED));
    this.locks = many(objects, 'lock', lockMachine(TASKS));
    this.handles = many(objects, 'handle', handleMachine());
    this.slots = many(objects, 'slot', slotMachine());
    this.nodes = many(objects, 'node', slotMachine());
    this.entries = many(objects, 'entry', slotMachine());
  }

  get tasks(): readonly Component[] {
    return [this.waiter, this.submitter, this.resetter];
  }

  get all(): readonly Component[] {
    const { tasks, trigger, syncobjs, locks, handles, slots, nodes, entries } = this;
    return [...tasks, trigger, ...syncobjs, ...locks, ...handles, ...slots, ...nodes, ...entries];
  }
}

/** Moves that a task leads, for each object. */
function stepsOf(parts: Parts, name: string, task: Component) {
  return (step: string, others: (o: number) => readonly Take[]): readonly Move[] =>
    family(`${name}.${step}`, { o: parts.o }, ({ o }) => [[task, `${step}(${o})`], ...others(o)]);
}

/** What all tasks do in the same way: they find objects, lock them, and let go of them. */
function commonMoves(parts: Parts, name: string, task: Component, user: number): readonly Move[] {
  const { syncobjs, locks, handles, slots } = parts;
  const steps = stepsOf(parts, name, task);
  const told = (step: string, event: string) => steps(step, (o) => [[at(syncobjs, o), event]]);
  return [
    ...steps('find', (o) => [
      [at(handles, o), 'isOpen'],
      [at(syncobjs, o), 'get'],
    ]),
    ...steps('missing', (o) => [[at(handles, o), 'isClosed']]),
    ...family(`${name}.start`, {}, () => [[task, 'start']]),
    ...steps('acquire', (o) => [[at(locks, o), `acquire(${user})`]]),
    ...steps('release', (o) => [[at(locks, o), `release(${user})`]]),
    ...told('put', 'put'),
    ...told('putLast', 'put.last'),
    ...steps('endEmpty', (o) => [
      [at(slots, o), 'isEmpty'],
      [at(syncobjs, o), 'replace.same'],
    ]),
    ...steps('endFull', (o) => [
      [at(slots, o), 'clear'],
      [at(syncobjs, o), 'replace.null'],
    ]),
    ...told('endTold', 'told'),
    ...told('free', 'free'),
  ];
}

function waiterMoves(parts: Parts): readonly Move[] {
  const { waiter, trigger, syncobjs, slots, nodes, entries } = parts;
  const steps = stepsOf(parts, 'waiter', waiter);
  const alone = (step: string, ...others: readonly Take[]) =>
    family(`waiter.${step}`, {}, () => [[waiter, step], ...others]);
  return [
    ...commonMoves(parts, 'waiter', waiter, WAITER),
    ...steps('sees', (o) => [
      [at(slots, o), 'isFilled'],
      [at(entries, o), 'fill'],
    ]),
    ...steps('seesNothing', (o) => [[at(slots, o), 'isEmpty']]),
    ...steps('join', (o) => [
      [at(slots, o), 'isEmpty'],
      [at(nodes, o), 'fill'],
      [at(syncobjs, o), 'wait.join(0)'],
    ]),
    ...steps('capture', (o) => [
      [at(slots, o), 'isFilled'],
      [at(entries, o), 'fill'],
    ]),
    ...alone('setState', [trigger, 'drop']),
    ...steps('has', (o) => [[at(entries, o), 'isFilled']]),
    ...steps('hasNot', (o) => [[at(entries, o), 'isEmpty']]),
    ...alone('sleep', [trigger, 'isQuiet']),
    ...alone('again', [trigger, 'take']),
    ...alone('giveUp'),
    ...alone('awake', [trigger, 'take']),
    ...alone('expire'),
    ...steps('skip', () => []),
    ...steps('leave', (o) => [
      [at(nodes, o), 'clear'],
      [at(syncobjs, o), 'wait.leave(0)'],
    ]),
    ...steps('left', (o) => [
      [at(nodes, o), 'isEmpty'],
      [at(syncobjs, o), 'wait.left'],
    ]),
  ];
}

/** The list is walked by whoever has changed the slot, under the lock. */
function walkMoves(parts: Parts, name: string, task: Component): readonly Move[] {
  const { trigger, syncobjs, slots, nodes, entries } = parts;
  const steps = stepsOf(parts, name, task);
  return [
    ...steps('tell', (o) => [
      [at(nodes, o), 'isFilled'],
      [at(slots, o), 'isFilled'],
      [at(entries, o), 'fill'],
    ]),
    ...steps('wake', (o) => [
      [at(nodes, o), 'clear'],
      [trigger, 'pull'],
      [at(syncobjs, o), 'wait.told(0)'],
    ]),
    ...steps('toldOfNone', (o) => [
      [at(slots, o), 'isEmpty'],
      [at(syncobjs, o), 'told'],
    ]),
    ...steps('toldAll', (o) => [
      [at(slots, o), 'isFilled'],
      [at(nodes, o), 'isEmpty'],
      [at(syncobjs, o), 'told'],
    ]),
  ];
}

function changerMoves(parts: Parts): readonly Move[] {
  const { submitter, resetter, syncobjs, handles, slots } = parts;
  const resets = stepsOf(parts, 'resetter', resetter);
  return [
    ...commonMoves(parts, 'submitter', submitter, SUBMITTER),
    ...stepsOf(
      parts,
      'submitter',
      submitter,
    )('store', (o) => [
      [at(slots, o), 'fill'],
      [at(syncobjs, o), 'replace.plain'],
    ]),
    ...walkMoves(parts, 'submitter', submitter),
    ...commonMoves(parts, 'resetter', resetter, RESETTER),
    ...resets('clear', (o) => [
      [at(slots, o), 'clear'],
      [at(syncobjs, o), 'replace.null'],
    ]),
    ...resets('same', (o) => [
      [at(slots, o), 'isEmpty'],
      [at(syncobjs, o), 'replace.same'],
    ]),
    ...walkMoves(parts, 'resetter', resetter),
    ...resets('destroy', (o) => [[at(handles, o), 'destroy']]),
    ...resets('drop', (o) => [[at(syncobjs, o), 'put']]),
  ];
}

function moves(parts: Parts): readonly Move[] {
  const { o, syncobjs, handles } = parts;
  return [
    ...family('create', { o }, ({ o }) => [
      [at(handles, o), 'create'],
      [at(syncobjs, o), 'create'],
    ]),
    ...waiterMoves(parts),
    ...changerMoves(parts),
  ];
}

const isAsleep = (value: unknown): boolean => value === 'asleep';
const isAlive = (value: unknown): boolean => isIn(value, 'life', 'alive');

function always({
  o,
  waiter,
  trigger,
  syncobjs,
  locks,
  slots,
  nodes,
  entries,
}: Parts): readonly Claim[] {
  return o.flatMap((object) => [
    claim(
      'SYNCOBJ-019 who is on the list of an unlocked object finds it empty',
      [at(nodes, object), at(slots, object), at(locks, object)],
      (node, slot, lock) =>
        node.value === 'empty' || slot.value === 'empty' || lock.value !== 'free',
    ),
    claim(
      'SYNCOBJ-018 nobody sleeps on with a captured fence',
      [waiter, trigger, at(entries, object), at(locks, object)],
      ({ value }, { value: pulled }, entry, lock) =>
        !isAsleep(value) || entry.value === 'empty' || lock.value !== 'free' || pulled === 'pulled',
    ),
    claim(
      'SYNCOBJ-034 who is on the list of an object keeps it alive',
      [at(nodes, object), at(syncobjs, object)],
      (node, { value }) => node.value === 'empty' || isAlive(value),
    ),
    claim(
      'SYNCOBJ-010 the list is walked under the lock',
      [at(syncobjs, object), at(locks, object)],
      ({ value }, lock) =>
        !isAlive(value) || isIn(value, 'lists', 'quiet') || lock.value === 'held',
    ),
  ]);
}

function sometimes(parts: Parts): readonly Claim[] {
  const { waiter, syncobjs, slots, nodes, entries, trigger, handles } = parts;
  const [syncobj, slot] = [at(syncobjs, 0), at(slots, 0)];
  const [node, entry] = [at(nodes, 0), at(entries, 0)];
  return [
    claim(
      'SYNCOBJ-018 the first one tells a sleeper',
      [waiter, trigger],
      ({ value }, pulled) => isAsleep(value) && pulled.value === 'pulled',
    ),
    claim(
      'SYNCOBJ-019 a fence is found while it registers',
      [waiter, entry, node],
      ({ value, context }, captured, listed) =>
        value === 'joined' &&
        context.at === 0 &&
        captured.value === 'filled' &&
        listed.value === 'empty',
    ),
    claim(
      'SYNCOBJ-020 a reset does not undo what was captured',
      [waiter, entry, slot],
      ({ value }, captured, filled) =>
        isAsleep(value) && captured.value === 'filled' && filled.value === 'empty',
    ),
    claim(
      'SYNCOBJ-012 the end takes the fence out',
      [syncobj],
      ({ value }) => isIn(value, 'life', 'dying') && isIn(value, 'lists', 'telling'),
    ),
    claim(
      'SYNCOBJ-004 who waits outlives the handle',
      [waiter, at(handles, 0), syncobj],
      ({ value }, handle, seen) =>
        isAsleep(value) && handle.value === 'closed' && isAlive(seen.value),
    ),
  ];
}

function eventually({
  waiter,
  submitter,
  resetter,
  syncobjs,
  o,
  entries,
}: Parts): readonly Liveness[] {
  return [
    ...o.map((object): Liveness => ({
      name: `SYNCOBJ-019 the fence of object ${object} wakes up who waits for it`,
      whenever: claim(
        'captured, and asleep',
        [waiter, at(entries, object)],
        (task, entry) => isAsleep(task.value) && entry.value === 'filled',
      ),
      eventually: claim('awake', [waiter], ({ value }) => !isAsleep(value)),
      // Not by its own time-out.
      fair: weak(submitter.name, 'waiter.awake'),
    })),
    ...syncobjs.map((syncobj): Liveness => ({
      name: `SYNCOBJ-004 ${syncobj.name} is freed`,
      eventually: claim('it is', [syncobj], ({ value }) => isIn(value, 'life', 'freed')),
      fair: weak(waiter.name, submitter.name, resetter.name, 'create'),
    })),
  ];
}

/** A task that waits for the first fence of several objects, one that brings fences, one that resets. */
export function syncobjs({ objects }: { readonly objects: number }): System {
  const parts = new Parts(objects);
  return {
    network: network(`${objects} syncobjs, waited for, filled and reset`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach('all is over', parts.tasks, ({ value }) => value === 'finished'),
    },
  };
}
