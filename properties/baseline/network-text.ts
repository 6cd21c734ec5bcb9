import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { SystemMachine } from '../../model/systems/machine.ts';
import { type Component, type Network, network } from '../../model/systems/network.ts';

/** A network as data: machines that are the same table are written once. */
const NETWORK = z.strictObject({
  machines: z.array(
    z.strictObject({
      name: z.string(),
      /** State value and context of each state. */
      states: z.array(z.tuple([z.json(), z.json()])),
      /** An event, and the state behind it by state. */
      next: z.array(z.tuple([z.string(), z.array(z.int())])),
    }),
  ),
  /** A name, and the number of a machine. */
  components: z.array(z.tuple([z.string(), z.int()])),
  /** A name, its family, and by component, by number, the event that it takes. */
  moves: z.array(z.tuple([z.string(), z.string(), z.array(z.tuple([z.int(), z.string()]))])),
});

type NetworkData = z.infer<typeof NETWORK>;

/** A network in one word, so that what it could reach can still be searched when it has changed. */
export function networkText(system: Network): string {
  return deflateRawSync(JSON.stringify(toData(system)), { level: 9 }).toString('base64');
}

/** Two texts of one network may differ: who compressed them matters. */
export function isSameText(one: string, other: string): boolean {
  return one === other || inflated(one) === inflated(other);
}

/**
 * Reads what `networkText` wrote.
 *
 * @throws Error when it is not what was written.
 */
export function parseNetwork(name: string, text: string): Network {
  const { machines, components, moves } = NETWORK.parse(JSON.parse(inflated(text)));
  const built = machines.map((one): SystemMachine => ({
    name: one.name,
    // What a machine calls its states is only shown.
    states: one.states.map(([value, context]) => ({ value: value as never, context })),
    next: new Map(one.next.map(([event, row]) => [event, Int32Array.from(row)])),
  }));
  const parts = components.map(([part, machine]): Component => {
    const found = built[machine];
    if (found === undefined) throw new Error(`system ${name}: there is no machine ${machine}`);
    return { name: part, machine: found };
  });
  const component = (index: number): Component => {
    const found = parts[index];
    if (found === undefined) throw new Error(`system ${name}: there is no component ${index}`);
    return found;
  };
  return network(
    name,
    parts,
    moves.map(([move, family, takes]) => ({
      name: move,
      family,
      takes: takes.map(([part, event]) => [component(part), event] as const),
    })),
  );
}

function inflated(text: string): string {
  return inflateRawSync(Buffer.from(text, 'base64')).toString('utf8');
}

function toData({ components, moves }: Network): NetworkData {
  const tables: string[] = [];
  const machines: NetworkData['machines'] = [];
  const numberOf = (machine: SystemMachine): number => {
    const { name, states, next } = machine;
    const data = {
      name,
      // States are what XState makes of plain machines: JSON as it stands.
      states: states.map(
        ({ value, context }) => [value, context] as [z.core.util.JSONType, z.core.util.JSONType],
      ),
      next: [...next].map(([event, row]): [string, number[]] => [event, [...row]]),
    };
    const text = JSON.stringify(data);
    const known = tables.indexOf(text);
    if (known >= 0) return known;
    machines.push(data);
    return tables.push(text) - 1;
  };
  return {
    components: components.map(({ name, machine }) => [name, numberOf(machine)]),
    moves: moves.map(({ name, family, takes }) => [
      name,
      family,
      takes.map(([component, event]) => [components.indexOf(component), event]),
    ]),
    machines,
  };
}
