import { type ComponentChild, h } from 'preact';

import type { Order } from '../order.ts';
import type { ExplorerState } from '../state.ts';

export interface ControlsProps {
  readonly state: ExplorerState;
  readonly onOrder: (order: Order) => void;
}

/** Everything but the choices themselves. */
export function Controls({ state, onOrder }: ControlsProps): ComponentChild {
  const { position, known } = state;
  const button = (
    text: string,
    order: Order,
    { isOff = false, shortcut }: { readonly isOff?: boolean; readonly shortcut?: string } = {},
  ): ComponentChild =>
    h(
      'button',
      {
        type: 'button',
        disabled: isOff,
        onClick: () => onOrder(order),
        ...(shortcut === undefined ? {} : { 'aria-keyshortcuts': shortcut }),
      },
      text,
    );
  const jump = (to: number): Order => ({ kind: 'jump', position: to });
  return h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Run' },
    button('start again', jump(0), { isOff: position === 0 }),
    button('undo', jump(position - 1), { isOff: position === 0, shortcut: 'u' }),
    button('redo', jump(position + 1), { isOff: position === known, shortcut: 'r' }),
    h('label', null, state.kind === 'program' ? 'step ' : 'move ', [
      h('input', {
        type: 'number',
        class: 'step',
        min: 0,
        max: known,
        value: position,
        onChange: ({ currentTarget }: Event) => {
          if (!(currentTarget instanceof HTMLInputElement)) return;
          const wanted = currentTarget.valueAsNumber;
          if (Number.isInteger(wanted) && wanted >= 0) onOrder(jump(wanted));
        },
      }),
      ` of ${known}`,
    ]),
    button('find a violation from here', { kind: 'find' }, { shortcut: 'f' }),
    state.kind === 'program'
      ? [
          h('span', { role: 'group', 'aria-label': 'Run to the next preemption of' }, [
            'run to the next preemption of ',
            ...state.tasks.map((task) => button(task, { kind: 'preemption', task })),
          ]),
          button('save as trace', { kind: 'save', as: 'trace' }),
          button('save as litmus program', { kind: 'save', as: 'litmus' }),
        ]
      : null,
  );
}
