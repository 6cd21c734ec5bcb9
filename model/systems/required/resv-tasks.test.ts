import { describe, expect, test } from 'vitest';
import { weak } from '../claims.ts';
import { Graph } from '../graph.ts';
import { findLasso } from '../liveness.ts';
import { survivors, unbound, without } from '../mutants.ts';
import type { Mutation } from '../mutants.ts';
import { refuteLasso } from '../replay-lasso.ts';
import { resvTasks } from './resv-tasks.ts';

const WRITE = 1;
const READ = 2;

const apart = [
  { context: 1, seqno: 1, usage: WRITE },
  { context: 2, seqno: 1, usage: READ },
];
const line = [
  { context: 1, seqno: 1, usage: READ },
  { context: 1, seqno: 2, usage: WRITE },
];

const always = {
  'WW-005': unbound('lock', 'resv'),
  'RESV-003': unbound('lock', 'resv'),
  'RESV-020': unbound('reserve', 'resv'),
  'RESV-024': unbound('add', 'resv'),
  // The slot is marked before the fence has its time.
  'RESV-018': unbound('stamp', 'fence'),
};
const eventually: Readonly<Record<string, Mutation>> = {
  'RESV-003': without('unlock'),
  'RESV-024': without('stamp'),
};

describe('each property of reservations can be broken', () => {
  test('with fences of several contexts', () => {
    const system = resvTasks({ tasks: apart, isWatched: false });
    const left = survivors(system, {
      always,
      deadlock: without('unlock'),
      sometimes: {
        'RESV-019': without('noMemory'),
        'RESV-024': without('stamp'),
        'RESV-029': without('add'),
      },
      eventually,
    });
    expect(left).toEqual([]);
  });

  test('with fences of one context', () => {
    const system = resvTasks({ tasks: line, isWatched: true });
    const left = survivors(system, {
      always,
      // The watcher goes on; nobody else does.
      deadlock: without('unlock', 'watcher.unlock', 'watcher.test'),
      sometimes: {
        'RESV-019': without('noMemory'),
        'RESV-024': without('add'),
        'RESV-026': without('add'),
      },
      eventually,
    });
    expect(left).toEqual([]);
  });
});

test('whoever comes again and again starves the others unless the lock is fair', () => {
  const { network, properties } = resvTasks({ tasks: line, isWatched: true });
  const graph = new Graph(network);
  const locks = (properties.eventually ?? []).filter(({ name }) => name.startsWith('RESV-003'));
  expect(locks).toHaveLength(2);
  for (const one of locks) {
    expect(findLasso(graph, one)).toBeNull();
    const weaker = { ...one, fair: weak(...one.fair.map(({ group }) => group)) };
    const lasso = findLasso(graph, weaker);
    expect(lasso?.cycle).toContain('watcher.lock');
    if (lasso !== null) expect(refuteLasso(network, weaker, lasso)).toBeNull();
  }
});
