import { type ComponentChild, h } from 'preact';

import { changedPart } from './changed-part.ts';
import type { Change } from './run-index.ts';

/** `f.flags: 0 → SIGNALED`, with what is new in bold. */
export function ChangeLine({ change }: { readonly change: Change }): ComponentChild {
  const { field, from, to } = change;
  const { before, changed, after } = changedPart(from, to);
  return h('span', { class: 'change' }, [
    h('span', { class: 'field' }, field),
    ` ${from} → `,
    before,
    h('b', null, changed),
    after,
  ]);
}
