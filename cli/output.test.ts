import { expect, test } from 'vitest';

import { wantsColor } from './output.ts';

const terminal = { isTTY: true, hasColors: () => true };
const plainTerminal = { isTTY: true, hasColors: () => false };

test.each([
  ['a terminal', terminal, {}, true],
  ['a terminal without colours', plainTerminal, {}, false],
  ['a pipe', {}, {}, false],
  ['a pipe in continuous integration', {}, { CI: 'true' }, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR on a pipe', {}, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0 on a terminal', terminal, { FORCE_COLOR: '0' }, false],
  ['both', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('%s', (_name, stream, environment, expected) => {
  expect(wantsColor(stream, environment)).toBe(expected);
});
