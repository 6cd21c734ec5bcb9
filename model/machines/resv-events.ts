import { EVENTS } from '../events.ts';
import type { Lifecycle, ModelEvent, ObservedEvent } from '../lifecycle.ts';
import type { ResvScope } from './resv-scope.ts';

/** Which rules are broken where an event is forbidden. */
export const FORBIDS: Lifecycle['forbids'] = {
  init: ['RESV-001'],
  lock: ['RESV-003', 'WW-005'],
  unlock: ['RESV-003'],
  reserve: ['RESV-006', 'RESV-015'],
  'reserve.failed': ['RESV-016'],
  'replace.begin': ['RESV-006'],
  replace: ['RESV-033'],
  'replace.end': ['RESV-033'],
  'copy.begin': ['RESV-006'],
  'copy.restart': ['RESV-070'],
  'copy.take': ['RESV-046'],
  'copy.failed': ['RESV-047'],
  copy: ['RESV-046'],
  'walk.restart': ['RESV-002'],
  'walk.visit': ['RESV-038', 'RESV-002'],
  'walk.done': ['RESV-002'],
  'walk.end': ['RESV-002'],
  getFences: ['RESV-002'],
  getSingleton: ['RESV-002'],
  add: ['RESV-006', 'RESV-020', 'RESV-029'],
  slotSignaled: ['RESV-006', 'RESV-018'],
  fenceSignaled: ['RESV-018'],
  test: ['RESV-001'],
  'wait.done': ['RESV-001'],
  'wait.timedOut': ['RESV-001'],
  'wait.interrupted': ['RESV-001'],
  fini: ['RESV-002'],
};

/** Events of which the number matters. */
const CARRIES: ReadonlySet<string> = new Set([
  'reserve',
  'reserve.failed',
  'replace.begin',
  'copy',
  'slotSignaled',
  'test',
]);
/** They need to know which fence it is, so the caller builds these events itself. */
const WITH_FENCE: ReadonlySet<string> = new Set(['add', 'replace', 'copy.take', 'fenceSignaled']);

/** The machine's event for an observed one. */
export function take({ name, detail }: ObservedEvent): ModelEvent | null {
  if (WITH_FENCE.has(name)) return null;
  return CARRIES.has(name) ? { type: name, detail } : { type: name };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** Copies into it, and those who look at it without its lock. */
const COPYING = /^(?:copy|walk|get)/;

/** Every event within the scope. */
export function alphabet(scope: ResvScope): readonly ModelEvent[] {
  const { fences, usages, counts, replaced = [], isCopied = false } = scope;
  const known = fences.map((entry, fence) => ({ ...entry, fence }));
  return EVENTS.resv.flatMap((type): ModelEvent[] => {
    const isRewritten = isCopied || replaced.length > 0;
    if (isRewritten && (type === 'test' || type.startsWith('wait'))) return [];
    if (replaced.length === 0 && type.startsWith('replace')) return [];
    if (!isCopied && COPYING.test(type)) return [];
    if (type === 'replace.begin') return replaced.map((detail) => ({ type, detail }));
    // One slot of the source may be done: there is room for it, and it is left out.
    if (type === 'copy') return range(known.length + 2).map((detail) => ({ type, detail }));
    if (type === 'add' || type === 'replace' || type === 'copy.take') {
      return known.flatMap((entry) => usages.map((detail) => ({ type, ...entry, detail })));
    }
    // With whole fences every path can be executed: nothing signals between two slots.
    if (type === 'slotSignaled') return [];
    if (type === 'fenceSignaled') return known.map(({ fence }) => ({ type, fence }));
    if (type === 'reserve' || type === 'reserve.failed') {
      return counts.map((detail) => ({ type, detail }));
    }
    return [{ type }];
  });
}
