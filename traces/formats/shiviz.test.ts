import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import type { Trace } from '../trace.ts';
import { exportedOf, keptOf } from './exported.ts';
import { ordersOf } from './order.ts';
import { clocksOf, SHIVIZ } from './shiviz.ts';

interface Line {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly event: string;
}

/** Reads a log as ShiViz does: by the expression in its first line. */
function read(log: string): Line[] {
  const [expression = '', delimiter, ...lines] = log.split('\n');
  expect(delimiter).toBe('');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const groups = new RegExp(`^${expression}$`).exec(line)?.groups;
    const { host = '', clock = '', event = '' } = groups ?? {};
    return { host, clock: JSON.parse(clock) as Line['clock'], event };
  });
}

/** What happened before a step, by going back over every edge. */
function pastOf(trace: Trace): ReadonlySet<number>[] {
  const pasts: Set<number>[] = [];
  for (const [at, { task }] of trace.steps.entries()) {
    const lane = trace.steps.findLastIndex((one, index) => index < at && one.task === task);
    const edges = ordersOf(trace).filter(({ to }) => to === at + 1);
    const before = [lane, ...edges.map(({ from }) => from - 1)].filter((one) => one >= 0);
    pasts.push(new Set(before.flatMap((one) => [one, ...(pasts[one] ?? [])])));
  }
  return pasts;
}

const leq = (one: Line['clock'], other: Line['clock']): boolean =>
  Object.entries(one).every(([host, time]) => time <= (other[host] ?? 0));

function expectLaws(trace: Trace): void {
  const lines = read(SHIVIZ.write(exportedOf(trace)));
  expect(lines).toHaveLength(trace.steps.length);
  const times = new Map<string, number>();
  for (const { host, clock } of lines) {
    expect(host).not.toBe('');
    expect(clock[host]).toBe((times.get(host) ?? 0) + 1);
    times.set(host, clock[host] ?? 0);
    // Nobody knows what is yet to happen.
    for (const [other, time] of Object.entries(clock)) {
      expect(time).toBeLessThanOrEqual(times.get(other) ?? 0);
    }
  }
  expect(times.size).toBe(new Set(trace.steps.map(({ task }) => task)).size);
  const pasts = pastOf(trace);
  for (const [at, { clock }] of lines.entries()) {
    for (const [before, other] of lines.entries()) {
      if (before === at) continue;
      expect(leq(other.clock, clock)).toBe(pasts[at]?.has(before) === true);
    }
  }
}

test('a clock is behind another exactly when its step happened before', () => {
  fc.assert(fc.property(arbitraryTrace, expectLaws), { numRuns: 200, seed: 1 });
});

test.each(['golden/race', 'golden/deadlock', 'golden/interrupt', 'kept/BUG-FENCE-01'])(
  'clocks of %s',
  (name) => expectLaws(keptOf(name).trace),
);

test('a lock orders those who hold it, and a look without the lock does not', () => {
  const { trace } = keptOf('golden/race');
  // A tests the flags (1), B signals under the lock (2 to 5), A takes the lock (6).
  expect(ordersOf(trace)).toContainEqual({ from: 5, to: 6, by: 'lock' });
  const clocks = clocksOf(trace).map((clock) => Object.fromEntries(clock));
  expect(clocks.slice(0, 2)).toEqual([{ A: 1 }, { B: 1 }]);
  expect(clocks[5]).toEqual({ A: 2, B: 4 });
});
