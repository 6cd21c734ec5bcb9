import { type MachineBaseline, parseTransition } from '../machine-baseline.ts';
import { parseState, stateKey, withChanges } from '../state-text.ts';

/** How a state is reached first. */
export interface Reached {
  readonly events: readonly string[];
  /** What the last event does; empty for the initial state. */
  readonly does: string;
}

/** How each state of a machine is reached first, by its text, the nearest ones first. */
export function shortestPaths(machine: MachineBaseline): ReadonlyMap<string, Reached> {
  const texts = new Map<string, string>();
  for (const text of Object.keys(machine.states)) texts.set(stateKey(parseState(text)), text);
  const paths = new Map<string, Reached>([[machine.initial, { events: [], does: '' }]]);
  for (const [text, { events }] of paths) {
    const before = parseState(text);
    for (const [event, does] of Object.entries(machine.states[text]?.on ?? {})) {
      const step = parseTransition(does);
      if (step === null) continue;
      const after = texts.get(stateKey(withChanges(before, step.changes)));
      // A map is walked to its end also while it grows: this is breadth first.
      if (after !== undefined && !paths.has(after)) {
        paths.set(after, { events: [...events, event], does });
      }
    }
  }
  return paths;
}
