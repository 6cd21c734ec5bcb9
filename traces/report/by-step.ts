/** Items in their order, by the step that each belongs to; those without one are left out. */
export function byStep<Item>(
  items: readonly Item[],
  stepOf: (item: Item) => number | null,
): ReadonlyMap<number, readonly Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const step = stepOf(item);
    if (step === null) continue;
    const group = groups.get(step);
    if (group === undefined) groups.set(step, [item]);
    else group.push(item);
  }
  return groups;
}
