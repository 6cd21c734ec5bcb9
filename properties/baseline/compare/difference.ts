/** Which part of a baseline a difference is about. */
export type Part =
  | 'machine'
  | 'system'
  | 'litmus'
  | 'rule'
  | 'claim'
  | 'fault'
  | 'paths'
  | 'recordings'
  | 'scenario'
  | 'matrix';

/** One thing that is not as the baseline says. */
export interface Difference {
  readonly part: Part;
  /** What has changed: a machine, a system, a rule. */
  readonly subject: string;
  /** What is different, in one line. */
  readonly text: string;
  /** More about it: examples, paths. */
  readonly details: readonly string[];
  /** The rules that it is about. */
  readonly rules: readonly string[];
  /** `lost`: something that was guaranteed is not any more; `gained`: the other way round. */
  readonly kind: 'lost' | 'gained' | 'changed';
}

/** What has become of something, whatever it is. */
export type Change = Pick<Difference, 'text' | 'kind'>;

/** Says of subjects of one part what is different. */
export function teller(
  part: Part,
): (subject: string, text: string, kind: Change['kind']) => Difference {
  return (subject, text, kind) => ({ part, subject, text, details: [], rules: [], kind });
}

/** Names on one side only, and on both. */
export interface Sides {
  readonly gone: readonly string[];
  readonly added: readonly string[];
  readonly both: readonly string[];
}

/** Compares names; each list in the order of its own side. */
export function sidesOf(before: Iterable<string>, after: Iterable<string>): Sides {
  const old = [...before];
  const now = [...after];
  const inOld = new Set(old);
  const inNow = new Set(now);
  return {
    gone: old.filter((name) => !inNow.has(name)),
    added: now.filter((name) => !inOld.has(name)),
    both: old.filter((name) => inNow.has(name)),
  };
}

/** What has a name on both sides, in the order of the one before. */
export function onBothSides<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): readonly (readonly [name: string, old: T, now: T])[] {
  return Object.entries(before).flatMap(([name, old]) => {
    const now = after[name];
    return now === undefined ? [] : [[name, old, now] as const];
  });
}

/** `a, b, c and 4 more` */
export function some(names: readonly string[], max = 3): string {
  const rest = names.length - max;
  const shown = names.slice(0, max).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
