import { z } from 'zod';

/** How lists and dictionaries of a schema are checked. */
export interface Collections {
  readonly list: <Item>(item: z.ZodType<Item>) => z.ZodType<Item[]>;
  readonly dictionary: <Value>(value: z.ZodType<Value>) => z.ZodType<Record<string, Value>>;
}

/** As zod does it: every mistake is collected. For publishing the schema. */
export const COMPLETE: Collections = {
  list: (item) => z.array(item),
  dictionary: (value) => z.record(z.string(), value),
};

/**
 * Stops at the first mistake of a collection. A message names one mistake anyway, and a hostile
 * document can hold more mistakes than fit into memory.
 */
export const FIRST_MISTAKE: Collections = {
  list: <Item>(item: z.ZodType<Item>) =>
    z.array(z.unknown()).transform((values, context) => {
      const items: Item[] = [];
      for (const [index, value] of values.entries()) {
        const checked = item.safeParse(value);
        if (!checked.success) return report(context, index, value, checked.error);
        items.push(checked.data);
      }
      return items;
    }),
  dictionary: <Value>(value: z.ZodType<Value>) =>
    z.record(z.string(), z.unknown()).transform((values, context) => {
      const entries: [string, Value][] = [];
      for (const [key, member] of Object.entries(values)) {
        const checked = value.safeParse(member);
        if (!checked.success) return report(context, key, member, checked.error);
        entries.push([key, checked.data]);
      }
      return Object.fromEntries(entries);
    }),
};

function report(
  context: z.RefinementCtx,
  key: string | number,
  input: unknown,
  error: z.ZodError,
): never {
  for (const issue of error.issues) {
    const issueHere = { ...issue, input, path: [key, ...issue.path] };
    // A finished issue is a raw one that has its message already.
    context.issues.push(issueHere as z.core.$ZodRawIssue);
  }
  return z.NEVER;
}
