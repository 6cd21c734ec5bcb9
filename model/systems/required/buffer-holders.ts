import { dmaBufMachine } from '../../machines/dma-buf.ts';
import { claim, claimOfEach, weak } from '../claims.ts';
import type { Claim, Liveness } from '../claims.ts';
import { family, network, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { fileMachine, holderMachine, listedMachine, listerMachine } from './buffer-parts.ts';
import type { HolderKind } from './buffer-parts.ts';
import { at, isIn, lockMachine, many, objectOf } from './parts.ts';
import type { System } from './system.ts';

/** Tasks with a reference on one buffer each, and somebody who prints the list of all buffers. */
export interface BufferHoldersScope {
  readonly tasks: readonly { readonly buffer: number; readonly kind: HolderKind }[];
  readonly buffers: number;
}

interface BufferContext {
  readonly shown: number;
  readonly users: number;
}

/** All machines. The lister uses locks as user `tasks`. */
class Parts {
  readonly scope: BufferHoldersScope;
  readonly tasks;
  readonly buffers;
  readonly files;
  /** Of the reservations. */
  readonly locks;
  readonly listed;
  readonly listLock;
  readonly lister;
  readonly t: readonly number[];
  readonly b: readonly number[];

  constructor(scope: BufferHoldersScope) {
    const count = scope.tasks.length;
    const bounds = { shownMax: count + 1, usersMax: count };
    this.scope = scope;
    this.t = range(count);
    this.b = range(scope.buffers);
    this.tasks = scope.tasks.map(({ kind }, index) => ({
      name: `task ${index}`,
      machine: holderMachine(kind),
    }));
    const buffer = objectOf<BufferContext>(dmaBufMachine(bounds));
    this.buffers = many(scope.buffers, 'buffer', buffer);
    this.files = this.b.map((number) => ({
      name: `file ${number}`,
      machine: fileMachine(scope.tasks.filter((task) => task.buffer === number).length),
    }));
    this.locks = many(scope.buffers, 'lock', lockMachine(count + 1));
    this.listed = many(scope.buffers, 'entry', listedMachine());
    this.listLock = { name: 'list lock', machine: lockMachine(count + 1) };
    this.lister = { name: 'walker', machine: listerMachine(scope.buffers) };
  }

  get all(): readonly Component[] {
    const { tasks, buffers, files, locks, listed, listLock, lister } = this;
    return [...tasks, ...buffers, ...files, ...locks, ...listed, listLock, lister];
  }

  /** The buffer of a task. */
  of(task: number): number {
    return at(this.scope.tasks, task).buffer;
  }
}

function moves(parts: Parts): readonly Move[] {
  const { t, b, tasks, buffers, files, locks, listed, listLock, lister } = parts;
  const lastUser = t.length;
  const steps = (name: string, others: (t: number, b: number) => readonly Take[]) =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t, parts.of(t))]);
  const told = (name: string, event: string) => steps(name, (_, b) => [[at(buffers, b), event]]);
  const lists = (name: string, others: (b: number) => readonly Take[]): readonly Move[] =>
    family(`lister.${name}`, { b }, ({ b }) => [[lister, `${name}(${b})`], ...others(b)]);
  return [
    ...family('export', { b }, ({ b }) => [
      [at(buffers, b), 'export'],
      [at(files, b), 'create'],
      [at(listed, b), 'add'],
    ]),
    ...steps('begin', (_, b) => [[at(files, b), 'isOpen']]),
    ...steps('lock', (t, b) => [[at(locks, b), `acquire(${t})`]]),
    ...steps('unlock', (t, b) => [[at(locks, b), `release(${t})`]]),
    ...told('ask', 'ops.vmap'),
    ...told('made', 'vmap'),
    ...told('refused', 'vmap.refused'),
    ...told('share', 'vmap.shared'),
    ...told('unshare', 'vunmap'),
    ...told('tell', 'ops.vunmap'),
    ...told('clear', 'vunmap.last'),
    ...told('show', 'dget'),
    ...steps('put', (_, b) => [[at(files, b), 'put']]),
    ...steps('putLast', (_, b) => [[at(files, b), 'putLast']]),
    ...steps('acquireList', (t) => [[listLock, `acquire(${t})`]]),
    ...steps('unlist', (_, b) => [
      [at(buffers, b), 'unlist'],
      [at(listed, b), 'remove'],
    ]),
    ...steps('releaseList', (t) => [[listLock, `release(${t})`]]),
    ...told('hide', 'dput'),
    ...told('hideLast', 'dput.last'),
    ...told('tellRelease', 'ops.release'),
    ...told('free', 'free'),
    ...family('lister.acquireList', {}, () => [
      [lister, 'acquireList'],
      [listLock, `acquire(${lastUser})`],
    ]),
    ...lists('sees', (b) => [[at(listed, b), 'isOn']]),
    ...lists('passes', (b) => [[at(listed, b), 'isOff']]),
    ...lists('lock', (b) => [[at(locks, b), `acquire(${lastUser})`]]),
    ...lists('unlock', (b) => [[at(locks, b), `release(${lastUser})`]]),
    ...family('lister.releaseList', {}, () => [
      [lister, 'releaseList'],
      [listLock, `release(${lastUser})`],
    ]),
  ];
}

