import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { checkLog } from './check-log.ts';
import { fenceLines, writtenLog } from './drawn/written-lines.ts';
import { LogMonitor } from './log-monitor.ts';
import type { LogReport } from './log-report.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-counts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(lines: readonly string[]): LogReport {
  const file = join(folder, 'written.log');
  writeFileSync(file, writtenLog(lines));
  return checkLog(file);
}

const f = fenceLines('nouveau', [7, 9]);
const g = fenceLines('nouveau', [7, 9], { task: 6, cpu: 1 });

test('statistics', () => {
  const other = fenceLines('nouveau', [7, 10]);
  const third = fenceLines('nouveau', [8, 1]);
  const { fences, waits, histograms, lines, events, misread } = check([
    f.init,
    f.start,
    g.start,
    f.signaled,
    f.end,
    g.end,
    other.init,
    'what is this',
    third.init,
    third.destroy,
    other.start,
  ]);
  expect({ lines, events }).toEqual({ lines: 11, events: 10 });
  expect(misread).toEqual({ count: 1, first: [{ line: 8, text: 'what is this' }] });
  expect(fences).toMatchObject({
    inits: 3,
    signals: 1,
    destroys: 1,
    releasedPending: 1,
    forced: 0,
  });
  const fence = 'fence 7:10 (nouveau ring)';
  expect(fences.pending).toEqual({ count: 1, oldest: [{ fence, line: 7, age: 40 }] });
  expect(fences.timelines).toEqual([
    {
      driver: 'nouveau',
      timeline: 'ring',
      inits: 3,
      signals: 1,
      destroys: 1,
      waits: 3,
      longestToSignal: 30,
    },
  ]);
  expect(waits).toMatchObject({ open: 1, longest: { task: 'task-5', line: 5, time: 30 } });
  expect(waits.tasks).toEqual([
    { task: 'task-5', waits: 1, total: 30, longest: 30 },
    { task: 'task-6', waits: 1, total: 30, longest: 30 },
  ]);
  expect(histograms.wait).toEqual({
    count: 2,
    total: 60,
    longest: 30,
    buckets: [{ from: 16, count: 2 }],
  });
  expect(check([f.init, f.destroy, f.signaled]).fences.forced).toBe(1);
});

test.each(['trace-cmd', 'tracing-file'])('%s as it is printed', (name) => {
  const file = fileURLToPath(new URL(`logs/${name}.log`, import.meta.url));
  const { misread, violations, fences, waits, jobs, lost } = checkLog(file);
  expect({ misread: misread.count, violations }).toEqual({ misread: 0, violations: [] });
  expect(jobs).toEqual({ queued: 1, run: 1, done: 1 });
  expect(waits.tasks).toHaveLength(1);
  expect(fences.signals).toBe(3);
  expect(lost).toMatchObject(
    name === 'trace-cmd'
      ? { times: 0, overwritten: 0 }
      : { times: 2, events: 17, uncounted: 1, overwritten: 31 },
  );
});

test('more objects than can be remembered: all are forgotten, and that is said', () => {
  const monitor = new LogMonitor({ cards: 1 });
  const lines = (context: number): readonly string[] => {
    const { init, signaled } = fenceLines('a', [context, 1]);
    return [init, signaled].map((line) => line.replace(/^\d \d+ /, ' task-5 [000] 1.000001: '));
  };
  let number = 0;
  const take = (line: string | undefined): void => monitor.line(line ?? null, (number += 1));
  const [first, signal] = lines(1);
  take(first);
  take(signal);
  for (let context = 2; context < 1 << 18; context += 1) take(lines(context)[0]);
  expect(monitor.loss().overflows).toBe(0);
  take(lines(1 << 18)[0]);
  take(signal);
  expect(monitor.loss().overflows).toBe(1);
  expect(monitor.findings.finish(monitor.has)).toEqual([]);
  take(signal);
  expect(monitor.findings.finish(monitor.has)).toHaveLength(1);
});
