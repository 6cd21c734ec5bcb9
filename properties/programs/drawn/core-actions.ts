import type { Draft, DraftTask, DrawnAction } from './draft.ts';
import type { Pick } from './pick.ts';

/** A call, or a few that belong together, about one fence that the task may use. */
function about(
  name: string,
  sleeps: boolean,
  lines: (fence: string, pick: Pick, draft: Draft, task: DraftTask) => readonly string[],
): DrawnAction {
  return {
    name,
    sleeps,
    draw: (draft, task, pick) => {
      const fence = task.use(pick.of(draft.fences)?.name ?? 'f0');
      task.calls.push(...lines(fence, pick, draft, task));
    },
  };
}

/** What the holder of a fence's lock may do; these calls take the lock themselves. */
function locked(fence: string, pick: Pick, draft: Draft): readonly string[] {
  const found = draft.fences.find(({ name }) => name === fence);
  const maySignal = found !== undefined && found.isLeaf && !found.isExclusive;
  const calls = [`fence.isSignaledLocked(${fence})`, `fence.getStatusLocked(${fence})`];
  if (maySignal) {
    calls.push(`fence.signalLocked(${fence})`, `fence.signalTimestampLocked(${fence}, 7)`);
  }
  return [pick.of(calls) ?? '', `fence.lock(${fence})`, `fence.unlock(${fence})`];
}

/** A file over a fence, made and used inside the kernel. */
function kernelFile(fence: string, pick: Pick, draft: Draft, task: DraftTask): readonly string[] {
  if (draft.mayFail) return [];
  const file = task.fresh('kf');
  const polls = Array.from({ length: pick.below(3) }, () => `syncFile.poll(${file})`);
  return [`${file} = syncFile.create(${fence})`, ...polls, `syncFile.put(${file})`];
}

/** The rest of what kernel code calls: locked forms, lookups, comparisons, stubs, sections. */
export const CORE_ACTIONS: readonly DrawnAction[] = [
  about('locked forms', false, locked),
  about('file inside the kernel', true, kernelFile),
  about('plain wait', true, (fence, pick) => [
    `fence.wait(${fence}, interruptible: ${pick.below(2) === 1})`,
  ]),
  about('lookup in a read section', false, (fence) => [
    'rcu.readLock()',
    `fence.getRcu(${fence})`,
    'rcu.readUnlock()',
  ]),
  about('publish and look up', false, (fence, pick, draft) => {
    const slot = pick.of(draft.slots);
    if (slot === undefined) return [];
    if (pick.below(2) === 0) return [`slot.getSafe(${slot})`];
    return [`fence.get(${fence})`, `slot.publish(${slot}, ${fence})`];
  }),
  about('forms that take NULL', false, (fence, pick) => [
    pick.below(2) === 0 ? 'fences.signal(null)' : 'fences.get(null)',
    `fences.get(${fence})`,
    `fences.put(${fence})`,
  ]),
  about('comparisons', false, (fence, pick) => [
    pick.of([
      `fence.isLater(${fence}, ${fence})`,
      `fence.isLaterOrSame(${fence}, ${fence})`,
      `fence.later(${fence}, ${fence})`,
    ]) ?? '',
  ]),
  about('containers', false, (fence, pick) => [
    pick.of([
      `unwrap.leaves(${fence})`,
      `array.children(${fence})`,
      `array.matchContext(${fence}, 1)`,
    ]) ?? '',
  ]),
  about('a section around a poll', false, (fence) => [
    'signalling.begin()',
    `fence.isSignaled(${fence})`,
    'signalling.end()',
  ]),
  {
    name: 'stubs and contexts',
    sleeps: true,
    draw: (draft, task, pick) => {
      const stub = task.fresh('stub');
      const made = pick.of(['stub.get()', 'stub.allocate(5)']) ?? 'stub.get()';
      task.calls.push(`context.alloc(${1 + pick.below(3)})`);
      if (draft.mayFail) return;
      task.calls.push(`${stub} = ${made}`, `fence.getStatus(${stub})`);
    },
  },
  {
    name: 'time, and wake-ups that no fence has sent',
    sleeps: true,
    draw: (draft, task, pick) => {
      const sleepers = draft.tasks.filter(({ isAtomic }) => !isAtomic);
      const other = pick.of(sleepers);
      if (other !== undefined) task.calls.push(`task.wake(${other.name})`);
      task.calls.push(`task.sleep(${1 + pick.below(3)})`, 'clock.now()');
    },
  },
];
