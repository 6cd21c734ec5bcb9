import { expect, test } from 'vitest';

import { commented, exactly, literal } from './c-text.ts';

test('a text is one literal, whatever is in it', () => {
  expect(literal('a "b" \\ ??/ é\n')).toBe('"a \\"b\\" \\\\ \\077\\077/ \\303\\251\\n"');
  expect(literal('\u00010')).toBe('"\\0010"');
});

test('nothing ends a comment', () => {
  expect(commented('*/ int x; /* \\\n')).toBe('* / int x; / * /?');
});

test('a text is the only one that its pattern takes', () => {
  expect(exactly('a*[b]?\\')).toBe('a\\*\\[b]\\?\\\\');
});
