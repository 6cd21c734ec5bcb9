import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fenceMachine } from '../../model/machines/fence.ts';
import { tabulate } from '../../model/tabulate.ts';
import { IMPOSSIBLE, Observer } from './observer.ts';
import { FENCE_SIGHTS, type FenceSight, observers } from './observers.ts';

const { fence, wait, job } = observers();

function after(sights: readonly FenceSight[], from: number): number {
  return sights.reduce(
    (belief, sight) => (belief === IMPOSSIBLE ? IMPOSSIBLE : fence.next(belief, sight)),
    from,
  );
}

test('what a log can show of a fence does not depend on how many references it may have', () => {
  const larger = tabulate(fenceMachine({ referencesMax: 3, callbacksMax: 2, errors: [-5] }));
  const other = new Observer(larger, FENCE_SIGHTS);
  const sights = fc.array(fc.constantFrom(...(Object.keys(FENCE_SIGHTS) as FenceSight[])), {
    maxLength: 8,
  });
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(sights, fc.boolean(), (names, isUnborn) => {
      let one = isUnborn ? fence.unborn : fence.anything;
      let two = isUnborn ? other.unborn : other.anything;
      for (const name of isUnborn ? (['dma_fence_init', ...names] as const) : names) {
        one = fence.next(one, name);
        two = other.next(two, name);
        seen.add(one === IMPOSSIBLE);
        expect(two === IMPOSSIBLE).toBe(one === IMPOSSIBLE);
        if (one === IMPOSSIBLE) return;
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  expect([...seen]).toHaveLength(2);
});

test('nothing is known at first, and all that can be is known at birth', () => {
  for (const sight of Object.keys(FENCE_SIGHTS) as FenceSight[]) {
    expect(fence.next(fence.anything, sight)).not.toBe(IMPOSSIBLE);
  }
  expect(fence.next(fence.unborn, 'dma_fence_signaled')).toBe(IMPOSSIBLE);
  expect(wait.next(wait.unborn, 'dma_fence_wait_end')).toBe(IMPOSSIBLE);
  expect(job.next(job.unborn, 'done')).toBe(IMPOSSIBLE);
});

test('a release that finds callbacks signals, once', () => {
  const released = after(['dma_fence_init', 'dma_fence_destroy'], fence.unborn);
  const forced = after(['dma_fence_signaled'], released);
  expect(forced).not.toBe(IMPOSSIBLE);
  expect(after(['dma_fence_signaled'], forced)).toBe(IMPOSSIBLE);
  const signaled = after(['dma_fence_init', 'dma_fence_signaled'], fence.unborn);
  expect(after(['dma_fence_destroy', 'dma_fence_signaled'], signaled)).toBe(IMPOSSIBLE);
});

test('what excludes what', () => {
  expect(fence.excludes('dma_fence_signaled', 'dma_fence_enable_signal')).toBe(true);
  expect(fence.excludes('dma_fence_enable_signal', 'dma_fence_signaled')).toBe(false);
  expect(job.excludes('done', 'run')).toBe(true);
  expect(job.excludes('queue', 'run')).toBe(false);
});
