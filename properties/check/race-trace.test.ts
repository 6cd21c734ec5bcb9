import { describe, expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { withFault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { judgesOf } from '../judges/standard.ts';
import { program } from '../programs/parse.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { explore, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { explain } from './found.ts';
import { replay } from './replay.ts';
import { runProperty } from './run-property.ts';

const PLACES =
  /^data race on \S+: \S+: \S+ (read|write) of \S+ at step \d+, and \S+: \S+ (read|write) of \S+ at step \d+$/;

describe.each([
  'swsync-017-asked-without-lock',
  'swsync-023-added-without-lock',
  'resv-018-reads-plainly',
])('%s', (id) => {
  const fault = findFault(id);
  if (fault === null) throw new Error(`there is no fault ${id}`);
  const property = PROPERTIES.find(({ rules }) => rules[0] === fault.breaks[0]);
  if (property === undefined) throw new Error(`nothing is about ${id}`);
  const options = { seed: 1, types: withFault(INTACT, fault) };

  test('nobody but the judge of races sees it, and both places are named, always the same', () => {
    const { broken } = runProperty(property, options);
    expect(broken.length).toBeGreaterThan(0);
    for (const { finding } of broken) {
      expect(finding.judge).toBe('races');
      expect(finding.message).toMatch(PLACES);
    }
    const again = runProperty(property, { ...options, stopsAtFinding: true });
    expect(again.broken[0]?.finding).toEqual(broken[0]?.finding);
  });

  test('its trace still shows the race, replays to the same bytes, and shows nothing without it', () => {
    const [first] = runProperty(property, { ...options, stopsAtFinding: true }).broken;
    if (first === undefined || first.choices === null) throw new Error('nothing was found');
    const trace = explain({ ...first, choices: first.choices }, fault);
    expect(trace.verdict.judge).toBe('races');
    expect(trace.verdict.message).toMatch(PLACES);
    expect(replay(trace, fault).kind).toBe('identical');
    // The lock that was left out is an access more, so that the choices may not fit any more.
    expect(['passes', 'stale']).toContain(replay(trace, null).kind);
  });
});

const PEEKS = program('peeks', {
  setup: 'f = fence.create()',
  tasks: { A: 'fence.signal(f)', B: 'lockless.fence(f, [signaled, stamp])' },
});

test.each<Schedules>([
  { kind: 'stateful', statesMax: 10_000 },
  { kind: 'random', runs: 20, seed: 1 },
  { kind: 'pct', runs: 20, seed: 1, depth: 2 },
  { kind: 'pos', runs: 20, seed: 1 },
])(
  'a race that $kind has found is in its trace, which shows by clocks what states show',
  (kind) => {
    let found: { readonly finding: Finding; readonly choices: readonly number[] } | null = null;
    explore(PEEKS, kind, {
      ...judgesOf(kind),
      sampling: 0,
      visit: ({ findings: [finding], choices }) => {
        if (finding !== undefined) found = { finding, choices: [...choices] };
        return finding === undefined;
      },
    });
    if (found === null) throw new Error('nothing was found');
    const { finding, choices }: { finding: Finding; choices: readonly number[] } = found;
    expect(finding.judge).toBe('races');
    const trace = explain({ program: PEEKS, choices, finding, bounds: '' }, null);
    expect(trace.verdict.judge).toBe('races');
    expect(replay(trace, null).kind).toBe('identical');
  },
);
