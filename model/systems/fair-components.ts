import { OUTSIDE, componentsOf } from './components.ts';
import type { Components } from './components.ts';
import type { Fairness } from './fairness.ts';
import type { Graph } from './graph.ts';

/** Groups, one bit each, of every strongly connected component. */
interface Groups {
  /** An edge within the component is a move of the group. */
  readonly taken: Int32Array;
  readonly enabledEverywhere: Int32Array;
  readonly enabledSomewhere: Int32Array;
}

function groupsOf(graph: Graph, fairness: Fairness, { component, count }: Components): Groups {
  const taken = new Int32Array(count);
  const enabledEverywhere = new Int32Array(count).fill(-1);
  const enabledSomewhere = new Int32Array(count);
  for (let state = 0; state < graph.states; state += 1) {
    const number = component[state] ?? OUTSIDE;
    if (number === OUTSIDE) continue;
    const enabled = fairness.enabled[state] ?? 0;
    enabledEverywhere[number] = (enabledEverywhere[number] ?? 0) & enabled;
    enabledSomewhere[number] = (enabledSomewhere[number] ?? 0) | enabled;
    const end = graph.end(state);
    for (let edge = graph.begin(state); edge < end; edge += 1) {
      if (component[graph.target(edge)] !== number) continue;
      taken[number] = (taken[number] ?? 0) | fairness.taken(edge);
    }
  }
  return { taken, enabledEverywhere, enabledSomewhere };
}

/**
 * Where a fair run can stay for ever within the states that `inside` marks. By state: the number of
 * such a component, or OUTSIDE. A run that stays in a component can make all of its moves again
 * and again, so a weakly fair group that never moves there must pause somewhere in it. A strongly
 * fair group that never moves there must not even be enabled: the states in which it is are taken
 * out, and what is left falls into components of its own. A component of one state without an edge
 * to itself is fair when the run may stop there.
 */
export function fairComponents(graph: Graph, fairness: Fairness, inside: Uint8Array): Int32Array {
  const fair = new Int32Array(graph.states).fill(OUTSIDE);
  const open = inside.slice();
  let known = 0;
  for (let isOver = false; !isOver;) {
    isOver = true;
    const found = componentsOf(graph, open);
    const groups = groupsOf(graph, fairness, found);
    for (let state = 0; state < graph.states; state += 1) {
      const number = found.component[state] ?? OUTSIDE;
      if (number === OUTSIDE) continue;
      const idle = ~(groups.taken[number] ?? 0);
      const waiting = fairness.weak & idle & (groups.enabledEverywhere[number] ?? 0);
      const missed = fairness.strong & idle & (groups.enabledSomewhere[number] ?? 0);
      if (waiting === 0 && missed === 0) fair[state] = known + number;
      else if (waiting === 0) {
        isOver = false;
        // What stays open is searched again, without this state if it is one of those.
        if (((fairness.enabled[state] ?? 0) & missed) === 0) continue;
      }
      open[state] = 0;
    }
    known += found.count;
  }
  return fair;
}
