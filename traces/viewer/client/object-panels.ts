import { type ComponentChild, h } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { NONE } from '../view.ts';
import { changedPart } from './changed-part.ts';
import { compared } from './compared.ts';
import type { RunIndex, Standing } from './run-index.ts';
import { StateDiagram } from './state-diagram.ts';

export interface ObjectPanelsProps {
  readonly index: RunIndex;
  readonly step: number;
  /** Only this one; null: all. */
  readonly object: number | null;
}

/** So many panels there are until somebody asks for all. Unit: panels. */
const PANELS_MAX = 40;
const OPEN_MAX = 2;

/** A panel for each object: its machine, and what model and implementation say of it. */
export function ObjectPanels({ index, step, object }: ObjectPanelsProps): ComponentChild {
  const [isAll, setAll] = useState(false);
  const { objects } = index.view;
  const open = useMemo(() => openAtFirst(index), [index]);
  const all = object === null ? [...new Set([...open, ...objects.keys()])] : [object];
  const shown = isAll ? all : all.slice(0, PANELS_MAX);
  return h(
    'section',
    { class: 'objects', 'aria-label': 'Objects' },
    h('h2', null, 'Objects'),
    shown.map((one) =>
      h(ObjectPanel, {
        // Somebody who chooses an object wants it open, however its panel was left.
        key: object === one ? `chosen ${one}` : one,
        ...{ index, step, object: one },
        isOpen: object === one || open.has(one),
      }),
    ),
    shown.length === all.length
      ? null
      : h(
          'button',
          { type: 'button', onClick: () => setAll(true) },
          `show all ${all.length} objects`,
        ),
  );
}

/** What it is about: objects of the step at which model and implementation part, or of its choice. */
function openAtFirst(index: RunIndex): ReadonlySet<number> {
  const { objects, parting, deciding } = index.view;
  const withDiagram = [...objects.keys()].filter((one) => objects[one]?.diagram !== NONE);
  const touched = [parting, deciding].flatMap((step) =>
    step === null ? [] : withDiagram.filter((one) => index.concerns(step, one)),
  );
  return new Set([...new Set([...touched, ...withDiagram])].slice(0, OPEN_MAX));
}

interface PanelProps {
  readonly index: RunIndex;
  readonly step: number;
  readonly object: number;
  readonly isOpen: boolean;
}

function ObjectPanel({ index, step, object, isOpen }: PanelProps): ComponentChild {
  const [isShown, setShown] = useState(isOpen);
  const found = index.view.objects[object];
  const standing = index.standing(object, step);
  const { model, implementation, modelBefore, events } = standing;
  const diagram = index.view.diagrams[found?.diagram ?? -1];
  const state = implementation?.state ?? model?.state ?? '';
  const isTouched = events.length > 0 || changedBy(standing);
  return h(
    'details',
    {
      open: isShown,
      class: isTouched ? 'object touched' : 'object',
      onToggle: (event: Event) => {
        if (event.currentTarget instanceof HTMLDetailsElement) setShown(event.currentTarget.open);
      },
    },
    h(
      'summary',
      null,
      h('b', null, found?.name),
      ` ${found?.kind} `,
      h('span', { class: 'state' }, state),
    ),
    isShown
      ? [
          h(
            'p',
            { class: 'events' },
            events.length === 0
              ? 'nothing in this step'
              : events.map(({ event }) => event).join(', '),
          ),
          diagram === undefined
            ? null
            : h(
                'div',
                {
                  class: 'scroll',
                  tabIndex: 0,
                  role: 'group',
                  'aria-label': `Machine of ${found?.name}`,
                },
                h(StateDiagram, { diagram, model, before: modelBefore }),
              ),
          h(Looks, standing),
        ]
      : null,
  );
}

function changedBy({
  model,
  modelBefore,
  implementation,
  implementationBefore,
}: Standing): boolean {
  return model !== modelBefore || implementation !== implementationBefore;
}

/** Model and implementation side by side; where they differ is said, and not by colour alone. */
function Looks(standing: Standing): ComponentChild {
  const { model, implementation, isComparable } = standing;
  if (model === null && implementation === null) return null;
  const rows = compared(standing).map((row) =>
    h(
      'tr',
      row.differs ? { class: 'differs' } : null,
      h('th', { scope: 'row' }, row.name),
      h('td', null, h(Value, { now: row.model, before: row.modelBefore })),
      h('td', null, h(Value, { now: row.implementation, before: row.implementationBefore })),
      h('td', null, row.differs ? `≠${row.differedAt}` : ''),
    ),
  );
  return h(
    'table',
    { class: 'looks' },
    h(
      'thead',
      null,
      h('tr', null, [
        h('th', { scope: 'col' }, 'field'),
        h('th', { scope: 'col' }, 'model'),
        h(
          'th',
          { scope: 'col' },
          isComparable ? 'implementation' : 'implementation, on its way to the next event',
        ),
        h('td', null),
      ]),
    ),
    h('tbody', null, rows),
  );
}

function Value({
  now,
  before,
}: {
  readonly now: string | null;
  readonly before: string | null;
}): ComponentChild {
  if (now === null) return h('span', null, '–');
  if (before === null || before === now) return h('span', null, now);
  const parts = changedPart(before, now);
  return h('span', null, parts.before, h('b', null, parts.changed), parts.after);
}
