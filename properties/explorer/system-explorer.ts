import type { OfferedChoice, ShownClaim, SystemState } from '../../traces/explorer/state.ts';
import { counted } from '../../traces/report/text.ts';
import { layOut } from '../../traces/viewer/state-diagram.ts';
import type { System } from '../../model/systems/required/system.ts';
import { Around } from './around.ts';
import { WrongOrder } from './explorer.ts';
import { type ModelState, type Next, SystemWalk } from './system-walk.ts';
import { WayExplorer } from './way-explorer.ts';

/** Somebody waits for the answer. Unit: states. */
const FIND_STATES_MAX = 200_000;

/** A system of the model whose next move somebody chooses. */
export class SystemExplorer extends WayExplorer<Next> {
  private readonly system: System;
  private readonly walk: SystemWalk;

  constructor(system: System) {
    super({ unit: 'move', start: 'This is the initial state.' });
    this.system = system;
    this.walk = new SystemWalk(system);
  }

  override async state(): Promise<SystemState> {
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
      path: this.path.map(({ move }) => walk.moveName(move)),
    };
    return { ...state, graph: await layOut(name, graph) };
  }

  protected override goToPreemption(): never {
    throw new WrongOrder('moves of a model are not preempted');
  }

  protected override save(): never {
    throw new WrongOrder('moves of a model are no run of the implementation: nothing to replay');
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

  protected override choose(choice: number): void {
    const { position } = this;
    const next = this.walk.successors(this.stateAt(position))[choice];
    if (next === undefined) throw new WrongOrder(`there is no choice ${choice} here`);
    if (this.way[position]?.move !== next.move) this.way = [...this.path, next];
    this.position += 1;
    this.said = `Move ${this.position}: ${this.walk.moveName(next.move)}.`;
  }

  protected override find(): void {
    const from = this.stateAt(this.position);
    const { way, wrong, states, isComplete } = this.walk.findWrong(from, FIND_STATES_MAX);
    const size = counted(states, 'state');
    if (way === null) {
      const bounds = isComplete ? 'all that can be reached from here' : 'others were left out';
      this.said = `No violation from here within these bounds: ${size}, ${bounds}.`;
      return;
    }
    this.way = [...this.path, ...way];
    this.position = this.way.length;
    this.said = `A violation ${counted(way.length, 'move')} on, after ${size}: ${wrong}.`;
  }
}
