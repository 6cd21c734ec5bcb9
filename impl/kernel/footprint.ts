import type { AccessOrder, Place } from './access.ts';

/** What a step does to a field: a lock is taken and given back, everything else is read or written. */
export type TouchKind = 'read' | 'write' | 'lock' | 'unlock';

/** All fields of a place at once: its memory goes back to the allocator, or a debugger looks. */
export const EVERY_FIELD = '*';

/**
 * Hears of everything that a step touches, also of what it touches besides the access that it had
 * announced: fields under a lock, a release that joins it. For partial-order reduction and for
 * races; a world has none by default.
 */
export interface Footprint {
  touched(place: Place, field: string, kind: TouchKind, order: AccessOrder): void;
}
