import type { Order } from './toolbar.ts';

const ORDERS: ReadonlyMap<string, Order> = new Map([
  ['ArrowRight', 'next'],
  ['ArrowDown', 'next'],
  ['ArrowLeft', 'back'],
  ['ArrowUp', 'back'],
  ['Home', 'first'],
  ['End', 'last'],
  [' ', 'play'],
  ['p', 'parting'],
  ['d', 'deciding'],
  ['n', 'nextFound'],
  ['+', 'wider'],
  ['-', 'narrower'],
]);

/** What scrolls a region that has the focus. */
const SCROLLING: ReadonlySet<string> = new Set([
  ...['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End', ' '],
]);

/** What a key asks for; null: it belongs to whoever has the focus, or means nothing. */
export function orderOf({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): Order | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (target instanceof Element) {
    if (target.closest('input, select, textarea') !== null) return null;
    if (SCROLLING.has(key) && target.closest('.scroll') !== null) return null;
    // Those do something of their own when space is pressed.
    if (key === ' ' && target.closest('button, summary') !== null) return null;
  }
  return ORDERS.get(key) ?? null;
}
