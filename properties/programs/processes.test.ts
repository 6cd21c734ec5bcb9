import { expect, test } from 'vitest';

import { resultNamed } from '../check/results.ts';
import { judgesOf } from '../judges/standard.ts';
import { explore, type Schedules } from '../run/explore.ts';
import type { Run } from '../run/run.ts';
import './operations/index.ts';
import { callText, program, type Written } from './parse.ts';
import type { Program } from './program.ts';

const STATES: Schedules = { kind: 'stateful', statesMax: 200_000 };
const CLASSES: Schedules = { kind: 'dpor', runsMax: 200_000 };

/** What these names can stand for together, in every schedule. Nobody complains, nothing is left. */
function outcomes(
  written: Written | Program,
  names: readonly string[],
  schedules: Schedules = STATES,
): string[] {
  const seen = new Set<string>();
  const view = (run: Run): string =>
    names.map((name) => String(resultNamed(run, name) ?? 'none')).join(' ');
  const tested = 'name' in written ? written : program('processes', written);
  const explored = explore(tested, schedules, {
    ...judgesOf(schedules),
    view,
    visit: (run) => {
      expect(run.findings.map(({ message }) => message)).toEqual([]);
      seen.add(view(run));
      return true;
    },
  });
  expect(explored.isExhaustive).toBe(true);
  return [...seen].toSorted();
}

test('a task says whose thread it is, and no task is one of main only', () => {
  const { tasks } = program('names', { tasks: { A: 'task.sleep(1)', 'child/B': 'task.sleep(1)' } });
  expect(tasks.map(({ name, process }) => [name, process])).toEqual([
    ['A', undefined],
    ['B', 'child'],
  ]);
  expect(tasks[1]?.calls.map(callText)).toEqual(['task.sleep(1)']);
});

test('a process that nobody forks has no descriptors', () => {
  const written = {
    setup: 'e = sys.eventfd()',
    tasks: { A: 'a = sys.modes(e)', 'child/B': 'b = sys.modes(e)' },
  };
  expect(outcomes(written, ['a', 'b'])).toEqual(['readWrite closeOnExec -9']);
});

test('a fork copies descriptors: closing one is nothing to the other', () => {
  const written = {
    setup: 'e = sys.eventfd(5)',
    tasks: {
      A: 'sys.fork(child); a = sys.close(e); x = sys.readCount(e)',
      'child/B': 'b = sys.readCount(e); c = sys.close(e); d = sys.close(e)',
    },
  };
  expect(outcomes(written, ['a', 'x', 'b', 'c', 'd'])).toEqual(['0 -9 5 0 -9']);
});

test('a fork is one moment for the threads of its parent', () => {
  const written = {
    setup: 'e = sys.eventfd(); f = sys.eventfd(1)',
    tasks: {
      A: 'sys.fork(child)',
      T: 'sys.close(e); sys.close(f)',
      'child/B': 'x = sys.addCount(e); y = sys.addCount(f)',
    },
  };
  // Never f without e: they were closed in this order.
  const expected = ['-9 -9', '-9 0', '0 0'];
  expect(outcomes(written, ['x', 'y'])).toEqual(expected);
  expect(outcomes(written, ['x', 'y'], CLASSES)).toEqual(expected);
});

test('shared mappings show one memory after a fork, private ones are copied', () => {
  const written = {
    setup: `m = sys.memfd(4096); s = sys.mmap(m); p = sys.mmap(m, private: true)
      sys.store(p, 0, 7)`,
    tasks: {
      A: `sys.fork(child); sys.store(s, 1, 3); sys.store(p, 0, 8); sys.munmap(p); sys.close(m)
        a = sys.load(p, 0)`,
      'child/B': `task.sleep(5); b = sys.load(s, 1); c = sys.load(p, 0); d = sys.load(p, 4096)
        sys.munmap(s); e = sys.load(s, 0)`,
    },
  };
  expect(outcomes(written, ['a', 'b', 'c', 'd', 'e'])).toEqual(['SIGSEGV 3 7 SIGSEGV SIGSEGV']);
});

test('a mapping behind the end of its file gives SIGBUS; a seal waits for writable mappings', () => {
  const written = {
    setup: 'm = sys.memfd(8192); s = sys.mmap(m, 8192)',
    tasks: {
      A: `sys.fork(child); a = sys.truncate(m, 4096); b = sys.load(s, 0); c = sys.store(s, 4096)
        sys.munmap(s); d = sys.addSeals(m, 8)`,
      'child/B': 'task.sleep(5); sys.munmap(s); e = sys.addSeals(m, 8); f = sys.mmap(m)',
    },
  };
  expect(outcomes(written, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['0 0 SIGBUS -16 0 -1']);
});

test('a file under way stays open, whoever closes it', () => {
  const written = {
    setup: 'e = sys.eventfd(5)',
    tasks: {
      A: 'a = sys.send(e, child); b = sys.close(e); c = sys.send(e, child)',
      'child/B': 'd = sys.receive(); g = sys.nextNumber(); h = sys.readCount(0)',
    },
  };
  expect(outcomes(written, ['a', 'b', 'c', 'd', 'g', 'h'])).toEqual(['0 0 -9 0 1 5']);
  expect(outcomes(written, ['a', 'd', 'h'], CLASSES)).toEqual(['0 0 5']);
});

test('what is never received is dropped at the end', () => {
  const written = {
    tasks: { A: 'e = sys.eventfd(); sys.send(e, child)', 'child/B': 'r = sys.receive(false)' },
  };
  expect(outcomes(written, ['r'])).toEqual(['-11', '0']);
});

test('without room for it a descriptor is not received, and its file is closed', () => {
  const written = {
    tasks: {
      A: 'e = sys.eventfd(); sys.send(e, child); sys.close(e)',
      'child/B': 'sys.fillTable(); r = sys.receive()',
    },
  };
  expect(outcomes(written, ['r'])).toEqual(['-24']);
});

test('a signal ends the wait for a descriptor', () => {
  const written = {
    tasks: { A: 'task.interrupt(B)', 'child/B': 'r = sys.receive(); s = sys.receive(false)' },
  };
  expect(outcomes(written, ['r', 's'])).toEqual(['-4 -11']);
  expect(outcomes(written, ['r', 's'], CLASSES)).toEqual(['-4 -11']);
});

test('a killed process ends between two calls, its waits at once, and gives everything back', () => {
  const written = {
    setup: 't = sys.timeline(); f = sys.createFence(t, 1)',
    tasks: {
      A: 'sys.fork(child); sys.kill(child); sys.close(f)',
      'child/B': 'r = sys.poll(f, in, -1); s = sys.nextNumber()',
      'child/C': 'n = sys.nextNumber()',
    },
  };
  expect(outcomes(written, ['r', 's', 'n'])).toEqual([
    '-4 none 2',
    '-4 none none',
    'none none 2',
    'none none none',
  ]);
});

test('threads of one process share descriptors', () => {
  const written = {
    tasks: { 'child/A': 'e = sys.eventfd(3)', 'child/B': 'task.sleep(5); r = sys.readCount(0)' },
  };
  expect(outcomes(written, ['r'])).toEqual(['3']);
});
