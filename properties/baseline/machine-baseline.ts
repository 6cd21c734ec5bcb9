import { errnoName } from '../../model/errno.ts';
import { type Lifecycle, scopeName } from '../../model/lifecycle.ts';
import { boundedLifecycles } from '../../model/lifecycles.ts';
import type { Returned } from '../../model/returns.ts';
import { cachedTable } from '../../model/table-cache.ts';
import { fingerprint, stepOf, type Table } from '../../model/tabulate.ts';
import { eventName } from '../../model/unfold.ts';
import { changedParts, partsOf, type StateParts, stateText } from './state-text.ts';

/** A state: what the object must show there, and what each event that is allowed there does. */
export interface StateBaseline {
  readonly shows: string;
  /** By event: `0: completion signaled [FENCE-046]`. */
  readonly on: Readonly<Record<string, string>>;
}

/** A machine within its bounds, in words. */
export interface MachineBaseline {
  readonly fingerprint: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, StateBaseline>>;
}

/** Every bounded machine, by kind and scope. */
export function machineBaselines(): Readonly<Record<string, MachineBaseline>> {
  return Object.fromEntries(
    boundedLifecycles().map((one) => [machineName(one), machineBaseline(cachedTable(one))]),
  );
}

/** `fence (referencesMax 2, callbacksMax 2, errors -5)` */
export function machineName(lifecycle: Pick<Lifecycle, 'kind' | 'scope'>): string {
  const scope = scopeName(lifecycle);
  return scope === '' ? lifecycle.kind : `${lifecycle.kind} (${scope})`;
}

/** A table in words. */
export function machineBaseline(table: Table): MachineBaseline {
  const parts = table.names.map(partsOf);
  const texts = parts.map(stateText);
  const states = texts.map((text, state): readonly [string, StateBaseline] => {
    const shown = table.views[state];
    const shows = shown === undefined ? '' : `${shown.state} ${JSON.stringify(shown.context)}`;
    return [text, { shows, on: transitionsOf(table, parts, state) }];
  });
  return {
    fingerprint: fingerprint(table),
    initial: texts[table.initial] ?? '',
    states: Object.fromEntries(states),
  };
}

function transitionsOf(
  table: Table,
  parts: readonly StateParts[],
  state: number,
): Readonly<Record<string, string>> {
  const on: Record<string, string> = {};
  for (const [index, event] of table.events.entries()) {
    const step = stepOf(table, state, index);
    const before = parts[state];
    const after = step === null ? undefined : parts[step.state];
    if (step === null || before === undefined || after === undefined) continue;
    on[eventName(event)] = transitionText({
      returns: step.returns,
      changes: changedParts(before, after),
      rules: step.rules,
    });
  }
  return on;
}

/** What one event does in one state. */
export interface Transition {
  /** Null when the event answers no call. */
  readonly returns: string | null;
  /** The parts of the state that it changes. */
  readonly changes: StateParts;
  readonly rules: readonly string[];
}

const STAYS = 'stays';

function transitionText(
  one: Omit<Transition, 'returns'> & { readonly returns: Returned | null },
): string {
  const result = one.returns === null ? '' : `${resultText(one.returns)}: `;
  const changes = one.changes.size === 0 ? STAYS : stateText(one.changes);
  return `${result}${changes} [${one.rules.join(' ')}]`;
}

const TRANSITION = /^(?:(?<returns>[^:]+): )?(?<changes>.*) \[(?<rules>.*)\]$/;

/** Reads what a baseline says of a transition; null when nobody has written it so. */
export function parseTransition(text: string): (Transition & { changesText: string }) | null {
  const groups = TRANSITION.exec(text)?.groups;
  if (groups === undefined) return null;
  const { returns = null, changes = '', rules = '' } = groups;
  const changed: StateParts = new Map(
    changes === STAYS ? [] : changes.split(', ').map((part) => splitAtSpace(part)),
  );
  return {
    returns,
    changes: changed,
    changesText: changes,
    rules: rules.split(' ').filter(Boolean),
  };
}

function splitAtSpace(part: string): readonly [string, string] {
  const space = part.indexOf(' ');
  return [part.slice(0, space), part.slice(space + 1)];
}

function resultText(value: Returned): string {
  if (value === 'positive') return 'above 0';
  return value === 'any' ? 'anything' : errnoName(value);
}
