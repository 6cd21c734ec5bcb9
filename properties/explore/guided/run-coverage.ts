import type { KernelObject } from '../../../impl/kernel/object.ts';
import type { LazyTable } from '../../../model/lazy-table.ts';
import { nodeName, pairName, type Pair } from '../../../model/pairs.ts';
import { type Hash, hashOf, HashSum, mixed } from './hash.ts';
import type { MachineListener } from './listener.ts';

/**
 * What makes two abstract states the same.
 * - `objects`: each object, by its name, is in the same state of its machine, counters and all;
 *   for the schedules of one program
 * - `kinds`: of each kind some machine is in the same nodes, whichever and however many; for many
 *   programs, whose objects have nothing in common
 */
export type Grain = 'objects' | 'kinds';

/** What one run has reached. */
export interface Reached {
  readonly pairs: readonly Pair[];
  readonly states: readonly Hash[];
}

/** What is known of one state of a table: where it is, and the pairs of its events. */
interface Spot {
  readonly node: string;
  readonly hash: Hash;
  readonly pairs: (Pair | undefined)[];
}

/** Found once: runs are many, and a spot depends on nothing but its table. */
const SPOTS: Readonly<Record<Grain, WeakMap<LazyTable, (Spot | undefined)[]>>> = {
  objects: new WeakMap(),
  kinds: new WeakMap(),
};

/** Collects what a run reaches: pairs of machines, and abstract states of all objects together. */
export class RunCoverage implements MachineListener {
  private readonly grain: Grain;
  private readonly pairs = new Set<Pair>();
  private readonly states = new Set<Hash>();
  /** How many objects are in each place. */
  private readonly places = new Map<Hash, number>();
  private readonly sum = new HashSum();

  constructor(grain: Grain) {
    this.grain = grain;
  }

  get reached(): Reached {
    return { pairs: [...this.pairs], states: [...this.states] };
  }

  begin(): void {
    this.pairs.clear();
    this.states.clear();
    this.places.clear();
    this.sum.clear();
  }

  taken(object: KernelObject, table: LazyTable, state: number, event: number, next: number): void {
    const spot = this.spot(table, state);
    this.pairs.add((spot.pairs[event] ??= pairOf(table, spot, event)));
    // What is not there yet is nowhere.
    if (state !== table.initial) this.leave(this.place(object, spot));
    if (next !== table.initial) this.enter(this.place(object, this.spot(table, next)));
    this.states.add(this.sum.value);
  }

  private spot(table: LazyTable, state: number): Spot {
    const known = SPOTS[this.grain];
    let spots = known.get(table);
    if (spots === undefined) {
      spots = [];
      known.set(table, spots);
    }
    return (spots[state] ??= this.makeSpot(table, state));
  }

  private makeSpot(table: LazyTable, state: number): Spot {
    const name = table.stateName(state);
    const node = nodeName(name);
    const what = this.grain === 'objects' ? name : node;
    return { node, hash: hashOf(`${table.lifecycle.kind} ${what}`), pairs: [] };
  }

  private place(object: KernelObject, { hash }: Spot): Hash {
    return this.grain === 'objects' ? mixed(hash, object.key) : hash;
  }

  private enter(place: Hash): void {
    const count = (this.places.get(place) ?? 0) + 1;
    this.places.set(place, count);
    if (count === 1) this.sum.add(place);
  }

  private leave(place: Hash): void {
    const count = (this.places.get(place) ?? 0) - 1;
    this.places.set(place, count);
    if (count === 0) this.sum.remove(place);
  }
}

function pairOf(table: LazyTable, { node }: Spot, event: number): Pair {
  const [type = ''] = table.eventName(event).split('(');
  return pairName(table.lifecycle.kind, node, type);
}
