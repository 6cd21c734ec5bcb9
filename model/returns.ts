import type { RuleId } from './rules/catalogue.ts';

/** What a call returns: an exact number, any number above zero, or whatever it likes. */
export type Returned = number | 'positive' | 'any';

/** What a transition says besides its target. */
export interface Answer {
  /** Null when the event does not answer a call. */
  readonly returns: Returned | null;
  /** The rules that this transition embodies. */
  readonly rules: readonly RuleId[];
}

/** The params of a `returns` action. */
export interface ReturnsParams {
  readonly value: Returned;
  readonly rules: readonly RuleId[];
}

/** The params of an `embodies` action. */
export interface EmbodiesParams {
  readonly rules: readonly RuleId[];
}

interface ReturnsAction {
  readonly type: 'returns';
  readonly params: ReturnsParams;
}

interface EmbodiesAction {
  readonly type: 'embodies';
  readonly params: EmbodiesParams;
}

/** The actions that every machine knows. They do nothing: transitions are read, not run. */
export const answers: {
  returns: (_: unknown, params: ReturnsParams) => void;
  embodies: (_: unknown, params: EmbodiesParams) => void;
} = {
  returns: () => undefined,
  embodies: () => undefined,
};

/** The transition answers a call with `value`, as `rules` say. */
export function returns(value: Returned, ...rules: readonly RuleId[]): ReturnsAction {
  return { type: 'returns', params: { value, rules } };
}

/** The transition is part of a call, or an act of nature, and answers nobody. */
export function embodies(...rules: readonly RuleId[]): EmbodiesAction {
  return { type: 'embodies', params: { rules } };
}

/** The transition answers a call with what `value` makes of the context before or after it. */
export function returnsOf<Args>(
  value: (args: Args) => Returned,
  ...rules: readonly RuleId[]
): { type: 'returns'; params: (args: Args) => ReturnsParams } {
  return { type: 'returns', params: (args) => ({ value: value(args), rules }) };
}

/**
 * Reads the one answer among the actions of a transition. More than one, or none, is a defect of
 * the machine: two regions took the same event, or a transition says nothing.
 */
export function answerOf(
  actions: readonly { readonly type: string; readonly params?: unknown }[],
  where: string,
): Answer {
  let found: Answer | null = null;
  for (const action of actions) {
    if (action.type !== 'returns' && action.type !== 'embodies') continue;
    if (found !== null) throw new Error(`${where}: two regions answer the same event`);
    // The machines use these two actions only through `returns` and `embodies` above.
    const params = action.params as ReturnsParams | EmbodiesParams;
    found = { returns: 'value' in params ? params.value : null, rules: params.rules };
  }
  if (found === null) throw new Error(`${where}: the transition has no answer`);
  return found;
}
