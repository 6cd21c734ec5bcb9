import type { AccessOrder, Place } from './access.ts';

/**
 * What a step does to a field: a lock is taken and given back, everything else is read or written.
 * The last two are no accesses of the code: somebody who watches the run, as judges do, has seen a
 * field in the middle of the step (`look`), or was told something about the place (`tell`).
 */
export type TouchKind = 'read' | 'write' | 'lock' | 'unlock' | 'look' | 'tell';

/**
 * A field of every object, and of every task: what it has told those who watch. Events, trace
 * points, and the beginnings and ends of calls are told. A judge that remembers what it was told
 * writes the field, and it looks at the field when it uses what it remembers.
 */
export const EVENTS_FIELD = 'events';

/** Where complaints go: `violations` is its field. */
export const KERNEL_LOG: Place = { label: 'log' };

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
