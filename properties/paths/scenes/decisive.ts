import type { Access } from '../../../impl/kernel/access.ts';

const VERBS: ReadonlySet<string> = new Set(['try', 'spin_lock', 'test']);
const FIELDS: ReadonlySet<string> = new Set(['context', 'wounded']);

/** Accesses of lock calls that decide how the call goes on: others may come before each of them. */
export function isDecisive({ verb, field }: Access): boolean {
  return VERBS.has(verb) || (verb === 'read' && FIELDS.has(field));
}
