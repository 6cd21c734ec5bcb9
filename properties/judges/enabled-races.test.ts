import { expect, test } from 'vitest';
import { LITMUS } from '../litmus/index.ts';
import { EVERY_STATE, runLitmus } from '../litmus/run-litmus.ts';
import { explore } from '../run/explore.ts';
import { judgesOf } from './standard.ts';

test('whoever reads the plain time of a signal without waiting for its flag races with it', () => {
  const peeking = LITMUS.filter(({ allows }) => allows.includes('races'));
  expect(peeking.length).toBeGreaterThan(0);
  for (const tested of peeking) {
    const found = new Set<string>();
    explore(tested.program, EVERY_STATE, {
      judges: judgesOf(EVERY_STATE).judges,
      sampling: 0,
      visit: ({ findings }) => {
        for (const { judge, message } of findings) found.add(`${judge}: ${message}`);
        return true;
      },
    });
    expect([...found]).toContain(
      'races: data race: A: plain write f.timestamp and B: plain read f.timestamp at once',
    );
  }
});

test('who waits for the flag, and who takes the lock, does not', () => {
  const waiting = LITMUS.filter(({ id }) => /race-09-timestamp-read|race-02-add-signal/.test(id));
  expect(waiting.length).toBeGreaterThan(1);
  for (const tested of waiting) {
    expect(runLitmus(tested, { schedules: EVERY_STATE }).findings).toEqual([]);
  }
});
