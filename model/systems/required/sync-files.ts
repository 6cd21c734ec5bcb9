import { claimOfEach } from '../claims.ts';
import { family, network } from '../network.ts';
import type { Move, Take } from '../network.ts';
import { at } from './parts.ts';
import { always, eventually, sometimes } from './sync-file-claims.ts';
import { SyncFileParts } from './sync-file-parts.ts';
import type { SyncFilesScope } from './sync-file-parts.ts';
import type { System } from './system.ts';

/** A file goes with its last descriptor, and takes its callback back before. */
function closing(parts: SyncFileParts): readonly Move[] {
  const { files, fences, callbacks, locks, nodes, claims, descriptors, triggers } = parts;
  const last = (name: string, question: string): readonly Move[] =>
    parts.steps(name, (t, f) => [
      [at(descriptors, f), 'putLast'],
      [at(claims, f), question],
      [at(triggers, t), 'drop'],
      [at(files, f), 'release'],
    ]);
  return [
    ...parts.steps('put', (t, f) => [
      [at(descriptors, f), 'put'],
      [at(triggers, t), 'drop'],
    ]),
    ...last('putLast', 'isSet'),
    ...last('putUntried', 'isClear'),
    ...parts.steps('remove', (_, f) => [
      [at(nodes, f), 'unlist'],
      [at(fences, f), 'removeCallback(1)=1'],
      [at(callbacks, f), 'remove'],
    ]),
    ...parts.steps('miss', (_, f) => [
      [at(nodes, f), 'isOff'],
      [at(fences, f), 'removeCallback(0)=0'],
      [at(callbacks, f), 'miss'],
    ]),
    ...parts.steps('release', (t, f) => [[at(locks, f), `release(${t})`]]),
    ...parts.steps('putFence', (_, f) => [
      [at(fences, f), 'put'],
      [at(files, f), 'free'],
    ]),
    ...parts.steps('putFenceLast', (_, f) => [
      [at(fences, f), 'put.last'],
      [at(files, f), 'free'],
    ]),
    ...parts.steps('freeFence', (_, f) => [[at(fences, f), 'free']]),
  ];
}

/** The first poller of a file installs its callback, or finds that it came too late. */
function installing(parts: SyncFileParts): readonly Move[] {
  const { t, f, tasks, triggers, files, fences, callbacks, locks, nodes, claims } = parts;
  const refuse = (f: number): readonly Take[] => [
    [at(fences, f), 'addCallback=-2'],
    [at(callbacks, f), 'refuse'],
  ];
  /** Task t looks at one of the pollers of file f. */
  const looks = (
    name: string,
    others: (t: number, f: number, poller: number) => readonly Take[] | null,
  ): readonly Move[] =>
    family(name, { t, f, o: t }, ({ t, f, o }) => {
      const poller = parts.pollers(f)[o];
      if (poller === undefined || !parts.pollers(f).includes(t)) return null;
      const takes = others(t, f, poller);
      return takes === null ? null : [[at(tasks, t), `${name}(${f}, ${o})`], ...takes];
    });
  return [
    ...parts.steps('seesLinked', (_, f) => [[at(nodes, f), 'isOn']]),
    ...parts.steps('seesUnlinked', (_, f) => [[at(nodes, f), 'isOff']]),
    ...parts.steps('claim', (_, f) => [
      [at(claims, f), 'set'],
      [at(files, f), 'attempt'],
    ]),
    ...parts.steps('seesClaimed', (_, f) => [[at(claims, f), 'isSet']]),
    ...parts.steps('seesDone', (_, f) => [...refuse(f), [at(files, f), 'refused']]),
    ...parts.steps('seesPending', (_, f) => [[at(fences, f), 'poll=0']]),
    ...parts.steps('acquire', (t, f) => [[at(locks, f), `acquire(${t})`]]),
    ...parts.steps('enable', (_, f) => [[at(fences, f), 'enable']]),
    ...parts.steps('add', (_, f) => [
      [at(fences, f), 'addCallback=0'],
      [at(nodes, f), 'list'],
      [at(callbacks, f), 'add'],
    ]),
    ...parts.steps('refuse', (_, f) => refuse(f)),
    ...parts.steps('watch', (t, f) => [
      [at(locks, f), `release(${t})`],
      [at(files, f), 'watch'],
    ]),
    ...parts.steps('refused', (t, f) => [
      [at(locks, f), `release(${t})`],
      [at(files, f), 'refused'],
    ]),
    // It knows of itself that it is on the queue.
    ...looks('wake', (t, f, poller) => [
      [at(triggers, poller), 'pull'],
      ...(t === poller ? [] : [[at(tasks, poller), `isOn(${f})`] as const]),
    ]),
    ...looks('pass', (t, f, poller) =>
      t === poller ? null : [[at(tasks, poller), `isAway(${f})`]],
    ),
    ...parts.steps('woken', () => []),
  ];
}

