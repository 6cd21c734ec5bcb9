import { EVENTS } from '../events.ts';
import type { ModelEvent, ObservedEvent } from '../lifecycle.ts';
import type { WwEntry } from './ww-queue.ts';

/** Events that say which task, and which context. */
const STAMPED: ReadonlySet<string> = new Set([
  ...['take', 'publish', 'queue', 'lock.already', 'lock.deadlock'],
]);
/** Events that say which task, and no more. */
const SIGNED: ReadonlySet<string> = new Set([
  ...['take.plain', 'pickUp', 'retract', 'release', 'handOn', 'askHandOff'],
  ...['queue.plain', 'leave', 'unflag', 'lock.interrupted'],
]);

/** The machine's event for an observed one. */
export function mutexEvent({ name, detail, by }: ObservedEvent): ModelEvent {
  const task = by ?? 0;
  if (STAMPED.has(name)) return { type: name, task, detail };
  if (SIGNED.has(name)) return { type: name, task };
  return name === 'handOff' ? { type: name, detail } : { type: name };
}

/** Every event of a mutex to which these come. */
export function mutexEvents(callers: readonly WwEntry[]): readonly ModelEvent[] {
  return EVENTS.wwMutex.flatMap((type): ModelEvent[] => {
    if (type === 'handOff') return callers.map(({ task }) => ({ type, detail: task }));
    return STAMPED.has(type) || SIGNED.has(type)
      ? callers.flatMap(({ task, stamp }): ModelEvent[] => {
          if (SIGNED.has(type)) {
            const isFor = type.endsWith('.plain')
              ? stamp === null
              : type !== 'retract' || stamp !== null;
            return isFor ? [{ type, task }] : [];
          }
          return stamp === null ? [] : [{ type, task, detail: stamp }];
        })
      : [{ type }];
  });
}
