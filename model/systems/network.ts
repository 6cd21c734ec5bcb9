import type { SystemMachine } from './machine.ts';

/** One machine at work in a system. */
export interface Component<Context = unknown> {
  readonly name: string;
  readonly machine: SystemMachine<Context>;
}

/** A component and the event that it takes, by name. */
export type Take = readonly [Component, string];

/**
 * A synchronisation vector: it happens when every component that it lists can take its event, and
 * all take it at once. The first one leads: put the component there that is most often not ready.
 */
export interface Move {
  readonly name: string;
  readonly family: string;
  readonly takes: readonly Take[];
}

/** Components and moves, without any claim. */
export interface Network {
  readonly name: string;
  readonly components: readonly Component[];
  readonly moves: readonly Move[];
}

/** The names of parameters and the values that each of them runs through. */
type Ranges = Readonly<Record<string, readonly number[]>>;

/** `0 .. count - 1`. */
export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/**
 * A family of moves, one for each combination of its parameters; null leaves a combination out.
 *
 *     family('lock', { t: tasks, i: locks }, ({ t, i }) => [[task(t), `lock(${i})`], ...])
 */
export function family<const R extends Ranges>(
  name: string,
  ranges: R,
  takes: (values: { readonly [Parameter in keyof R]: number }) => readonly Take[] | null,
): readonly Move[] {
  let rows: Record<string, number>[] = [{}];
  for (const [parameter, values] of Object.entries(ranges)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [parameter]: value })));
  }
  return rows.flatMap((row): Move[] => {
    // Each row has exactly the parameters of `ranges`.
    const vector = takes(row as { readonly [Parameter in keyof R]: number });
    const parameters = Object.entries(row).map(([parameter, value]) => `${parameter} ${value}`);
    const full = parameters.length === 0 ? name : `${name}(${parameters.join(', ')})`;
    return vector === null ? [] : [{ name: full, family: name, takes: vector }];
  });
}

/** Says what is wrong with a move, or null. */
function wrong({ takes }: Move, components: ReadonlySet<Component>): string | null {
  if (takes.length === 0) return 'moves nobody';
  const seen = new Set<Component>();
  for (const [component, event] of takes) {
    if (!components.has(component)) return `${component.name} is not in the network`;
    if (!component.machine.next.has(event)) return `${component.name} has no event ${event}`;
    if (seen.has(component)) return `${component.name} would take two events at once`;
    seen.add(component);
  }
  return null;
}

/** Puts components and moves together. Throws when a move cannot be meant so. */
export function network(
  name: string,
  components: readonly Component[],
  moves: readonly Move[],
): Network {
  const known = new Set(components);
  if (new Set(components.map((component) => component.name)).size !== components.length) {
    throw new Error(`system ${name}: two components have the same name`);
  }
  for (const move of moves) {
    const what = wrong(move, known);
    if (what !== null) throw new Error(`system ${name}, move ${move.name}: ${what}`);
  }
  return { name, components, moves };
}
