import { expect, test } from 'vitest';

import { SyncFile } from '../../impl/dma-buf/sync-file.ts';
import { SyncTimeline } from '../../impl/dma-buf/sync-timeline.ts';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { STRESS_SCALE, syncSelftests } from './sync.ts';

const suite = syncSelftests();

test('the list is the section of the specification', () => {
  const ids = suite.map(({ id }) => id);
  const listed = SCENARIOS.filter(({ id }) => id.startsWith('ST-SYNC-')).map(({ id }) => id);
  expect(ids).toEqual(listed);
  expect(STRESS_SCALE).toBe(128);
  expect(suite.slice(7).map(({ scale }) => scale)).toEqual([
    '512 of 65536 turns per thread',
    '32 of 4096 rounds',
    '256 of 32768 merges',
  ]);
});

test.each(suite.map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test('a run is decided by its seed', () => {
  const steps = (seed: number): number[] =>
    syncSelftests({ scale: 1024, seed }).map((one) => one.run().steps);
  expect(steps(3)).toEqual(steps(3));
  expect(steps(3)).not.toEqual(steps(4));
});

test('a timeline that signals too early fails the suite', () => {
  class Hasty extends SyncTimeline {
    override *advance(increment: number): ReturnType<SyncTimeline['advance']> {
      yield* super.advance(increment + 1);
    }
  }
  const types = { ...INTACT, SyncTimeline: Hasty };
  const failed = syncSelftests({ scale: 1024, types }).filter((one) => one.run().failure !== null);
  expect(failed.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['ST-SYNC-05', 'ST-SYNC-08', 'ST-SYNC-09']),
  );
});

test('a poller that nobody wakes makes the scenario hang, which is a failure', () => {
  class Silent extends SyncFile {
    override *fenceSignaled(): ReturnType<SyncFile['fenceSignaled']> {
      // Whoever sleeps on the file sleeps on.
    }
  }
  const types = { ...INTACT, SyncFile: Silent };
  const failures = syncSelftests({ scale: 1024, types }).map((one) => one.run().failure);
  expect(failures[7]).toMatch(/^does not end: /);
  expect(failures[8]).toMatch(/^does not end: /);
});
