import { type ComponentChild, h, type RefObject } from 'preact';
import { useMemo } from 'preact/hooks';

import type { RunIndex } from './run-index.ts';

/** What can be asked for, by a key or by a button. */
export type Order =
  | 'first'
  | 'back'
  | 'play'
  | 'next'
  | 'last'
  | 'parting'
  | 'deciding'
  | 'nextFound'
  | 'wider'
  | 'narrower';

export interface ToolbarProps {
  readonly index: RunIndex;
  readonly step: number;
  readonly isPlaying: boolean;
  readonly query: string;
  readonly foundCount: number;
  readonly object: number | null;
  readonly hidden: ReadonlySet<number>;
  readonly theme: Theme;
  readonly searchBox: RefObject<HTMLInputElement | null>;
  readonly onOrder: (order: Order) => void;
  readonly onStep: (step: number) => void;
  readonly onQuery: (text: string) => void;
  readonly onObject: (object: number | null) => void;
  readonly onHide: (lane: number, isHidden: boolean) => void;
  readonly onTheme: (theme: Theme) => void;
}

export type Theme = 'auto' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

const ORDERS: readonly (readonly [Order, string, string])[] = [
  ['first', '⇤', 'First step (Home)'],
  ['back', '←', 'Step back (left arrow)'],
  ['play', 'play', 'Play (space)'],
  ['next', '→', 'Next step (right arrow)'],
  ['last', '⇥', 'Last step (End)'],
  ['narrower', '−', 'Narrower time axis (-)'],
  ['wider', '+', 'Wider time axis (+)'],
];

export function Toolbar(props: ToolbarProps): ComponentChild {
  const { index, step, isPlaying, onOrder, onStep } = props;
  const { parting, deciding } = index.view;
  return h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Steps' },
    ORDERS.map(([order, sign, title]) => {
      const isPressed = order === 'play' ? { 'aria-pressed': isPlaying } : {};
      const shown = order === 'play' && isPlaying ? 'pause' : sign;
      return h(
        'button',
        { type: 'button', title, 'aria-label': title, ...isPressed, onClick: () => onOrder(order) },
        shown,
      );
    }),
    h('label', null, 'step ', [
      h('input', {
        type: 'number',
        class: 'step',
        min: 1,
        max: index.stepCount,
        value: step,
        onChange: (event: Event) => onStep(Number(valueOf(event))),
      }),
      ` of ${index.stepCount}`,
    ]),
    parting === null
      ? null
      : h(Jump, { order: 'parting', text: '▶ parting', step: parting, onOrder }),
    deciding === null
      ? null
      : h(Jump, { order: 'deciding', text: '◆ deciding', step: deciding, onOrder }),
    h(Search, props),
    h(Filters, props),
  );
}

function valueOf({ currentTarget }: Event): string {
  const isField =
    currentTarget instanceof HTMLInputElement || currentTarget instanceof HTMLSelectElement;
  return isField ? currentTarget.value : '';
}

function Jump(props: {
  readonly order: Order;
  readonly text: string;
  readonly step: number;
  readonly onOrder: (order: Order) => void;
}): ComponentChild {
  const { order, text, step, onOrder } = props;
  return h('button', { type: 'button', onClick: () => onOrder(order) }, `${text} (${step})`);
}

function Search({ query, foundCount, searchBox, onQuery, onOrder }: ToolbarProps): ComponentChild {
  return h(
    'span',
    { class: 'search', role: 'search' },
    h('label', null, 'search ', [
      h('input', {
        type: 'search',
        ref: searchBox,
        value: query,
        onInput: (event: Event) => onQuery(valueOf(event)),
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key === 'Enter') onOrder('nextFound');
        },
      }),
    ]),
    h('output', { class: 'count' }, query === '' ? '' : ` ${foundCount} found`),
  );
}

function Filters(props: ToolbarProps): ComponentChild {
  const { index, object, hidden, theme, onObject, onHide, onTheme } = props;
  const { objects, lanes } = index.view;
  // Made once: elements that stay the same are not compared at every step.
  const options = useMemo(
    () =>
      objects.map(({ name, kind }, at) => h('option', { value: String(at) }, `${name} (${kind})`)),
    [objects],
  );
  return h(
    'span',
    { class: 'filters' },
    h('label', null, 'object ', [
      h(
        'select',
        {
          value: object === null ? '' : String(object),
          onChange: (event: Event) => {
            const value = valueOf(event);
            onObject(value === '' ? null : Number(value));
          },
        },
        h('option', { value: '' }, 'all'),
        options,
      ),
    ]),
    h('details', { class: 'lanes' }, [
      h('summary', null, hidden.size === 0 ? 'lanes' : `lanes (${hidden.size} hidden)`),
      h(
        'div',
        null,
        lanes.map(({ name }, lane) =>
          h('label', null, [
            h('input', {
              type: 'checkbox',
              checked: !hidden.has(lane),
              onChange: () => onHide(lane, !hidden.has(lane)),
            }),
            ` ${name}`,
          ]),
        ),
      ),
    ]),
    h('label', null, 'colours ', [
      h(
        'select',
        {
          value: theme,
          onChange: (event: Event) => {
            const wanted = valueOf(event);
            onTheme(THEMES.find((one) => one === wanted) ?? 'auto');
          },
        },
        THEMES.map((one) => h('option', { value: one }, one)),
      ),
    ]),
  );
}
