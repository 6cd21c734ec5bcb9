import { h, render } from 'preact';

import { App } from './app.ts';

const place = document.querySelector('#app');
if (place !== null) {
  place.replaceChildren();
  render(h(App, null), place);
}
