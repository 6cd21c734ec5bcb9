import { type ComponentChild, h } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import { Screens } from '../../viewer/client/frames.ts';
import { ObjectPanels } from '../../viewer/client/object-panels.ts';
import { RunIndex } from '../../viewer/client/run-index.ts';
import { StepDetail } from '../../viewer/client/step-detail.ts';
import { StepList } from '../../viewer/client/step-list.ts';
import { Timeline } from '../../viewer/client/timeline.ts';
import type { Order } from '../order.ts';
import type { ProgramState } from '../state.ts';

export interface ProgramPanelsProps {
  readonly state: ProgramState;
  readonly onOrder: (order: Order) => void;
}

/** Unit: pixels. */
const STEP_WIDTH = 24;
const NOTHING: ReadonlySet<number> = new Set();

/** The run so far, as pages of traces show it. A step is looked at, or gone back to. */
export function ProgramPanels({ state, onOrder }: ProgramPanelsProps): ComponentChild {
  const { view } = state;
  const index = useMemo(() => new RunIndex(view), [view]);
  const [looked, setLooked] = useState(0);
  // What was done last is what one wants to see.
  useEffect(() => setLooked(index.stepCount), [index]);
  const step = Math.min(looked, index.stepCount);
  const steps = useMemo(
    () => Array.from({ length: index.stepCount }, (_, row) => row + 1),
    [index],
  );
  const shared = { index, step, found: NOTHING, onStep: setLooked };
  return [
    h(Timeline, { ...shared, hidden: NOTHING, stepWidth: STEP_WIDTH, theme: 'auto' }),
    h('div', { class: 'below' }, [
      h(StepList, { ...shared, steps }),
      h('div', { class: 'side' }, [
        step === index.stepCount
          ? null
          : h(
              'button',
              { type: 'button', onClick: () => onOrder({ kind: 'jump', position: step }) },
              `go back to step ${step}`,
            ),
        h(StepDetail, { index, step }),
        h(Screens, { index, step }),
        h(ObjectPanels, { index, step, object: null }),
      ]),
    ]),
    h('details', null, [
      h('summary', null, 'About this program'),
      h(
        'dl',
        { class: 'facts' },
        view.facts.map(([label, text]) => [h('dt', null, label), h('dd', null, text)]),
      ),
    ]),
  ];
}
