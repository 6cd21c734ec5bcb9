/** A state of a machine as its parts: regions with where they are, then what the context holds. */
export type StateParts = ReadonlyMap<string, string>;

/** Between two parts of a state, in a baseline. */
const BETWEEN = ', ';

/** `[{"life":"alive"},{"references":1}]`, as tables name their states, as parts. */
export function partsOf(name: string): StateParts {
  const [value, context] = JSON.parse(name) as [unknown, Readonly<Record<string, unknown>>];
  const parts = new Map<string, string>();
  addValue(parts, 'state', value);
  for (const [key, held] of Object.entries(context)) parts.set(key, JSON.stringify(held));
  return parts;
}

/** A region inside a region gets the names of both: `word.held claimed`. */
function addValue(parts: Map<string, string>, region: string, value: unknown): void {
  if (typeof value === 'string') {
    parts.set(region, value);
    return;
  }
  for (const [key, inner] of Object.entries(Object(value))) {
    addValue(parts, region === 'state' ? key : `${region}.${key}`, inner);
  }
}

/** `life alive, references 1`: no two states of one machine read the same. */
export function stateText(parts: StateParts): string {
  return [...parts]
    .map(([key, held]) => {
      if (key.includes(' ') || held.includes(BETWEEN)) {
        throw new Error(`the part ${key} ${held} of a state could not be read back`);
      }
      return `${key} ${held}`;
    })
    .join(BETWEEN);
}

/** Reads what `stateText` wrote. */
export function parseState(text: string): StateParts {
  const parts = new Map<string, string>();
  if (text === '') return parts;
  for (const part of text.split(BETWEEN)) {
    const space = part.indexOf(' ');
    parts.set(part.slice(0, space), part.slice(space + 1));
  }
  return parts;
}

/** The parts of `after` that are not so in `before`; a part that is gone reads `key -`. */
export function changedParts(before: StateParts, after: StateParts): StateParts {
  const changed = new Map<string, string>();
  for (const [key, held] of after) if (before.get(key) !== held) changed.set(key, held);
  for (const key of before.keys()) if (!after.has(key)) changed.set(key, GONE);
  return changed;
}

/** What `changedParts` says of a part that the state behind an event has not. */
const GONE = '-';

/** The state that `changes` lead to from `before`. */
export function withChanges(before: StateParts, changes: StateParts): StateParts {
  const after = new Map(before);
  for (const [key, held] of changes) {
    if (held === GONE) after.delete(key);
    else after.set(key, held);
  }
  return after;
}

/** Equal for states with equal parts, in whatever order they stand. */
export function stateKey(parts: StateParts): string {
  return stateText(new Map([...parts].toSorted(([one], [other]) => (one < other ? -1 : 1))));
}
