import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import type { Trace } from '../trace.ts';
import { CHROME } from './chrome.ts';
import { exportedOf, keptOf } from './exported.ts';

interface Entry {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly s?: string;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Slice extends Entry {
  readonly ts: number;
  readonly dur: number;
}

function read(trace: Trace): readonly Entry[] {
  const { displayTimeUnit, traceEvents } = JSON.parse(CHROME.write(exportedOf(trace))) as {
    displayTimeUnit: string;
    traceEvents: Entry[];
  };
  expect(['ms', 'ns']).toContain(displayTimeUnit);
  return traceEvents;
}

const isSlice = (entry: Entry): entry is Slice => entry.ph === 'X';

/** Of two slices on a thread one holds the other, or one ends before the other begins. */
function expectNested(slices: readonly Slice[]): void {
  const sorted = slices.toSorted((one, other) => one.ts - other.ts || other.dur - one.dur);
  const open: Slice[] = [];
  for (const slice of sorted) {
    expect(slice.dur).toBeGreaterThan(0);
    while ((open.at(-1)?.ts ?? 0) + (open.at(-1)?.dur ?? Infinity) <= slice.ts) open.pop();
    const around = open.at(-1);
    if (around !== undefined) {
      expect(slice.ts + slice.dur).toBeLessThanOrEqual(around.ts + around.dur);
    }
    open.push(slice);
  }
}

function expectSound(trace: Trace): void {
  const entries = read(trace);
  const threads = new Map(
    entries
      .filter(({ name }) => name === 'thread_name')
      .map(({ tid, args }) => [tid, args?.['name']]),
  );
  expect(new Set(threads.values()).size).toBe(threads.size);
  const slices = entries.filter(isSlice);
  expect(slices.filter(({ args }) => args?.['step'] !== undefined)).toHaveLength(
    trace.steps.length,
  );
  for (const tid of threads.keys()) expectNested(slices.filter((slice) => slice.tid === tid));
  const starts = entries.filter(({ ph }) => ph === 's');
  const ends = entries.filter(({ ph }) => ph === 'f');
  expect(new Set(starts.map(({ id }) => id)).size).toBe(starts.length);
  expect(ends.map(({ id }) => id)).toEqual(starts.map(({ id }) => id));
  for (const [index, start] of starts.entries()) {
    const end = ends[index];
    expect(end?.bp).toBe('e');
    expect(end?.ts ?? 0).toBeGreaterThan(start.ts ?? 0);
    expect(end?.tid).not.toBe(start.tid);
    for (const { tid, ts = -1 } of [start, end ?? start]) {
      expect(slices.some((slice) => slice.tid === tid && slice.ts === ts)).toBe(true);
    }
  }
  for (const { ph, tid, ts, name } of entries) {
    expect(['M', 'X', 'i', 's', 'f']).toContain(ph);
    expect(ph === 'M' || threads.has(tid)).toBe(true);
    expect(ph === 'M' || Number.isInteger(ts)).toBe(true);
    expect(name).not.toBe('');
  }
}

test('slices nest, flows have two ends, and every thread has a name', () => {
  fc.assert(fc.property(arbitraryTrace, expectSound), { numRuns: 200, seed: 1 });
});

test('a wake-up leads from who wakes to who goes on', () => {
  const { trace } = keptOf('kept/BUG-RESV-02');
  expectSound(trace);
  const entries = read(trace);
  const flows = entries.filter(({ ph }) => ph === 's' || ph === 'f');
  const names = flows.map((flow) => {
    const around = entries.filter((one) => isSlice(one) && one.tid === flow.tid);
    return around.findLast(({ ts }) => ts === flow.ts)?.name;
  });
  expect(names).toEqual(['wake A.state', 'schedule A']);
});

test('the calls of a race lie side by side', () => {
  const slices = read(keptOf('golden/race').trace).filter(isSlice);
  const calls = slices.filter(({ args }) => args?.['returns'] !== undefined);
  expect(calls.map(({ name, ts, dur }) => ({ name, ts, dur }))).toEqual([
    { name: 'fence.addCallback(f1, cb1)', ts: 1, dur: 7 },
    { name: 'fence.signal(f1)', ts: 2, dur: 4 },
  ]);
  const deciding = slices.filter(({ args }) => args?.['deciding'] === true);
  expect(deciding.map(({ ts }) => ts)).toEqual([2]);
});
