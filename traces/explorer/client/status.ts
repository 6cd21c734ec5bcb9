import { type ComponentChild, h } from 'preact';

import type { ExplorerState, PlainEnd, ShownClaim, ShownFinding } from '../state.ts';

/** What is wrong by now, and what will be. */
export function Status({ state }: { readonly state: ExplorerState }): ComponentChild {
  const { broken } = state;
  return h(
    'section',
    { class: 'status', 'aria-label': 'What is wrong' },
    h('h2', null, 'By now'),
    broken.length === 0 ? h('p', null, 'nothing is wrong') : h(Findings, { list: broken }),
    state.kind === 'program'
      ? h(Ending, { end: state.plainEnd, position: state.position })
      : h(Claims, { list: state.claims }),
  );
}

function Findings({ list }: { readonly list: readonly ShownFinding[] }): ComponentChild {
  return h(
    'ul',
    { class: 'findings' },
    list.map(({ name, message, step }) =>
      h('li', null, [
        h('b', { class: 'fail' }, `FAIL ${name}`),
        ` ${message}`,
        step === null ? '' : ` (step ${step})`,
      ]),
    ),
  );
}

function Ending({
  end,
  position,
}: {
  readonly end: PlainEnd;
  readonly position: number;
}): ComponentChild {
  const { steps, outcome, findings } = end;
  const left = Math.max(steps - position, 0);
  return [
    h('h2', null, left === 0 ? 'The run is over' : 'If nothing special happens from here'),
    h('p', null, left === 0 ? null : `${left} more steps, then `, h('code', null, outcome)),
    findings.length === 0
      ? h('p', null, left === 0 ? 'nothing else is wrong' : 'nothing else goes wrong')
      : h(Findings, { list: findings }),
  ];
}

function Claims({ list }: { readonly list: readonly ShownClaim[] }): ComponentChild {
  return [
    h('h2', null, 'Claims in this state'),
    h(
      'table',
      { class: 'looks' },
      h(
        'thead',
        null,
        h('tr', null, [
          h('th', { scope: 'col' }, 'kind'),
          h('th', { scope: 'col' }, 'claim'),
          h('th', { scope: 'col' }, 'here'),
        ]),
      ),
      h(
        'tbody',
        null,
        list.map(({ kind, name, holds }) =>
          h('tr', { class: kind === 'always' && !holds ? 'differs' : '' }, [
            h('td', null, kind),
            h('th', { scope: 'row' }, name),
            h('td', null, holds ? 'holds' : 'does not hold'),
          ]),
        ),
      ),
    ),
  ];
}
