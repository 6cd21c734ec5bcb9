import { automatonOf } from '../model/automaton.ts';
import { diagramOf } from '../model/diagram.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import { boundedLifecycles } from '../model/lifecycles.ts';
import { cachedTable } from '../model/table-cache.ts';
import { WrongUse } from './exit.ts';
import { unknown } from './nearest.ts';

/** A form in which a machine of the model leaves. */
interface MachineFormat {
  readonly name: string;
  readonly shows: string;
  readonly write: (lifecycle: Lifecycle) => string;
}

/** Forms of machines. A trace is one run; these have all of them. */
export const MACHINE_FORMATS: readonly MachineFormat[] = [
  {
    name: 'dot',
    shows: "Graphviz, and the kernel's rvgen (dot2k), which makes a runtime monitor of it",
    write: (lifecycle) => automatonOf(cachedTable(lifecycle)).text,
  },
  {
    name: 'mermaid',
    shows: 'Markdown on GitHub and GitLab: a state diagram, as in model/README.md',
    write: diagramOf,
  },
];

/**
 * The machines within their bounds, by name: `resv`, and `resv-2` for the same kind of object within
 * other bounds.
 */
export function machineNames(): ReadonlyMap<string, Lifecycle> {
  const machines = new Map<string, Lifecycle>();
  for (const lifecycle of boundedLifecycles()) {
    let name: string = lifecycle.kind;
    for (let copy = 2; machines.has(name); copy += 1) name = `${lifecycle.kind}-${copy}`;
    machines.set(name, lifecycle);
  }
  return machines;
}

/** A machine in the form that `--format` names. */
export function exportedMachine(machine: string, format: string): string {
  const names = MACHINE_FORMATS.map(({ name }) => name);
  const form = MACHINE_FORMATS.find(({ name }) => name === format);
  if (form === undefined) {
    throw new WrongUse(`no format '${format}' of machines; expected one of ${names.join(', ')}`);
  }
  const machines = machineNames();
  const lifecycle = machines.get(machine);
  if (lifecycle === undefined) throw new WrongUse(unknown('machine', machine, machines.keys()));
  return form.write(lifecycle);
}