/** What a poller sees, and its sleep. */
function polling(parts: SyncFileParts): readonly Move[] {
  const { t, tasks, files, fences, triggers, descriptors } = parts;
  const plain = (name: string, others: (t: number) => readonly Take[]): readonly Move[] =>
    family(name, { t }, ({ t }) => [[at(tasks, t), name], ...others(t)]);
  return [
    ...parts.steps('join', (_, f) => [[at(descriptors, f), 'isOpen']]),
    ...parts.steps('skip', (_, f) => [[at(descriptors, f), 'isOpen']]),
    ...parts.steps('isReadable', (_, f) => [
      [at(fences, f), 'poll=1'],
      [at(files, f), 'poll(1)'],
    ]),
    ...parts.steps('isPending', (_, f) => [
      [at(fences, f), 'poll=0'],
      [at(files, f), 'poll(0)'],
    ]),
    ...plain('sleep', (t) => [[at(triggers, t), 'isQuiet']]),
    ...plain('again', (t) => [[at(triggers, t), 'take']]),
    ...plain('giveUp', () => []),
    ...plain('awake', (t) => [[at(triggers, t), 'take']]),
    ...plain('expire', (t) => [[at(triggers, t), 'drop']]),
  ];
}

/** Who signals the fence of file f, and runs the callback of the file. */
function signalling(parts: SyncFileParts): readonly Move[] {
  const { t, f, tasks, triggers, files, fences, callbacks, locks, nodes } = parts;
  const { descriptors, signallers } = parts;
  const steps = (name: string, others: (f: number) => readonly Take[]): readonly Move[] =>
    family(`signaller.${name}`, { f }, ({ f }) => [[at(signallers, f), name], ...others(f)]);
  /** The signaller of file f looks at one of its pollers. */
  const looks = (name: string, others: (f: number, poller: number) => readonly Take[]) =>
    family(`signaller.${name}`, { f, o: t }, ({ f, o }) => {
      const poller = parts.pollers(f)[o];
      return poller === undefined
        ? null
        : [[at(signallers, f), `${name}(${o})`], ...others(f, poller)];
    });
  return [
    ...steps('init', (f) => [[at(fences, f), 'init']]),
    ...steps('create', (f) => [
      [at(files, f), 'create'],
      [at(fences, f), 'get'],
      [at(descriptors, f), 'create'],
    ]),
    ...steps('acquire', (f) => [[at(locks, f), `acquire(${t.length})`]]),
    ...steps('signal', (f) => [[at(fences, f), 'signal=0']]),
    ...steps('stamp', (f) => [[at(fences, f), 'stamp']]),
    ...steps('run', (f) => [
      [at(nodes, f), 'unlist'],
      [at(callbacks, f), 'run'],
      [at(files, f), 'wake'],
    ]),
    ...steps('pass', (f) => [[at(nodes, f), 'isOff']]),
    ...looks('wake', (f, poller) => [
      [at(tasks, poller), `isOn(${f})`],
      [at(triggers, poller), 'pull'],
    ]),
    ...looks('passBy', (f, poller) => [[at(tasks, poller), `isAway(${f})`]]),
    ...steps('ran', (f) => [[at(callbacks, f), 'ran']]),
    ...steps('release', (f) => [[at(locks, f), `release(${t.length})`]]),
    ...steps('put', (f) => [[at(fences, f), 'put']]),
    ...steps('putLast', (f) => [[at(fences, f), 'put.last']]),
    ...steps('free', (f) => [[at(fences, f), 'free']]),
  ];
}

/** Tasks that poll files, each of which carries a fence that somebody signals. */
export function syncFiles(scope: SyncFilesScope): System {
  const parts = new SyncFileParts(scope);
  const polled = scope.tasks.map((files) => files.join('/')).join(', ');
  const moves = [...closing(parts), ...installing(parts), ...polling(parts), ...signalling(parts)];
  return {
    network: network(
      `sync_files with pollers (of files ${polled}; ${scope.files} fences)`,
      parts.all,
      moves,
    ),
    properties: {
      always: always(parts),
      sometimes: sometimes(parts),
      eventually: eventually(parts),
      mayEnd: claimOfEach(
        'all is over',
        [...parts.tasks, ...parts.signallers],
        ({ value }) => value === 'finished',
      ),
    },
  };
}
