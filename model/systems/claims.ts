import type { Component } from './network.ts';
import type { MachineState } from './machine.ts';

/** Larger relations are split by whoever writes them. Unit: combinations of component states. */
const CELLS_MAX = 1 << 24;

/** The states that the components of a claim are in, in the order in which it lists them. */
type StatesOf<Over extends readonly Component[]> = {
  readonly [Index in keyof Over]: Over[Index] extends Component<infer Context>
    ? MachineState<Context>
    : never;
};

/** Something that some states of a few components satisfy, worked out for each combination once. */
export interface Claim {
  readonly name: string;
  readonly over: readonly Component[];
  /** 1 where it holds; the state of the last component counts fastest. */
  readonly cells: Uint8Array;
}

/** How many combinations of states some components have. */
function cellsOf(name: string, over: readonly Component[]): number {
  const total = over.reduce((product, { machine }) => product * machine.states.length, 1);
  if (total > CELLS_MAX) throw new RangeError(`claim "${name}" has ${total} cells, split it`);
  return total;
}

/** A claim on the states of some components. */
export function claim<const Over extends readonly Component[]>(
  name: string,
  over: Over,
  holds: (...states: StatesOf<Over>) => boolean,
): Claim {
  const cells = new Uint8Array(cellsOf(name, over));
  const all = over.map(({ machine }) => machine.states);
  const places = over.map(() => 0);
  const states = all.flatMap((list) => list.slice(0, 1));
  for (let cell = 0; cell < cells.length; cell += 1) {
    // `states` was made from `over`, position by position.
    cells[cell] = holds(...(states as unknown as StatesOf<Over>)) ? 1 : 0;
    for (let index = over.length - 1; index >= 0; index -= 1) {
      const list = all[index] ?? [];
      const place = ((places[index] ?? 0) + 1) % list.length;
      const state = list[place];
      places[index] = place;
      if (state !== undefined) states[index] = state;
      if (place !== 0) break;
    }
  }
  return { name, over, cells };
}

/** The claim that each of some components is in a state of this sort. */
export function claimOfEach(
  name: string,
  over: readonly Component[],
  holds: (state: MachineState) => boolean,
): Claim {
  let cells = Uint8Array.of(1);
  cellsOf(name, over);
  for (const { machine } of over) {
    const here = machine.states.map((state) => (holds(state) ? 1 : 0));
    const before = cells;
    cells = new Uint8Array(before.length * here.length);
    for (const [index, bit] of here.entries()) {
      if (bit === 0) continue;
      for (let cell = 0; cell < before.length; cell += 1) {
        cells[cell * here.length + index] = before[cell] ?? 0;
      }
    }
  }
  return { name, over, cells };
}

/**
 * A component, or a family of moves, that does not wait for ever. Weak: while one of its moves stays
 * enabled, one of them is made sooner or later. Strong: so it is also when one of them is enabled
 * again and again, with pauses.
 */
export interface FairGroup {
  readonly group: string;
  readonly fairness: 'weak' | 'strong';
}

/** Components or families that make a move which stays enabled. */
export function weak(...groups: readonly string[]): readonly FairGroup[] {
  return groups.map((group) => ({ group, fairness: 'weak' }));
}

/** Components or families that make a move which is enabled again and again. */
export function strong(...groups: readonly string[]): readonly FairGroup[] {
  return groups.map((group) => ({ group, fairness: 'strong' }));
}

/** What must happen in every fair run. */
export interface Liveness {
  readonly name: string;
  /** Whenever this holds; without it, from the beginning. */
  readonly whenever?: Claim;
  /** The run comes to a state in which this holds. */
  readonly eventually: Claim;
  /** Who does not wait for ever. Everybody else may stop at any time. */
  readonly fair: readonly FairGroup[];
}

/** What is claimed of a system. */
export interface Properties {
  /** Each holds in every reachable state. */
  readonly always?: readonly Claim[];
  /** Each holds in some reachable state. */
  readonly sometimes?: readonly Claim[];
  readonly eventually?: readonly Liveness[];
  /** States that may have no successor; without it, none may. */
  readonly mayEnd?: Claim;
}
