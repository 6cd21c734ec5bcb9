import type { ViewLook } from '../view.ts';
import type { Standing } from './run-index.ts';

/** A field of an object, as model and implementation have it, and had it before the step. */
export interface Compared {
  readonly name: string;
  readonly model: string | null;
  readonly implementation: string | null;
  readonly modelBefore: string | null;
  readonly implementationBefore: string | null;
  /** Both are known and stand at the same event, and still are not the same. */
  readonly differs: boolean;
}

/** The state and the fields beside it; they are compared at events only, as judges do. */
export function compared(standing: Standing): readonly Compared[] {
  const { model, implementation, modelBefore, implementationBefore, isComparable } = standing;
  const names = new Set([
    ...(model?.context ?? []).map(([name]) => name),
    ...(implementation?.context ?? []).map(([name]) => name),
  ]);
  return ['state', ...names].map((name, at) => {
    const value = (look: ViewLook | null): string | null =>
      at === 0 ? (look?.state ?? null) : valueOf(look, name);
    const [wanted, actual] = [value(model), value(implementation)];
    return {
      name,
      model: wanted,
      implementation: actual,
      modelBefore: value(modelBefore),
      implementationBefore: value(implementationBefore),
      differs: isComparable && wanted !== null && actual !== null && wanted !== actual,
    };
  });
}

function valueOf(look: ViewLook | null, name: string): string | null {
  return look?.context.find(([other]) => other === name)?.[1] ?? null;
}
