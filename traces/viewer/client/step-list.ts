import { type ComponentChild, h } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Column } from '../view.ts';
import { ChangeLine } from './changes.ts';
import { above, type RunIndex } from './run-index.ts';

export interface StepListProps {
  readonly index: RunIndex;
  /** The steps that are not hidden. */
  readonly steps: Column;
  readonly step: number;
  readonly found: ReadonlySet<number>;
  readonly onStep: (step: number) => void;
}

/** Unit: pixels. */
const ROW_HEIGHT = 24;
/** Rows beyond the edges, so that scrolling shows no gaps. */
const MARGIN = 8;
/** What is printed of a long run. Unit: rows. */
const PRINTED_MAX = 2000;
const COLUMNS = ['step', 'who', 'access', 'what changed'];

/** All steps as a table, of which only the rows that are seen exist. */
export function StepList({ index, steps, step, found, onStep }: StepListProps): ComponentChild {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const isPrinted = usePrinting();
  const height = box.current?.clientHeight ?? 600;
  const first = isPrinted ? 0 : Math.max(0, Math.floor(top / ROW_HEIGHT) - MARGIN);
  const shown = isPrinted ? PRINTED_MAX : Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN;
  const rows = steps.slice(first, first + shown);

  useLayoutEffect(() => {
    const area = box.current;
    if (area === null || step === 0) return;
    const place = (above(steps, step) - 1) * ROW_HEIGHT;
    const room = area.clientHeight - 2 * ROW_HEIGHT;
    if (place < area.scrollTop || place > area.scrollTop + room) {
      area.scrollTop = Math.max(0, place - room / 2);
      setTop(area.scrollTop);
    }
  }, [step, steps]);

  const head = COLUMNS.map((name) => h('span', { role: 'columnheader' }, name));
  return h(
    'div',
    {
      class: 'steps',
      ref: box,
      tabIndex: 0,
      role: 'table',
      'aria-label': 'Steps',
      'aria-rowcount': steps.length + 1,
      onScroll: () => setTop(box.current?.scrollTop ?? 0),
    },
    isPrinted && steps.length > PRINTED_MAX
      ? h('p', null, `Only the first ${PRINTED_MAX} of ${steps.length} steps are printed.`)
      : null,
    h('div', { role: 'rowgroup', class: 'head' }, h('div', { role: 'row', class: 'row' }, head)),
    h(
      'div',
      { role: 'rowgroup', class: 'extent', style: { height: `${steps.length * ROW_HEIGHT}px` } },
      h(
        'div',
        { role: 'presentation', style: { transform: `translateY(${first * ROW_HEIGHT}px)` } },
        rows.map((number, at) =>
          h(Row, {
            key: number,
            ...{ index, step: number, place: first + at + 2, onStep },
            isCurrent: number === step,
            isFound: found.has(number),
          }),
        ),
      ),
    ),
  );
}

interface RowProps {
  readonly index: RunIndex;
  readonly step: number;
  readonly place: number;
  readonly isCurrent: boolean;
  readonly isFound: boolean;
  readonly onStep: (step: number) => void;
}

function Row({ index, step, place, isCurrent, isFound, onStep }: RowProps): ComponentChild {
  const { parting, deciding } = index.view;
  const marks = [
    ...(step === parting ? [h('span', { title: 'model and implementation part here' }, '▶')] : []),
    ...(step === deciding ? [h('span', { title: 'the choice that decided it' }, '◆')] : []),
  ];
  const note = index.note(step);
  const classes = ['row', isCurrent ? 'current' : '', isFound ? 'found' : ''];
  const changes = index.changes(step);
  return h(
    'div',
    {
      role: 'row',
      class: classes.join(' ').trim(),
      'aria-rowindex': place,
      ...(isCurrent ? { 'aria-current': 'step' } : {}),
      onClick: () => onStep(step),
    },
    h('span', { role: 'cell', class: 'number' }, ...marks, String(step)),
    h('span', { role: 'cell' }, index.laneName(index.laneOf(step))),
    h('span', { role: 'cell' }, index.access(step), note === '' ? null : ` (${note})`),
    h(
      'span',
      { role: 'cell' },
      changes.map((change, at) => [at === 0 ? null : '; ', h(ChangeLine, { change })]),
    ),
  );
}

/** While a page is printed there is nothing to scroll. */
function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const media = matchMedia('print');
    const onChange = (): void => setPrinting(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  return isPrinting;
}
