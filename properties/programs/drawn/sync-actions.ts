import type { Draft, DraftTask, DrawnAction } from './draft.ts';
import type { Pick } from './pick.ts';

/** Values of points, and increments, that are worth trying. The largest ones wrap around. */
const VALUES = ['1', '2', '3', '5', '9', '0', '2147483647', '2147483648', '4294967295'] as const;
const INCREMENTS = ['1', '2', '0', '3', '9', '2147483647', '4294967295'] as const;

/** Unit: milliseconds. Without a limit only what is sure to end is waited for. */
const TIMEOUTS = ['0', '3'] as const;
const EVENTS = ['in', 'all', 'out', 'none', 'in+out'] as const;
const REGISTRATIONS = ['in', 'in+edge', 'in+once', 'out', 'none'] as const;

/** Now and then an argument cannot be read, or not be written. */
function memory(pick: Pick): string {
  const kind = pick.below(16);
  if (kind === 14) return ', memory: bad';
  return kind === 15 ? ', memory: readOnly' : '';
}

/** Mostly a timeline of the set-up; now and then something else. */
function timeline(draft: Draft, task: DraftTask, pick: Pick): string {
  const kind = pick.below(12);
  if (kind === 11) return '-1';
  const own = kind > 8 ? pick.of([...task.timelines, ...task.descriptors]) : undefined;
  return own ?? pick.of(draft.timelines) ?? '-1';
}

/** A point or a buffer of the set-up, or something that the task has made, which it may have closed again. */
function file(draft: Draft, task: DraftTask, pick: Pick): string {
  const kind = pick.below(12);
  if (kind === 11) return pick.of([...draft.timelines, '-1']) ?? '-1';
  const own = kind > 4 ? pick.of(task.descriptors) : undefined;
  const others = draft.buffers.map(({ fd }) => fd);
  return own ?? pick.of([...draft.points, ...others]) ?? '-1';
}

/** The task has one more descriptor, if the call succeeds. */
function opened(task: DraftTask, call: string): void {
  const name = task.fresh('fd');
  task.descriptors.push(name);
  task.calls.push(`${name} = ${call}`);
}

/** A call about one file. */
function onFile(name: string, line: (file: string, pick: Pick) => string): DrawnAction {
  return {
    name,
    sleeps: true,
    draw: (draft, task, pick) => {
      task.calls.push(line(file(draft, task, pick), pick));
    },
  };
}

/** What other files can do, and sync_files and timelines cannot. */
const FOREIGN = ['sys.lseek', 'sys.read', 'sys.write', 'sys.pread', 'sys.size', 'sys.map'] as const;

/** What a program does with timelines, and with files that carry fences. */
export const SYNC_ACTIONS: readonly DrawnAction[] = [
  {
    name: 'create a point',
    sleeps: true,
    draw: (draft, task, pick) => {
      const value = pick.of(VALUES) ?? '1';
      const on = timeline(draft, task, pick);
      opened(task, `sys.createFence(${on}, ${value}${memory(pick)})`);
    },
  },
  {
    name: 'advance',
    sleeps: true,
    draw: (draft, task, pick) => {
      const increment = pick.of(INCREMENTS) ?? '1';
      task.calls.push(`sys.inc(${timeline(draft, task, pick)}, ${increment}${memory(pick)})`);
    },
  },
  {
    name: 'open or close a timeline',
    sleeps: true,
    draw: (draft, task, pick) => {
      if (pick.below(3) > 0) {
        const name = task.fresh('t');
        task.timelines.push(name);
        task.calls.push(`${name} = sys.timeline()`);
      } else {
        task.calls.push(`sys.close(${timeline(draft, task, pick)})`);
      }
    },
  },
  {
    name: 'merge files',
    sleeps: true,
    draw: (draft, task, pick) => {
      const files = `${file(draft, task, pick)}, ${file(draft, task, pick)}`;
      const flags = pick.below(12) === 11 ? ', flags: 1' : '';
      opened(task, `sys.merge(${files}${flags}${memory(pick)})`);
    },
  },
  onFile('information', (name, pick) => {
    const flags = pick.below(12) === 11 ? ', pad: 1' : '';
    return `sys.info(${name}, ${pick.below(5)}${flags}${memory(pick)})`;
  }),
  onFile('set a deadline', (name, pick) => {
    const pad = pick.below(12) === 11 ? ', pad: 1' : '';
    return `sys.deadline(${name}, ${pick.below(5)}${pad})`;
  }),
  {
    name: 'get a deadline',
    sleeps: true,
    draw: (draft, task, pick) => {
      const on = timeline(draft, task, pick);
      task.calls.push(`sys.getDeadline(${on}, ${file(draft, task, pick)}${memory(pick)})`);
    },
  },
  {
    name: 'close',
    sleeps: true,
    draw: (_draft, task, pick) => {
      const name = pick.of(task.descriptors);
      if (name !== undefined) task.calls.push(`sys.close(${name})`);
    },
  },
  {
    name: 'copy',
    sleeps: true,
    draw: (draft, task, pick) => {
      const name = pick.of([...draft.points, ...task.descriptors]);
      if (name !== undefined) opened(task, `sys.dup(${name})`);
    },
  },
  onFile(
    'poll a file',
    (name, pick) => `sys.poll(${name}, ${pick.of(EVENTS) ?? 'in'}, ${pick.of(TIMEOUTS) ?? '0'})`,
  ),
  {
    name: 'poll a file without a limit',
    sleeps: true,
    draw: (draft, task, pick) => {
      // Points of the set-up are never closed, and the issuer completes them.
      const names = [pick.of(draft.points), pick.of(draft.points)];
      task.calls.push(`sys.pollMany([${names.join(', ')}], in, -1)`);
    },
  },
  {
    name: 'epoll',
    sleeps: true,
    draw: (draft, task, pick) => {
      const set = pick.of(draft.sets);
      if (set === undefined) return;
      const kind = pick.of(['Add', 'Wait', 'Modify', 'Add', 'Wait', 'Remove']) ?? 'Add';
      if (kind === 'Wait') {
        task.calls.push(`sys.epollWait(${set}, ${pick.of(TIMEOUTS) ?? '0'})`);
        return;
      }
      const name = file(draft, task, pick);
      const events = kind === 'Remove' ? '' : `, ${pick.of(REGISTRATIONS) ?? 'in'}`;
      task.calls.push(`sys.epoll${kind}(${set}, ${name}${events})`);
    },
  },
  {
    name: 'list timelines',
    sleeps: true,
    draw: (_draft, task) => {
      task.calls.push('sys.swSyncInfo()');
    },
  },
  onFile('something foreign', (name, pick) => `${pick.of(FOREIGN) ?? 'sys.read'}(${name})`),
  {
    name: 'wait in the kernel',
    sleeps: true,
    draw: (draft, task, pick) => {
      task.calls.push(`driver.waitFor(${pick.of(draft.points) ?? '-1'})`);
    },
  },
  {
    name: 'import a fence',
    sleeps: true,
    draw: (draft, task, pick) => {
      const fence = task.fresh('k');
      task.calls.push(`${fence} = driver.inFence(${pick.of(draft.points) ?? '-1'})`);
      task.calls.push(`fence.getStatus(${fence})`);
    },
  },
  {
    name: 'publish a fence',
    sleeps: true,
    draw: (draft, task, pick) => {
      const fence = task.use(pick.of(draft.fences)?.name ?? 'f0');
      opened(task, `driver.outFence(${fence})`);
    },
  },
];
