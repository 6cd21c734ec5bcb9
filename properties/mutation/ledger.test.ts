import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Entry, isDetected, Ledger } from './ledger.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Outcome = Pick<Entry, 'look' | 'status'> & Partial<Entry>;

/** The last word on one mutant, after these outcomes in files of this name. */
function lastWord(...files: readonly (readonly Outcome[])[]): Entry | undefined {
  for (const [index, outcomes] of files.entries()) {
    const lines = outcomes.map((outcome) =>
      JSON.stringify({ key: 'mutant', killedBy: null, covered: 0, ...outcome }),
    );
    writeFileSync(join(folder, `${index}.jsonl`), lines.map((line) => `${line}\n`).join(''));
  }
  return new Ledger(folder).read().get('mutant');
}

test('one notice is enough, whoever looked without seeing anything before or after', () => {
  const killed: Outcome = { look: 'first', status: 'Killed', killedBy: 'some test' };
  const word = lastWord(
    [{ look: 'first', status: 'Survived' }, killed],
    [{ look: 'third', status: 'Survived', covered: 7 }],
  );
  expect(word).toMatchObject(killed);
});

test('the closest look says most, also about how many came to the place', () => {
  const word = lastWord([
    { look: 'second', status: 'Survived', covered: 3 },
    { look: 'first', status: 'NoCoverage' },
  ]);
  expect(word).toMatchObject({ look: 'second', status: 'Survived', covered: 3 });
});

test('what tests of one look have reached was reached', () => {
  const word = lastWord(
    [{ look: 'first', status: 'Survived', covered: 3 }],
    [{ look: 'second', status: 'NoCoverage' }],
  );
  expect(word).toMatchObject({ look: 'second', status: 'Survived', covered: 3 });
});

test('what fails or never ends is noticed, and nothing else', () => {
  const noticed = (['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'] as const).filter(
    (status) => isDetected({ key: '', look: 'first', status, killedBy: null, covered: 1 }),
  );
  expect(noticed).toEqual(['Killed', 'Timeout']);
});

test('a line that says something else is no outcome', () => {
  writeFileSync(join(folder, 'first.jsonl'), '{"key":"mutant"}\n');
  expect(() => new Ledger(folder).read()).toThrow();
});
