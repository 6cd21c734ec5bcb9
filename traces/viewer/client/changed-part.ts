/** A value in three parts, of which the middle one is new. */
export interface Parts {
  readonly before: string;
  readonly changed: string;
  readonly after: string;
}

/** Words of values: names, numbers, and single marks between them. */
const WORDS = /[\w-]+|[^\w-]/g;

/** Which part of `to` was not in `from`: everything between the first and the last new word. */
export function changedPart(from: string, to: string): Parts {
  const old = from.match(WORDS) ?? [];
  const now = to.match(WORDS) ?? [];
  let begin = 0;
  while (begin < now.length && begin < old.length && now[begin] === old[begin]) begin += 1;
  let end = 0;
  while (
    end < now.length - begin &&
    end < old.length - begin &&
    now[now.length - 1 - end] === old[old.length - 1 - end]
  ) {
    end += 1;
  }
  const last = now.length - end;
  return {
    before: now.slice(0, begin).join(''),
    changed: now.slice(begin, last).join(''),
    after: now.slice(last).join(''),
  };
}
