/** One thing cannot happen before another one. */
export type Edge = readonly [what: string, waitsFor: string];

/** A circle of things that wait for each other, the first one again at its end; null: none. */
export function findCycle(edges: readonly Edge[]): readonly string[] | null {
  const after = new Map<string, string[]>();
  for (const [what, other] of edges) after.set(what, [...(after.get(what) ?? []), other]);
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (at: string): readonly string[] | null => {
    if (finished.has(at)) return null;
    const begin = trail.indexOf(at);
    if (begin >= 0) return [...trail.slice(begin), at];
    trail.push(at);
    for (const next of after.get(at) ?? []) {
      const cycle = visit(next);
      if (cycle !== null) return cycle;
    }
    trail.pop();
    finished.add(at);
    return null;
  };
  for (const start of after.keys()) {
    const cycle = visit(start);
    if (cycle !== null) return cycle;
  }
  return null;
}
