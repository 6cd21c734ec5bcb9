import { CommanderError } from 'commander';
import { expect, test } from 'vitest';

import { TraceFileError } from '../traces/read.ts';
import { EXIT, explainError, WrongUse } from './exit.ts';

test.each([
  ['wrong use', new WrongUse('no such rule'), 'dmabuf-verify: no such rule'],
  ['a bad trace', new TraceFileError('t.json', 'is empty'), 'dmabuf-verify: t.json: is empty'],
  [
    'a bad word',
    new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'\n(Did you …?)"),
    "dmabuf-verify: unknown command 'x' (Did you …?)",
  ],
  ['controls', new WrongUse('a\u001b[2Jb'), 'dmabuf-verify: a\\u{1b}[2Jb'],
])('%s ends with 2 and one line', (_name, error, text) => {
  expect(explainError(error)).toEqual({ code: EXIT.wrongUse, text });
});

test('help and version end with 0 and say no more', () => {
  const help = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
  expect(explainError(help)).toEqual({ code: EXIT.nothing, text: null });
});

test.each([[new TypeError('x is not a function')], ['a thrown text']])(
  'anything else is a defect, with its stack: %s',
  (error) => {
    const { code, text } = explainError(error);
    expect(code).toBe(EXIT.defect);
    expect(text).toContain(error instanceof Error ? error.stack : error);
  },
);
