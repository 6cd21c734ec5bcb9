import type { Pick } from './pick.ts';
import type { SyncobjTask } from './syncobj-draft.ts';

/** Unit: milliseconds. A transfer waits for five seconds at most. */
const TIMEOUTS = ['0', '3', '20000'] as const;
const SLEEPS = ['1', '6000'] as const;
const WAITS = ['none', 'all', 'submit', 'all+submit', 'deadline', 'submit+deadline'] as const;
const TIMELINE_WAITS = [...WAITS, 'available', 'all+available'] as const;
const POINTS = ['0', '1', '2', '3', '5', '2'] as const;

/** A kind of call: appends lines to the task, or does nothing when it does not fit. */
export interface SyncobjAction {
  readonly name: string;
  draw(task: SyncobjTask, pick: Pick): void;
}

/** Now and then the argument cannot be read, or the answer not be written. */
function memory(pick: Pick): string {
  const kind = pick.below(16);
  if (kind === 14) return ', memory: bad';
  return kind === 15 ? ', memory: readOnly' : '';
}

const point = (pick: Pick): string => pick.of(POINTS) ?? '0';

/** One object, two, or one twice. */
function several(task: SyncobjTask, pick: Pick): readonly string[] {
  const count = pick.below(4) === 3 ? 2 : 1;
  return Array.from({ length: count }, () => task.use('handles', pick));
}

/** A point for each of them, or no array at all. */
function points(list: readonly string[], pick: Pick): string {
  if (pick.below(8) === 7) return '';
  return `, points: [${list.map(() => point(pick)).join(', ')}]`;
}

/** A call that does something to some objects of a file. */
function onSeveral(name: string, call: string, rest: (pick: Pick) => string): SyncobjAction {
  return {
    name,
    draw: (task, pick) => {
      const list = several(task, pick);
      const words = `${task.file(pick)}, [${list.join(', ')}]`;
      const given = call.startsWith('so.timeline') ? points(list, pick) : '';
      task.calls.push(`${call}(${words}${given}${rest(pick)}${memory(pick)})`);
    },
  };
}

function waiting(pick: Pick, flags: readonly string[]): string {
  const flag = pick.of(flags) ?? 'none';
  return `, flags: ${flag}, timeout: ${pick.of(TIMEOUTS) ?? '0'}`;
}

/** What a program does with synchronisation objects, and with fences around them. */
export const SYNCOBJ_ACTIONS: readonly SyncobjAction[] = [
  onSeveral('wait', 'so.wait', (pick) => waiting(pick, WAITS)),
  onSeveral('wait for points', 'so.timelineWait', (pick) => waiting(pick, TIMELINE_WAITS)),
  onSeveral('signal', 'so.signal', () => ''),
  onSeveral('reset', 'so.reset', () => ''),
  onSeveral('signal points', 'so.timelineSignal', () => ''),
  onSeveral('query', 'so.query', (pick) => (pick.below(4) === 3 ? ', flags: 1' : '')),
  {
    name: 'create',
    draw: (task, pick) => {
      task.make('handles', `so.create(${task.file(pick)}, ${pick.below(2)}${memory(pick)})`);
    },
  },
  {
    name: 'destroy',
    draw: (task, pick) => {
      const handle = task.use('handles', pick);
      task.calls.push(`so.destroy(${task.file(pick)}, ${handle}${memory(pick)})`);
    },
  },
  {
    name: 'share',
    draw: (task, pick) => {
      const words = `${task.file(pick)}, ${task.use('handles', pick)}`;
      const isFence = pick.below(2) === 1;
      const flags = isFence ? ', 1' : '';
      task.make(isFence ? 'syncFiles' : 'shared', `so.toFd(${words}${flags}${memory(pick)})`);
    },
  },
  {
    name: 'take',
    draw: (task, pick) => {
      const words = `${task.file(pick)}, ${task.use('shared', pick)}`;
      task.make('handles', `so.fromFd(${words}${memory(pick)})`);
    },
  },
  {
    name: 'import a fence',
    draw: (task, pick) => {
      const words = `${task.file(pick)}, ${task.use('syncFiles', pick)}`;
      const handle = task.use('handles', pick);
      task.calls.push(`so.fromFd(${words}, 1, ${handle}${memory(pick)})`);
    },
  },
  {
    name: 'transfer',
    draw: (task, pick) => {
      const file = task.file(pick);
      const source = `${task.use('handles', pick)}, ${point(pick)}`;
      const target = `${task.use('handles', pick)}, ${point(pick)}`;
      const flags = pick.below(4) === 3 ? ', flags: submit' : '';
      task.calls.push(`so.transfer(${file}, ${source}, ${target}${flags}${memory(pick)})`);
    },
  },
  {
    name: 'count',
    draw: (task, pick) => {
      const words = `${task.file(pick)}, ${task.use('handles', pick)}, ${point(pick)}`;
      const flags = pick.below(2) === 1 ? ', flags: available' : '';
      const counter = task.use('counters', pick);
      task.calls.push(`so.eventfd(${words}, ${counter}${flags}${memory(pick)})`);
    },
  },
  {
    name: 'read a counter',
    draw: (task, pick) => {
      task.calls.push(`sys.readCount(${task.use('counters', pick)})`);
    },
  },
  {
    name: 'make a fence',
    draw: (task, pick) => {
      task.make('syncFiles', `sys.createFence(t0, ${1 + pick.below(4)})`);
    },
  },
  {
    name: 'advance',
    draw: (task, pick) => {
      task.calls.push(`sys.inc(t0, ${1 + pick.below(3)})`);
    },
  },
  {
    name: 'look at a file',
    draw: (task, pick) => {
      const file = task.use(pick.of(['syncFiles', 'shared'] as const) ?? 'syncFiles', pick);
      task.calls.push(pick.below(2) === 0 ? `sys.info(${file}, 2)` : `sys.poll(${file}, in, 0)`);
    },
  },
  {
    name: 'close',
    draw: (task, pick) => {
      const kinds = ['syncFiles', 'shared', 'counters', 'files'] as const;
      task.calls.push(`sys.close(${task.use(pick.of(kinds) ?? 'shared', pick)})`);
    },
  },
  {
    name: 'open the device',
    draw: (task) => {
      task.make('files', 'drm.open(v)');
    },
  },
  {
    name: 'sleep',
    draw: (task, pick) => {
      task.calls.push(`task.sleep(${pick.of(SLEEPS) ?? '1'})`);
    },
  },
];
