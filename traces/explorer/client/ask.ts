import type { Order } from '../order.ts';
import type { ExplorerState } from '../state.ts';

/** What came back: the state, or why there is none. */
export type Answer =
  | { readonly kind: 'state'; readonly state: ExplorerState }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Asks for the state, or gives an order. The token is in the page's own address. It throws when
 * nobody answers.
 */
export async function ask(order: Order | null): Promise<Answer> {
  const path = order === null ? '/state' : '/order';
  const response = await fetch(`${path}${location.search}`, {
    ...(order === null ? {} : { method: 'POST', body: JSON.stringify(order) }),
    headers: { 'content-type': 'application/json' },
  });
  const body: unknown = await response.json();
  // Our own server has written it.
  if (response.ok) return { kind: 'state', state: body as ExplorerState };
  return { kind: 'refused', why: (body as { readonly error: string }).error };
}
