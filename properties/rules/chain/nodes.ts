/** The calls that make a chain: node `c1` of fence `f1`, and so on; the program keeps all of them. */
export function nodes(count: number, ...made: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 1; at <= count; at += 1) {
    const prev = at === 1 ? 'null' : `c${at - 1}`;
    lines.push(
      `f${at} = fence.create(${made[at - 1] ?? made[0] ?? ''}); fence.get(f${at})`,
      `c${at} = chain.create(${prev}, f${at}, ${at}); fence.get(c${at})`,
    );
  }
  return lines.join('; ');
}

/** Every order of the numbers 1 to 3. */
export const ORDERS: readonly (readonly number[])[] = [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
];
