import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { output } from './tools.ts';
import { WORKLOADS } from './workloads.ts';

// The workloads that SPIN runs are those whose counts are known.

const searches = WORKLOADS.flatMap((workload) =>
  workload.sizes.flatMap((size) => {
    const spin = workload.peersOf(size).find(({ name }) => name === 'spin');
    const states = spin?.expected.states;
    // The larger ones take minutes.
    if (spin === undefined || states === undefined || states > 200_000) return [];
    return [{ name: `${workload.name} ${size}`, spin, states }];
  }),
);

test('there are some of each workload', () => {
  const names = new Set(searches.map(({ name }) => name.slice(0, 2)));
  expect([...names]).toEqual(WORKLOADS.map(({ name }) => name));
});

test.each(searches)('SPIN finds the states of $name', ({ spin, states }) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-peers-'));
  try {
    spin.prepare(folder);
    const text = output(spin.command, folder);
    expect(text).toContain('errors: 0');
    expect(spin.read(text)).toMatchObject({ mode: 'search', states });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
