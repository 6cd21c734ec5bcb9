import { callbackMachine } from '../../machines/callback.ts';
import { fenceMachine } from '../../machines/fence.ts';
import { syncFileMachine } from '../../machines/sync-file.ts';
import type { SystemMachine } from '../machine.ts';
import { family, range } from '../network.ts';
import type { Component, Move, Take } from '../network.ts';
import { bitMachine } from './array-tasks.ts';
import { at, lockMachine, many, objectOf } from './parts.ts';
import {
  descriptorsMachine,
  pollerMachine,
  signallerMachine,
  triggerMachine,
} from './sync-file-tasks.ts';
import { nodeMachine } from './timeline-tasks.ts';

/** Tasks that poll one file each, and files, each with a fence of its own. */
export interface SyncFilesScope {
  /** By task: the files one of which it polls. */
  readonly tasks: readonly (readonly number[])[];
  readonly files: number;
}

interface CallbackContext {
  readonly calls: number;
}

/** All machines. The signaller of file f uses the lock of its fence as user `tasks`. */
export class SyncFileParts {
  readonly scope: SyncFilesScope;
  readonly tasks: readonly Component[];
  readonly triggers: readonly Component[];
  readonly files: readonly Component[];
  readonly fences: readonly Component[];
  readonly callbacks: readonly Component<CallbackContext>[];
  readonly locks: readonly Component[];
  /** The callback of file f is on the list of its fence. */
  readonly nodes: readonly Component[];
  /** Somebody has tried to install the callback of file f. */
  readonly claims: readonly Component[];
  readonly descriptors: readonly Component[];
  readonly signallers: readonly Component[];
  readonly t: readonly number[];
  readonly f: readonly number[];

  constructor(scope: SyncFilesScope) {
    const { files } = scope;
    const tasks = scope.tasks.length;
    // The signaller's reference, and the file's. A second call of the callback would be seen.
    const bounds = { referencesMax: 2, callbacksMax: 1, errors: [] };
    const callback = objectOf<CallbackContext>(callbackMachine({ callsMax: 2 }));
    this.scope = scope;
    this.t = range(tasks);
    this.f = range(files);
    const pollers = this.f.map((file) => this.pollers(file).length);
    const machines = new Map(
      scope.tasks.map((polled) => {
        const counts = polled.map((file) => at(pollers, file));
        return [polled.join(), pollerMachine(polled, counts)];
      }),
    );
    this.tasks = scope.tasks.map((polled, index) => ({
      name: `task ${index}`,
      machine: machines.get(polled.join()) ?? pollerMachine(polled, []),
    }));
    this.triggers = many(tasks, 'trigger', triggerMachine());
    this.files = many(files, 'file', objectOf<unknown>(syncFileMachine()));
    this.fences = many(files, 'fence', objectOf<unknown>(fenceMachine(bounds)));
    this.callbacks = many(files, 'callback', callback);
    this.locks = many(files, 'lock', lockMachine(tasks + 1));
    this.nodes = many(files, 'node', nodeMachine());
    this.claims = many(files, 'claim', bitMachine());
    const each = <Context>(name: string, make: (count: number) => SystemMachine<Context>) =>
      pollers.map((count, file) => ({ name: `${name} ${file}`, machine: make(count) }));
    this.descriptors = each('descriptors', descriptorsMachine);
    this.signallers = each('signaller', signallerMachine);
  }

  /** The tasks that poll a file. */
  pollers(file: number): readonly number[] {
    return this.t.filter((task) => at(this.scope.tasks, task).includes(file));
  }

  get all(): readonly Component[] {
    const { tasks, triggers, files, fences, callbacks, locks } = this;
    const { nodes, claims, descriptors, signallers } = this;
    return [
      ...[...tasks, ...triggers, ...files, ...fences, ...callbacks, ...locks],
      ...[...nodes, ...claims, ...descriptors, ...signallers],
    ];
  }

  /** A family of moves that task t leads, for each file f. */
  steps(name: string, others: (t: number, f: number) => readonly Take[]): readonly Move[] {
    return family(name, { t: this.t, f: this.f }, ({ t, f }) =>
      at(this.scope.tasks, t).includes(f)
        ? [[at(this.tasks, t), `${name}(${f})`], ...others(t, f)]
        : null,
    );
  }
}
