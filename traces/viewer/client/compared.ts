import type { ViewLook } from '../view.ts';
import type { Standing } from './run-index.ts';

/** A field of an object, as model and implementation have it, and had it before the step. */
export interface Compared {
  readonly name: string;
  readonly model: string | null;
  readonly implementation: string | null;
  readonly modelBefore: string | null;
  readonly implementationBefore: string | null;
  /** Both were known at the same event, and still were not the same. */
  readonly differs: boolean;
  /** At which event of the step they differed, when they do not stand there any more; or empty. */
  readonly differedAt: string;
}

/** The state and the fields beside it; they are compared at events only, as judges do. */
export function compared(standing: Standing): readonly Compared[] {
  const { model, implementation, modelBefore, implementationBefore } = standing;
  const names = new Set([
    ...(model?.context ?? []).map(([name]) => name),
    ...(implementation?.context ?? []).map(([name]) => name),
  ]);
  return ['state', ...names].map((name, at) => {
    const value = (look: ViewLook | null): string | null =>
      at === 0 ? (look?.state ?? null) : valueOf(look, name);
    const [wanted, actual] = [value(model), value(implementation)];
    const isNow = standing.isComparable && areOther(wanted, actual);
    // The object may change again before the step is over.
    const told = standing.events.find((one) =>
      areOther(value(one.model), value(one.implementation)),
    );
    return {
      name,
      model: wanted,
      implementation: actual,
      modelBefore: value(modelBefore),
      implementationBefore: value(implementationBefore),
      differs: isNow || told !== undefined,
      differedAt:
        isNow || told === undefined
          ? ''
          : ` at ${told.event}: ${value(told.model)}, ${value(told.implementation)}`,
    };
  });
}

function areOther(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function valueOf(look: ViewLook | null, name: string): string | null {
  return look?.context.find(([other]) => other === name)?.[1] ?? null;
}
