import type { Order } from '../order.ts';
import type { ExplorerState } from '../state.ts';

type Key = Pick<KeyboardEvent, 'key' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** What a key asks for; null: it means nothing, or belongs to whoever has the focus. */
export function orderOf(event: Key, state: ExplorerState): Order | null {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey) return null;
  if (target instanceof Element && target.closest('input, select, textarea') !== null) return null;
  const { position, known, choices } = state;
  if (/^[1-9]$/.test(key)) {
    const choice = Number(key) - 1;
    return choice < choices.length ? { kind: 'choose', choice, position } : null;
  }
  if (key === 'u' && position > 0) return { kind: 'jump', position: position - 1 };
  if (key === 'r' && position < known) return { kind: 'jump', position: position + 1 };
  return key === 'f' ? { kind: 'find' } : null;
}
