import type { Ending, MemoryLitmus } from '../memory-litmus.ts';
import { type Events, eventsOf, type Execution, executionsOf } from './execution.ts';
import { type AxiomaticModel, isAllowed } from './models.ts';

/** The outcomes that a model allows, by its axioms alone: no machine runs. */
export function allowedOutcomes(
  { program, textOf }: MemoryLitmus,
  model: AxiomaticModel,
): ReadonlySet<string> {
  const events = eventsOf(program);
  const texts = new Set<string>();
  for (const execution of executionsOf(events)) {
    const text = textOf(endingOf(events, execution));
    // The axioms cost more than the text.
    if (!texts.has(text) && isAllowed(execution, model)) texts.add(text);
  }
  return texts;
}

function endingOf({ tasks }: Events, { events, from, rank }: Execution): Ending {
  const reads = tasks.map((name, task) => {
    const told = events.filter((event) => event.task === task && event.isTold);
    return [name, told.map(({ number }) => events[from[number] ?? 0]?.value ?? 0)] as const;
  });
  const last = new Map<string, number>();
  const writes = events.filter(({ kind }) => kind === 'write');
  for (const { number, word, value } of writes.toSorted(
    (one, two) => (rank[one.number] ?? 0) - (rank[two.number] ?? 0),
  )) {
    if (number >= 0) last.set(word, value ?? 0);
  }
  return { reads: new Map(reads), last };
}
