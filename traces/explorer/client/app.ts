import { type ComponentChild, h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Order } from '../order.ts';
import type { ExplorerState } from '../state.ts';
import { ask } from './ask.ts';
import { Choices } from './choices.ts';
import { Controls } from './controls.ts';
import { orderOf } from './keys.ts';
import { ProgramPanels } from './program-panels.ts';
import { Status } from './status.ts';
import { SystemPanels } from './system-panels.ts';

/** One explorer: what can happen next, what is known by now, and what there is to see of it. */
export function App(): ComponentChild {
  const { state, problem, isBusy, give } = useExplorer();
  useKeys((event) => {
    const order = state === null ? null : orderOf(event, state);
    if (order === null) return;
    event.preventDefault();
    give(order);
  });
  const said = problem ?? state?.said ?? 'Waiting for the first answer.';
  return h(
    'main',
    { 'aria-busy': isBusy },
    h('h1', null, state === null ? 'explore' : state.title),
    h(
      'p',
      { class: problem === null ? 'said' : 'said problem', role: 'status', 'aria-live': 'polite' },
      isBusy ? 'Working.' : said,
    ),
    state === null
      ? null
      : [
          h(Controls, { state, onOrder: give }),
          h('div', { class: 'now' }, [h(Choices, { state, onOrder: give }), h(Status, { state })]),
          state.kind === 'program'
            ? h(ProgramPanels, { state, onOrder: give })
            : h(SystemPanels, { state }),
        ],
  );
}

interface Session {
  readonly state: ExplorerState | null;
  /** Why the last order was not followed. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  /** Orders are given one after the other; while one is followed, others are not heard. */
  readonly give: (order: Order) => void;
}

function useExplorer(): Session {
  const [state, setState] = useState<ExplorerState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(true);
  const busy = useRef(false);
  const send = (order: Order | null): void => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    const end = (why: string | null): void => {
      busy.current = false;
      setBusy(false);
      setProblem(why);
    };
    ask(order).then(
      (answer) => {
        if (answer.kind === 'state') setState(answer.state);
        end(answer.kind === 'state' ? null : answer.why);
      },
      () => end('Nobody answers: the command that serves this page has ended.'),
    );
  };
  useEffect(() => send(null), []);
  return { state, problem, isBusy, give: send };
}

function useKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => latest.current(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
