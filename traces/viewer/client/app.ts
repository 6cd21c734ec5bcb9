import { type ComponentChild, h } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { View } from '../view.ts';
import { Screens } from './frames.ts';
import { Head } from './head.ts';
import { orderOf } from './keys.ts';
import { ObjectPanels } from './object-panels.ts';
import { above, RunIndex } from './run-index.ts';
import { StepDetail } from './step-detail.ts';
import { StepList } from './step-list.ts';
import { Timeline } from './timeline.ts';
import { type Order, type Theme, Toolbar } from './toolbar.ts';

/** Unit: milliseconds between two steps. */
const PLAY_MS = 400;
/** Unit: pixels, from the narrowest to the widest. */
const STEP_WIDTHS = [1, 2, 4, 8, 16, 24, 40, 80, 160];
/** What a step may be wide at first: a short run fills the page. */
const FIRST_WIDTH_MAX = 80;

const NOBODY: ReadonlySet<number> = new Set();

/** One run on one page. */
export function App({ view }: { readonly view: View }): ComponentChild {
  const index = useMemo(() => new RunIndex(view), [view]);
  const { step, setStep } = useStep(index);
  const [isPlaying, setPlaying] = useState(false);
  const [hidden, setHidden] = useState(NOBODY);
  const [object, setObject] = useState<number | null>(null);
  const [query, setQuery] = useState('');
  const [width, setWidth] = useState(() => firstWidth(index.stepCount));
  const { theme, setTheme } = useTheme();
  const searchBox = useRef<HTMLInputElement>(null);

  const steps = useMemo(() => index.visible(hidden, object), [index, hidden, object]);
  const hits = useMemo(() => index.search(query, steps), [index, query, steps]);
  const found = useMemo(() => new Set(hits), [hits]);

  const perform = (order: Order): void => {
    switch (order) {
      case 'first':
        return setStep(steps[0] ?? step);
      case 'back':
        return setStep(steps[above(steps, step - 1) - 1] ?? step);
      case 'next':
        return setStep(steps[above(steps, step)] ?? step);
      case 'last':
        return setStep(steps.at(-1) ?? step);
      case 'play':
        return setPlaying(!isPlaying);
      case 'parting':
        return setStep(view.parting ?? step);
      case 'deciding':
        return setStep(view.deciding ?? step);
      case 'nextFound':
        return setStep(hits[above(hits, step)] ?? hits[0] ?? step);
      case 'wider':
        return setWidth(Math.min(width + 1, STEP_WIDTHS.length - 1));
      case 'narrower':
        return setWidth(Math.max(width - 1, 0));
      default:
        return order satisfies never;
    }
  };
  const isAtEnd = step === (steps.at(-1) ?? step);
  useKeys(perform, searchBox);
  useTicks(isPlaying, () => (isAtEnd ? setPlaying(false) : perform('next')));

  const hide = (lane: number, isHidden: boolean): void => {
    const next = new Set(hidden);
    if (isHidden) next.add(lane);
    else next.delete(lane);
    setHidden(next);
  };
  const stepWidth = STEP_WIDTHS[width] ?? 1;
  return h(
    'main',
    null,
    h(Head, { view }),
    h(Toolbar, {
      ...{ index, step, isPlaying, query, object, hidden, theme, searchBox },
      ...{ foundCount: hits.length, onOrder: perform, onStep: setStep, onQuery: setQuery },
      ...{ onObject: setObject, onHide: hide, onTheme: setTheme },
    }),
    h(Timeline, { index, step, hidden, found, stepWidth, theme, onStep: setStep }),
    h('div', { class: 'below' }, [
      h(StepList, { index, steps, step, found, onStep: setStep }),
      h('div', { class: 'side' }, [
        h(StepDetail, { index, step }),
        h(Screens, { index, step }),
        h(ObjectPanels, { index, step, object }),
      ]),
    ]),
  );
}

function firstWidth(stepCount: number): number {
  const room = Math.max(innerWidth - 200, 300) / Math.max(stepCount, 1);
  const fitting = STEP_WIDTHS.filter((width) => width <= Math.min(room, FIRST_WIDTH_MAX));
  // Narrower than that nobody reads anything: then the axis scrolls.
  return Math.max(fitting.length - 1, STEP_WIDTHS.indexOf(24));
}

/** The current step is part of the address, so that a link leads to it. */
function useStep(index: RunIndex): { step: number; setStep: (step: number) => void } {
  const bounded = (wanted: number): number =>
    Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), index.stepCount) : 1;
  const named = (): number | null => {
    const number = /^#step=(\d{1,9})$/.exec(location.hash)?.[1];
    return number === undefined ? null : bounded(Number(number));
  };
  const [step, set] = useState(() => named() ?? bounded(index.view.parting ?? 1));
  useEffect(() => {
    const onHash = (): void => set((before) => named() ?? before);
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [index]);
  const setStep = (wanted: number): void => {
    const next = bounded(wanted);
    set(next);
    history.replaceState(null, '', `#step=${next}`);
  };
  return { step, setStep };
}

/** Chosen by hand, or as the reader's system has it. */
function useTheme(): { theme: Theme; setTheme: (theme: Theme) => void } {
  const [theme, set] = useState<Theme>('auto');
  const setTheme = (wanted: Theme): void => {
    document.documentElement.dataset['theme'] = wanted;
    set(wanted);
  };
  return { theme, setTheme };
}

function useKeys(
  perform: (order: Order) => void,
  searchBox: { readonly current: HTMLInputElement | null },
): void {
  const latest = useRef(perform);
  latest.current = perform;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const order = orderOf(event);
      const isSlash = event.key === '/' && !(event.target instanceof HTMLInputElement);
      if (order === null && !isSlash) return;
      event.preventDefault();
      if (order === null) searchBox.current?.focus();
      else latest.current(order);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function useTicks(isOn: boolean, tick: () => void): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => latest.current(), PLAY_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}
