import { type ComponentChild, h } from 'preact';

import { ChangeLine } from './changes.ts';
import type { RunIndex } from './run-index.ts';

/** Everything about one step. What a screen reader hears of it stands first. */
export function StepDetail({
  index,
  step,
}: {
  readonly index: RunIndex;
  readonly step: number;
}): ComponentChild {
  if (step === 0) return h('section', { class: 'detail' }, h('h2', null, 'No step was taken'));
  const call = index.callText(step);
  const place = index.place(step);
  const locks = index.locksAt(step);
  const note = index.note(step);
  const who = index.laneName(index.laneOf(step));
  const changes = index.changes(step);
  return h(
    'section',
    { class: 'detail', 'aria-label': 'Current step' },
    h('h2', null, `Step ${step} of ${index.stepCount}`),
    h('p', { class: 'marks' }, marksOf(index, step).join(' ')),
    h('p', { 'aria-live': 'polite', class: 'said' }, [
      h('b', null, who),
      `: ${index.access(step)}`,
      note === '' ? '' : ` (${note})`,
    ]),
    h(List, {
      name: 'changed',
      items: changes.map((change) => h(ChangeLine, { change })),
    }),
    call === '' ? null : h('p', null, `in ${call}`, place === '' ? null : ` (${place})`),
    h(List, { name: 'complaints', items: [...index.complaints(step)] }),
    h(List, { name: 'locks held', items: [...locks] }),
    h(List, { name: 'waiting', items: [...index.waitsAt(step)] }),
  );
}

function marksOf({ view }: RunIndex, step: number): readonly string[] {
  return [
    ...(step === view.parting ? ['▶ Model and implementation part here.'] : []),
    ...(step === view.deciding
      ? ['◆ This choice decided it: however the run goes on, it fails.']
      : []),
  ];
}

function List(props: {
  readonly name: string;
  readonly items: readonly ComponentChild[];
}): ComponentChild {
  const { name, items } = props;
  if (items.length === 0) return null;
  return h(
    'div',
    null,
    h('h3', null, name),
    h(
      'ul',
      null,
      items.map((item) => h('li', null, item)),
    ),
  );
}
