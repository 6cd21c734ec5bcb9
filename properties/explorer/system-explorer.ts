import type { Order } from '../../traces/explorer/order.ts';
import type { OfferedChoice, ShownClaim, SystemState } from '../../traces/explorer/state.ts';
import { counted } from '../../traces/report/text.ts';
import { layOut } from '../../traces/viewer/state-diagram.ts';
import type { System } from '../../model/systems/required/system.ts';
import { Around } from './around.ts';
import { type Explorer, type Kept, WrongOrder } from './explorer.ts';
import { type ModelState, type Next, SystemWalk } from './system-walk.ts';

/** Somebody waits for the answer. Unit: states. */
const FIND_STATES_MAX = 200_000;

/** A system of the model whose next move somebody chooses. */
export class SystemExplorer implements Explorer {
  private readonly system: System;
  private readonly walk: SystemWalk;
  /** The whole way that is known; what is behind `position` can be made again. */
  private way: readonly Next[] = [];
  private position = 0;
  private said = 'This is the initial state.';

  constructor(system: System) {
    this.system = system;
    this.walk = new SystemWalk(system);
  }

  say(text: string): void {
    this.said = text;
  }

  async state(): Promise<SystemState> {
    const { walk, position, said } = this;
    const { name } = this.system.network;
    const [here, before] = [this.stateAt(position), this.stateAt(Math.max(position - 1, 0))];
    const around = new Around(walk, [walk.initial, ...this.way.map((next) => next.state)]);
    const graph = around.graph(position);
    const [words, wordsBefore] = [walk.describe(here), walk.describe(before)];
    // Everything is read before anybody is waited for: an order may come in between.
    const state: Omit<SystemState, 'graph'> = {
      kind: 'system',
      title: name,
      position,
      said: said + around.omitted,
      known: this.way.length,
      choices: walk.successors(here).map((next) => this.offered(next)),
      broken: walk
        .wrongIn(here)
        .map((claim) => ({ name: claim, message: 'does not hold in this state', step: position })),
      components: words.map(({ name: component, text }, index) => ({
        name: component,
        before: wordsBefore[index]?.text ?? '',
        now: text,
      })),
      claims: this.claims(here),
      box: around.box(here),
      boxBefore: position === 0 ? null : around.box(before),
      path: this.way.slice(0, position).map(({ move }) => walk.moveName(move)),
    };
    return { ...state, graph: await layOut(name, graph) };
  }

  follow(order: Order): Kept | null {
    switch (order.kind) {
      case 'choose':
        this.choose(order.choice, order.position);
        return null;
      case 'jump':
        this.jump(order.position);
        return null;
      case 'find':
        this.find();
        return null;
      case 'preemption':
        throw new WrongOrder('moves of a model are not preempted');
      case 'save':
        throw new WrongOrder(
          'moves of a model are no run of the implementation: nothing to replay',
        );
      default:
        return order satisfies never;
    }
  }

  private stateAt(position: number): ModelState {
    return position === 0 ? this.walk.initial : (this.way[position - 1]?.state ?? []);
  }

  private offered({ move }: Next): OfferedChoice {
    const { takes, name } = this.system.network.moves[move] ?? { takes: [], name: '' };
    const text = takes.map(([component, event]) => `${component.name} takes ${event}`).join(', ');
    return { who: name, text, note: '' };
  }

  private claims(state: ModelState): readonly ShownClaim[] {
    return this.walk.claims.map(({ kind, name }, index) => ({
      ...{ kind, name },
      holds: this.walk.holds(index, state),
    }));
  }

  private choose(choice: number, position: number): void {
    if (position !== this.position) {
      throw new WrongOrder(`the choice was offered at move ${position}; this is ${this.position}`);
    }
    const next = this.walk.successors(this.stateAt(position))[choice];
    if (next === undefined) throw new WrongOrder(`there is no choice ${choice} here`);
    if (this.way[position]?.move !== next.move) {
      this.way = [...this.way.slice(0, position), next];
    }
    this.position += 1;
    this.said = `Move ${this.position}: ${this.walk.moveName(next.move)}.`;
  }

  private jump(position: number): void {
    if (position > this.way.length) {
      throw new WrongOrder(`there is no move ${position}; ${this.way.length} are known`);
    }
    this.position = position;
    this.said = position === 0 ? 'This is the initial state.' : `Back to move ${position}.`;
  }

  private find(): void {
    const from = this.stateAt(this.position);
    const { way, wrong, states, isComplete } = this.walk.findWrong(from, FIND_STATES_MAX);
    const size = counted(states, 'state');
    if (way === null) {
      const bounds = isComplete ? 'all that can be reached from here' : 'others were left out';
      this.said = `No violation from here within these bounds: ${size}, ${bounds}.`;
      return;
    }
    this.way = [...this.way.slice(0, this.position), ...way];
    this.position = this.way.length;
    this.said = `A violation ${counted(way.length, 'move')} on, after ${size}: ${wrong}.`;
  }
}
