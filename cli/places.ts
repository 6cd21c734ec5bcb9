import { isRuleId, rule } from '../model/rules/catalogue.ts';
import type { Place } from '../traces/report/results.ts';
import type { Trace } from '../traces/trace.ts';
import { entriesOfRule, entriesOfSymbol, type SourceEntry, symbolsOf } from './source-index.ts';

/**
 * Where to look first when a rule is broken: at the code that carries it, else at that of the
 * kernel function that the rule is about, else at the rule itself. Null for what is no rule.
 */
export function placeOfRule(id: string): Place | null {
  if (!isRuleId(id)) return null;
  const { source, file, line } = rule(id);
  const [carrier] = [...entriesOfRule(id), ...symbolsOf(source).flatMap(entriesOfSymbol)];
  if (carrier !== undefined) return { file: carrier.file, line: carrier.line };
  return { file: `model/rules/spec/${file}`, line };
}

/** Where the operations are that a trace calls, as far as that can be told. */
export function placesOfCalls({ calls }: Trace): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const op of new Set(calls.map((call) => call.op))) {
    const entry = entryOfOperation(op);
    if (entry !== null) places.set(op, { file: entry.file, line: entry.line });
  }
  return places;
}

/** The same as texts, for pages: `impl/dma-buf/dma-fence.ts:97`. */
export function placeTexts(trace: Trace): ReadonlyMap<string, string> {
  const places = [...placesOfCalls(trace)];
  return new Map(places.map(([op, { file, line }]) => [op, `${file}:${line}`]));
}

/**
 * An operation and its kernel function share a name: `fence.addCallback` is `dma_fence_add_callback`.
 * Where several places build a function together, most rules are about the one that does the work.
 */
function entryOfOperation(op: string): SourceEntry | null {
  const stem = op.replace('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const entries = ['dma_', 'drm_', '']
    .flatMap((prefix) => entriesOfSymbol(`${prefix}${stem}`))
    .filter(({ file }) => file.startsWith('impl/'));
  const [first] = entries.toSorted((one, other) => other.rules.length - one.rules.length);
  return first ?? null;
}
