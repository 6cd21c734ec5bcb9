/** A step of a bare generator: what any engine built on generators has to pay. */
const STEP = { kind: 'step' };

function* nested(depth: number, steps: number): Generator<typeof STEP, void, void> {
  if (depth > 1) {
    yield* nested(depth - 1, steps);
    return;
  }
  for (let step = 0; step < steps; step += 1) yield STEP;
}

/** Runs a generator loop of the given nesting depth and returns how many steps it made. */
export function bareLoop(depth: number, steps: number): number {
  const loop = nested(depth, steps);
  let count = 0;
  for (let next = loop.next(); next.done !== true; next = loop.next()) count += 1;
  return count;
}
