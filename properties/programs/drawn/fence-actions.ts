import type { Draft, DraftFence, DraftTask, DrawnAction } from './draft.ts';
import type { Pick } from './pick.ts';

/** Time-outs that are worth trying: none, short, without a limit. Unit: jiffies. */
const TIMEOUTS = ['0', '1', '5', 'unlimited'] as const;

function anyFence(draft: Draft, task: DraftTask, pick: Pick): string {
  return task.use(pick.of(draft.fences)?.name ?? 'f0');
}

/** A call that takes one fence and nothing else. */
function onFence(name: string, op: string): DrawnAction {
  return {
    name,
    sleeps: false,
    draw: (draft, task, pick) => {
      task.calls.push(`${op}(${anyFence(draft, task, pick)})`);
    },
  };
}

/** A fence that anybody may signal. */
function signalable(draft: Draft, pick: Pick): DraftFence | undefined {
  return pick.of(draft.fences.filter((fence) => fence.isLeaf && !fence.isExclusive));
}

function signal(draft: Draft, task: DraftTask, pick: Pick, line: (name: string) => string): void {
  const fence = signalable(draft, pick);
  if (fence === undefined) return;
  task.calls.push(line(task.use(fence.name)));
  task.signaled.add(fence.name);
}

function timeoutArguments(pick: Pick): string {
  const timeout = pick.of(TIMEOUTS);
  const interruptible = `interruptible: ${pick.below(2) === 1}`;
  return timeout === 'unlimited' ? interruptible : `timeout: ${timeout}, ${interruptible}`;
}

/** Everything that a holder of a fence may do with it. */
export const FENCE_ACTIONS: readonly DrawnAction[] = [
  onFence('poll', 'fence.isSignaled'),
  onFence('status', 'fence.getStatus'),
  onFence('enable', 'fence.enableSwSignaling'),
  onFence('describe', 'fence.describe'),
  {
    name: 'signal',
    sleeps: false,
    draw: (draft, task, pick) => signal(draft, task, pick, (name) => `fence.signal(${name})`),
  },
  {
    name: 'signal with timestamp',
    sleeps: false,
    draw: (draft, task, pick) =>
      signal(draft, task, pick, (name) => `fence.signalTimestamp(${name}, ${pick.below(9)})`),
  },
  {
    name: 'add callback',
    sleeps: false,
    draw: (draft, task, pick) => {
      const fence = anyFence(draft, task, pick);
      const callback = task.fresh('cb');
      const does = pick.below(4) === 3 ? 'poll' : 'nothing';
      draft.setup.push(`${callback} = callback.create(${does})`);
      task.calls.push(`fence.addCallback(${fence}, ${callback})`);
      task.added.push({ callback, fence });
    },
  },
  {
    name: 'remove callback',
    sleeps: false,
    draw: (_draft, task, pick) => {
      const entry = pick.of(task.added);
      if (entry === undefined) return;
      task.calls.push(`fence.removeCallback(${entry.fence}, ${entry.callback})`);
    },
  },
  {
    name: 'deadline',
    sleeps: false,
    draw: (draft, task, pick) => {
      const fence = anyFence(draft, task, pick);
      task.calls.push(`fence.setDeadline(${fence}, ${pick.below(5)})`);
    },
  },
  {
    name: 'timestamp',
    sleeps: false,
    draw: (_draft, task, pick) => {
      const fence = pick.of([...task.signaled]);
      if (fence !== undefined) task.calls.push(`fence.timestamp(${fence})`);
    },
  },
  {
    name: 'get',
    sleeps: false,
    draw: (draft, task, pick) => {
      const fence = anyFence(draft, task, pick);
      task.calls.push(`fence.get(${fence})`);
      task.references.set(fence, (task.references.get(fence) ?? 1) + 1);
    },
  },
  {
    name: 'put',
    sleeps: false,
    draw: (_draft, task, pick) => {
      const spare = [...task.references].filter(([, count]) => count > 1);
      const entry = pick.of(spare);
      if (entry === undefined) return;
      task.calls.push(`fence.put(${entry[0]})`);
      task.references.set(entry[0], entry[1] - 1);
    },
  },
  {
    name: 'wait',
    sleeps: true,
    draw: (draft, task, pick) => {
      const fence = anyFence(draft, task, pick);
      task.calls.push(`fence.waitTimeout(${fence}, ${timeoutArguments(pick)})`);
    },
  },
  {
    name: 'wait for any',
    sleeps: true,
    draw: (draft, task, pick) => {
      const fences = [anyFence(draft, task, pick), anyFence(draft, task, pick)];
      task.calls.push(`fence.waitAny([${fences.join(', ')}], ${timeoutArguments(pick)})`);
    },
  },
  {
    name: 'interrupt',
    sleeps: false,
    draw: (draft, task, pick) => {
      const other = pick.of(draft.tasks.filter((candidate) => !candidate.isAtomic));
      // Whoever is interrupted while it attaches or maps has nothing to go on with.
      const isBusy = draft.isCalm && draft.buffers.length > 0;
      if (other !== undefined && !isBusy) task.calls.push(`task.interrupt(${other.name})`);
    },
  },
];
