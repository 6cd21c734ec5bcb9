import fc from 'fast-check';
import { expect, test } from 'vitest';

import { findJsonProblem } from './json-scan.ts';

const limits = { depthMax: 1000, valuesMax: 1_000_000 };

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const pieces = [
  ...['{', '}', '[', ']', ',', ':', ' ', '\n', '\t', '"', '"a"', '"b":', '"c":1', '\\', '\\n'],
  ...['\\u12', '0', '01', '-', '1.', '1.5', '1e5', '1E+', '.5', 'true', 'nul', 'null', 'false'],
  ...['\u0000', '\u001f', '\u00a0', '\ufeff', 'é', '😀', '\ud83d', '/', '//', "'", '+1', 'NaN'],
];

test('accepts whatever can be written as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      fc.pre(!/"(?:__proto__|constructor|prototype)":/.test(text));
      expect(findJsonProblem(text, limits)).toBe(null);
    }),
  );
});

test('refuses exactly what the parser of the engine refuses', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const problem = findJsonProblem(text, limits);
      // The parser takes the second of two equal keys; we say so instead.
      fc.pre(problem === null || !problem.message.includes('is there twice'));
      expect(problem === null).toBe(parses(text));
    }),
    { numRuns: 5000 },
  );
});

test('refuses a document that was cut or changed at any place', () => {
  const text = '{"a": [1, -2.5e3, true, null], "b": {"c": "x\\u0041\\n"}, "d": []}';
  for (let at = 0; at < text.length; at += 1) {
    expect(findJsonProblem(text.slice(0, at), limits)).not.toBe(null);
    const changed = `${text.slice(0, at)}#${text.slice(at + 1)}`;
    expect(findJsonProblem(changed, limits) === null).toBe(parses(changed));
  }
});

test.each([
  ['', 1, 1, 'the document ends too early; expected a value'],
  ['{"a": 1', 1, 8, 'the document ends too early; expected "," or "}"'],
  ['[1,\n 2,\n ]', 3, 2, 'found "]"; expected a value'],
  ['{"a": 1,}', 1, 9, 'found "}"; expected a key in double quotes'],
  ['{"a" 1}', 1, 6, 'found "1"; expected ":" after the key'],
  ['{"a": "xyz', 1, 7, 'the document ends inside this text; expected a closing quote'],
  ['["a\nb"]', 1, 4, 'found "\\u{a}"; expected the character as an escape'],
  ['["\\x41"]', 1, 3, 'found "\\"; expected an escape such as "\\n" or "\\u001b"'],
  ['[1] 2', 1, 5, 'found "2"; expected the end of the document'],
  ['[01]', 1, 3, 'found "1"; expected "," or "]"'],
  ['\u001b[31m', 1, 1, 'found "\\u{1b}"; expected a value'],
  ['{"a": 1,\n"a": 2}', 2, 1, 'the key "a" is there twice; expected another key'],
  ['{"x": {"__proto__": 1}}', 1, 8, 'the key "__proto__" is not allowed; expected another key'],
  ['{"\\u005f_proto__": 1}', 1, 2, 'the key "__proto__" is not allowed; expected another key'],
  ['{"constructor": 1}', 1, 2, 'the key "constructor" is not allowed; expected another key'],
])('names the place and the mistake in %j', (text, line, column, message) => {
  expect(findJsonProblem(text, limits)).toEqual({ line, column, message });
});

test('bounds the depth without recursing', () => {
  const deep = '['.repeat(5_000_000);
  expect(findJsonProblem(deep, { depthMax: 32, valuesMax: 10_000_000 })).toEqual({
    line: 1,
    column: 33,
    message: 'nested too deeply; expected at most 32 levels',
  });
});

test('bounds the number of values', () => {
  expect(findJsonProblem('[1,2,3]', { depthMax: 32, valuesMax: 3 })).toEqual({
    line: 1,
    column: 6,
    message: 'more than 3 values; expected a smaller document',
  });
});
