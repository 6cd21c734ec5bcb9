import { type ComponentChild, h } from 'preact';

import { changedPart } from '../../viewer/client/changed-part.ts';
import { StateDiagram } from '../../viewer/client/state-diagram.ts';
import type { ViewLook } from '../../viewer/view.ts';
import type { ShownComponent, SystemState } from '../state.ts';

/** A state of a model: the states around it, its components, and the way that led here. */
export function SystemPanels({ state }: { readonly state: SystemState }): ComponentChild {
  const { graph, box, boxBefore, components, path } = state;
  return h('div', { class: 'below' }, [
    h('section', { class: 'around', 'aria-label': 'States around the path' }, [
      h('h2', null, 'States around the path'),
      h(
        'div',
        { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'State graph' },
        h(StateDiagram, {
          diagram: graph,
          model: lookAt(box),
          before: boxBefore === null ? null : lookAt(boxBefore),
        }),
      ),
    ]),
    h('div', { class: 'side' }, [
      h(Components, { list: components }),
      h('h2', null, 'Moves so far'),
      path.length === 0 ? h('p', null, 'none') : null,
      h(
        'ol',
        { class: 'path' },
        path.map((move) => h('li', null, move)),
      ),
    ]),
  ]);
}

/** A diagram asks for a look: here it is one box. */
function lookAt(box: string): ViewLook {
  return { boxes: [box], state: box, context: [] };
}

function Components({ list }: { readonly list: readonly ShownComponent[] }): ComponentChild {
  return h('section', { 'aria-label': 'Components' }, [
    h('h2', null, 'Components'),
    h(
      'table',
      { class: 'looks' },
      h(
        'thead',
        null,
        h('tr', null, [
          h('th', { scope: 'col' }, 'component'),
          h('th', { scope: 'col' }, 'state'),
          h('th', { scope: 'col' }, 'before the last move'),
        ]),
      ),
      h(
        'tbody',
        null,
        list.map(({ name, before, now }) => {
          const parts = changedPart(before, now);
          return h('tr', null, [
            h('th', { scope: 'row' }, name),
            h('td', null, parts.before, h('b', null, parts.changed), parts.after),
            h('td', null, before === now ? 'the same' : before),
          ]);
        }),
      ),
    ),
  ]);
}
