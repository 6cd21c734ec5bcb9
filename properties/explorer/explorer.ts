import type { Order } from '../../traces/explorer/order.ts';
import type { ExplorerState } from '../../traces/explorer/state.ts';
import type { Trace } from '../../traces/trace.ts';

/** What is to be kept of a run. */
export type Kept =
  | { readonly kind: 'trace'; readonly trace: Trace }
  | { readonly kind: 'text'; readonly name: string; readonly text: string };

/** Somebody chooses what happens next. It knows nothing of pages and of how orders come. */
export interface Explorer {
  /** Everything that there is to show. Equal histories of orders give equal states. */
  state(): Promise<ExplorerState>;
  /**
   * Does what was asked for; what is to be kept comes back.
   *
   * @throws {WrongOrder} when it cannot be done here
   */
  follow(order: Order): Kept | null;
  /** Says in the next state what became of the last order. */
  say(text: string): void;
}

/** It was asked for something that is not there. The message is one line. */
export class WrongOrder extends Error {}