/** States of a task in which it has a reference on the file. */
const HOLDS = [
  ...['holding', 'locked', 'asking', 'sharing', 'mapped', 'leaving', 'telling', 'unmapped'],
  'dropping',
];

const isOneOf = (value: unknown, names: readonly string[]): boolean =>
  names.some((name) => name === value);

const isAlive = (value: unknown): boolean =>
  isIn(value, 'life', 'listed') || isIn(value, 'life', 'unlisted');

function always(parts: Parts): readonly Claim[] {
  const { t, b, tasks, buffers, locks, lister } = parts;
  return [
    ...t.flatMap((task) => {
      const both = [at(tasks, task), at(buffers, parts.of(task))] as const;
      return [
        claim('BUF-010 who has a reference finds the buffer', both, (holder, { value }) =>
          isOneOf(holder.value, HOLDS) ? isIn(value, 'life', 'listed') : true,
        ),
        claim('BUF-029 who has mapped it finds it mapped', both, (holder, buffer) =>
          isOneOf(holder.value, ['sharing', 'mapped', 'leaving'])
            ? isIn(buffer.value, 'mapping', 'mapped') && buffer.context.users > 0
            : true,
        ),
        claim('BUF-022 who shows the name finds the buffer', both, (holder, { value }) =>
          holder.context.isShowing ? isAlive(value) : true,
        ),
      ];
    }),
    ...b.flatMap((number) => [
      claim(
        'LOCKING-004 the exporter maps and unmaps under the lock',
        [at(locks, number), at(buffers, number)],
        (lock, { value }) =>
          isIn(value, 'mapping', 'asking') || isIn(value, 'mapping', 'unmapping')
            ? lock.value === 'held'
            : true,
      ),
      claim(
        'BUF-024 what is being printed has not been released',
        [lister, at(buffers, number)],
        (walk, { value }) =>
          isOneOf(walk.value, ['looking', 'printing']) && walk.context.at === number
            ? isIn(value, 'life', 'listed')
            : true,
      ),
    ]),
  ];
}

function sometimes({ b, buffers, tasks, lister, t, scope }: Parts): readonly Claim[] {
  const readers = t.filter((task) => at(scope.tasks, task).kind === 'shows');
  return [
    ...b
      .slice(0, 1)
      .flatMap((number) => [
        claim(
          'BUF-029 two share a mapping',
          [at(buffers, number)],
          ({ context }) => context.users > 1,
        ),
      ]),
    ...readers.slice(0, 1).map((reader) => {
      const buffer = at(buffers, at(scope.tasks, reader).buffer);
      return claim(
        'BUF-022 a name is shown when the file is gone',
        [at(tasks, reader), buffer],
        (task, { value }) => task.value === 'reading' && isIn(value, 'life', 'unlisted'),
      );
    }),
    ...tasks
      .slice(0, 1)
      .map((task) =>
        claim(
          'BUF-014 a release waits for the list',
          [task, lister],
          ({ value }, walk) =>
            value === 'releasing' && isOneOf(walk.value, ['walking', 'looking', 'printing']),
        ),
      ),
  ];
}

function eventually({ tasks, buffers, lister }: Parts): readonly Liveness[] {
  const fair = weak(...tasks.map(({ name }) => name), lister.name, 'export');
  return buffers.map((buffer) => ({
    name: `BUF-014 ${buffer.name} is freed`,
    eventually: claim('it is', [buffer], ({ value }) => isIn(value, 'life', 'freed')),
    fair,
  }));
}

/** Tasks that map buffers, show their names and let go of them, while all are listed. */
export function bufferHolders(scope: BufferHoldersScope): System {
  const parts = new Parts(scope);
  const tasks = scope.tasks.map(({ buffer, kind }) => `${kind} ${buffer}`).join(', ');
  return {
    network: network(`buffers with holders (${tasks})`, parts.all, moves(parts)),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        [...parts.tasks, parts.lister],
        ({ value }) => value === 'finished',
      ),
    },
  };
}
