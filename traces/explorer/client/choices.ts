import { type ComponentChild, h } from 'preact';

import type { Order } from '../order.ts';
import type { ExplorerState } from '../state.ts';

export interface ChoicesProps {
  readonly state: ExplorerState;
  readonly onOrder: (order: Order) => void;
}

/** Keys reach so many. */
const KEYS = 9;

/** What can happen next, as buttons. */
export function Choices({ state, onOrder }: ChoicesProps): ComponentChild {
  const { choices, position } = state;
  return h(
    'section',
    { class: 'choices', 'aria-label': 'What can happen next' },
    h('h2', null, 'What can happen next'),
    choices.length === 0 ? h('p', null, 'Nothing can happen any more.') : null,
    h(
      'ol',
      null,
      choices.map(({ who, text, note }, choice) =>
        h(
          'li',
          // The same button stays where it is: whoever has pressed it goes on from there.
          { key: choice },
          h(
            'button',
            {
              type: 'button',
              class: 'choice',
              onClick: () => onOrder({ kind: 'choose', choice, position }),
              ...(choice < KEYS ? { 'aria-keyshortcuts': String(choice + 1) } : {}),
            },
            choice < KEYS ? h('kbd', { 'aria-hidden': 'true' }, String(choice + 1)) : null,
            h('b', null, who),
            text === '' ? null : ` ${text}`,
            note === '' ? null : h('span', { class: 'note' }, ` ${note}`),
          ),
        ),
      ),
    ),
  );
}
