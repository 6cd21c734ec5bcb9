import { layOut } from '../../traces/viewer/state-diagram.ts';

/**
 * Lays every machine out once: a page asks for a view after each step, and where boxes stand takes
 * longer to work out than all the rest. A kind has one machine.
 */
export function drawOnce(): typeof layOut {
  const drawn = new Map<string, ReturnType<typeof layOut>>();
  return (kind, graph) => {
    const known = drawn.get(kind) ?? layOut(kind, graph);
    drawn.set(kind, known);
    return known;
  };
}
