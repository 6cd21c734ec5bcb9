import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';

import { expect, test } from 'vitest';

import { createProgress } from './progress.ts';

function stream(isTTY: boolean): { stream: WriteStream; written: () => string } {
  const pass = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  // A terminal cannot be had in a test; the progress line uses only these parts of one.
  return {
    stream: pass as unknown as WriteStream,
    written: () => String(pass.read() ?? ''),
  };
}

test('elsewhere than on a terminal a line is written now and then', () => {
  const { stream: output, written } = stream(false);
  let time = 0;
  const progress = createProgress(output, () => time);
  progress.show('1 of 9');
  time = 10_000;
  progress.show('2 of 9');
  time = 15_000;
  progress.show('3 of 9');
  time = 25_000;
  progress.show('2 of 9');
  progress.show('4 of 9');
  progress.end();
  expect(written()).toBe('2 of 9\n4 of 9\n');
});

test('on a terminal the line is replaced, and gone at the end', () => {
  const { stream: output, written } = stream(true);
  let time = 0;
  const progress = createProgress(output, () => time);
  progress.show('1 of 9');
  expect(written()).toContain('1 of 9');
  progress.show('2 of 9');
  expect(written()).toBe('');
  time = 100;
  progress.show('3 of 9');
  expect(written()).toContain('3 of 9');
  progress.end();
  expect(written()).toContain('\u001b[2K');
});
