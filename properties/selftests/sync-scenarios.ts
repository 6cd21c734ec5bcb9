import type { KernelTask } from '../../impl/kernel/access.ts';
import { expectThat } from './selftest.ts';
import { FENCE_STATUS_ACTIVE, FENCE_STATUS_SIGNALED, type SyncLibrary } from './sync-library.ts';

/** What one thread does: a scenario of the user-space suite that needs no second one. */
export type Scenario = (sync: SyncLibrary) => KernelTask<void>;

/** @rule ST-SYNC-01 */
export function* allocTimeline(sync: SyncLibrary): KernelTask<void> {
  const timeline = yield* sync.createTimeline();
  expectThat(timeline >= 0, 'opening sw_sync failed');
  yield* sync.close(timeline);
}

/** @rule ST-SYNC-02 */
export function* allocFence(sync: SyncLibrary): KernelTask<void> {
  const timeline = yield* sync.createTimeline();
  const fence = yield* sync.createFence(timeline, 1);
  expectThat(fence >= 0, 'creating a point failed');
  yield* sync.close(fence);
  yield* sync.close(timeline);
}

/** @rule ST-SYNC-03 */
export function* allocFenceNegative(sync: SyncLibrary): KernelTask<void> {
  expectThat((yield* sync.createFence(-1, 1)) < 0, 'a point was created on descriptor -1');
}

/** @rule ST-SYNC-04 */
export function* fenceOneTimelineWait(sync: SyncLibrary): KernelTask<void> {
  const timeline = yield* sync.createTimeline();
  const fence = yield* sync.createFence(timeline, 5);
  expectThat((yield* sync.wait(fence, 0)) === 0, 'ready at value 0');
  yield* sync.increment(timeline, 1);
  expectThat((yield* sync.wait(fence, 0)) === 0, 'ready at value 1');
  yield* sync.increment(timeline, 4);
  expectThat((yield* sync.wait(fence, 0)) > 0, 'not ready at value 5');
  yield* sync.increment(timeline, 10);
  expectThat((yield* sync.wait(fence, 0)) > 0, 'not ready at value 15');
  yield* sync.close(fence);
  yield* sync.close(timeline);
}

/** @rule ST-SYNC-05 */
export function* fenceOneTimelineMerge(sync: SyncLibrary): KernelTask<void> {
  const timeline = yield* sync.createTimeline();
  const first = yield* sync.createFence(timeline, 1);
  const second = yield* sync.createFence(timeline, 2);
  const third = yield* sync.createFence(timeline, 3);
  const both = yield* sync.merge(second, first);
  const all = yield* sync.merge(third, both);
  expectThat((yield* sync.size(all)) === 1, 'more than one record for one timeline');
  for (const value of [1, 2, 3]) {
    yield* sync.increment(timeline, 1);
    const status = value < 3 ? FENCE_STATUS_ACTIVE : FENCE_STATUS_SIGNALED;
    const count = yield* sync.countWithStatus(all, status);
    expectThat(count === 1, `status is not ${status} at value ${value}`);
  }
  for (const fd of [first, second, third, both, all, timeline]) yield* sync.close(fd);
}

/** @rule ST-SYNC-06 */
export function* fenceMergeSameFence(sync: SyncLibrary): KernelTask<void> {
  const timeline = yield* sync.createTimeline();
  const fence = yield* sync.createFence(timeline, 5);
  const merged = yield* sync.merge(fence, fence);
  const before = yield* sync.countWithStatus(merged, FENCE_STATUS_SIGNALED);
  expectThat(before === 0, 'signaled too early');
  yield* sync.increment(timeline, 5);
  const after = yield* sync.countWithStatus(merged, FENCE_STATUS_SIGNALED);
  expectThat(after === 1, `${after} signaled records, not 1`);
  for (const fd of [fence, merged, timeline]) yield* sync.close(fd);
}

/** @rule ST-SYNC-07 */
export function* fenceMultiTimelineWait(sync: SyncLibrary): KernelTask<void> {
  const timelines: number[] = [];
  let merged = -1;
  for (let index = 0; index < 3; index += 1) {
    const timeline = yield* sync.createTimeline();
    timelines.push(timeline);
    const fence = yield* sync.createFence(timeline, 5);
    if (merged < 0) {
      merged = fence;
      continue;
    }
    const next = yield* sync.merge(fence, merged);
    yield* sync.close(fence);
    yield* sync.close(merged);
    merged = next;
  }
  const active = yield* sync.countWithStatus(merged, FENCE_STATUS_ACTIVE);
  expectThat(active === 3, `${active} active records, not 3`);
  expectThat((yield* sync.wait(merged, 0)) === 0, 'ready while all are active');
  for (const [index, timeline] of timelines.entries()) {
    yield* sync.increment(timeline, 5);
    const left = yield* sync.countWithStatus(merged, FENCE_STATUS_ACTIVE);
    const done = yield* sync.countWithStatus(merged, FENCE_STATUS_SIGNALED);
    expectThat(left === 2 - index, `${left} active records after ${index + 1} increments`);
    expectThat(done === index + 1, `${done} signaled records after ${index + 1} increments`);
  }
  expectThat((yield* sync.wait(merged, 100)) > 0, 'not ready at the end');
  for (const fd of [merged, ...timelines]) yield* sync.close(fd);
}
