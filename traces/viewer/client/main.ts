import { h, render } from 'preact';

import type { View } from '../view.ts';
import { App } from './app.ts';

const data = document.querySelector('#view')?.textContent;
const place = document.querySelector('#app');
if (typeof data === 'string' && place !== null) {
  place.replaceChildren();
  // Whoever wrote the page has held it against the schema.
  const view = JSON.parse(data) as View;
  render(h(App, { view }), place);
}
