import { type ComponentChild, h } from 'preact';

import type { View } from '../view.ts';

/** What was found, and everything that belongs to the whole run. */
export function Head({ view }: { readonly view: View }): ComponentChild {
  const { title, message, notices, facts } = view;
  return h(
    'header',
    null,
    h('h1', null, h('span', { class: 'fail' }, 'FAIL'), ` ${title}`),
    h('p', { class: 'message' }, message),
    notices.map((notice) => h('p', { class: 'notice' }, notice)),
    h('details', null, [
      h('summary', null, 'About this run'),
      h(
        'dl',
        null,
        facts.map(([label, text]) => [h('dt', null, label), h('dd', null, text)]),
      ),
    ]),
  );
}
