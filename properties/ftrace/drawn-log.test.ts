import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { checkLog } from './check-log.ts';
import { drawnLog, type DrawnLogOptions } from './drawn/drawn-log.ts';
import type { DrawnLine } from './drawn/log-writer.ts';
import type { LogReport } from './log-report.ts';

// Logs that a machine could have written, with parts missing: nothing may be found. Logs with a line
// that no machine writes: it must be found.

const RUNS = 15;
const LINES = 1200;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-drawn-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const options: fc.Arbitrary<DrawnLogOptions> = fc.record({
  seed: fc.nat(),
  look: fc.constantFrom('trace-cmd', 'tracing file'),
  names: fc.constantFrom('pointers', 'fences'),
});

function draw(from: DrawnLogOptions): DrawnLine[] {
  const lines: DrawnLine[] = [];
  for (const line of drawnLog(from)) {
    lines.push(line);
    if (lines.length === LINES) break;
  }
  return lines;
}

function check(lines: readonly { readonly text: string }[]): LogReport {
  const file = join(folder, 'drawn.log');
  writeFileSync(file, lines.map(({ text }) => `${text}\n`).join(''));
  return checkLog(file);
}

/** Where a processor loses events: between two of its own, of which the second one stays. */
const losses = fc.array(
  fc.record({ cpu: fc.nat(3), from: fc.nat(LINES), count: fc.integer({ min: 1, max: 60 }) }),
  { maxLength: 6 },
);

/** The lines without those that were lost, and what is printed instead. */
function lose(
  lines: readonly DrawnLine[],
  where: readonly { cpu: number; from: number; count: number }[],
) {
  let left: { readonly cpu: number; readonly text: string }[] = [...lines];
  for (const { cpu, from, count } of where) {
    const own = left.flatMap((line, at) => (line.cpu === cpu && at >= from ? [at] : []));
    const gone = new Set(own.slice(0, count));
    const next = own[count];
    // What is lost at the end is not marked, and is just the end of the log.
    if (next === undefined) continue;
    const mark = `CPU:${cpu} [LOST ${count} EVENTS]`;
    left = left.flatMap((line, at) => {
      if (gone.has(at)) return [];
      return at === next ? [{ cpu: -1, text: mark }, line] : [line];
    });
  }
  return left;
}

test('whole logs: nothing is found, and everything is read', () => {
  fc.assert(
    fc.property(options, (from) => {
      const report = check(draw(from));
      expect(report.violations).toEqual([]);
      expect(report.misread.count).toBe(0);
      expect(report.events).toBe(LINES);
      expect(report.fences.unjudged).toBe(0);
      expect(Object.values(report.histograms).every(({ count }) => count > 5)).toBe(true);
    }),
    { numRuns: RUNS, seed: 1 },
  );
});

test('events are lost, or the log begins in the middle: nothing is found', () => {
  let times = 0;
  fc.assert(
    fc.property(options, losses, fc.nat(LINES / 2), (from, where, cut) => {
      const report = check(lose(draw(from).slice(cut), where));
      expect(report.violations).toEqual([]);
      times += report.lost.times;
    }),
    { numRuns: RUNS * 3, seed: 2 },
  );
  expect(times).toBeGreaterThan(RUNS);
});

test('buffers of processors begin at different times: nothing is found', () => {
  fc.assert(
    fc.property(
      options,
      fc.array(fc.nat(LINES / 2), { minLength: 4, maxLength: 4 }),
      (from, cuts) => {
        const seen = new Set<number>();
        const lines = draw(from)
          .filter(({ cpu }, at) => at >= (cuts[cpu] ?? 0))
          .flatMap((line, at) => {
            if (seen.has(line.cpu)) return [line];
            seen.add(line.cpu);
            return at === 0
              ? [line]
              : [{ text: `##### CPU ${line.cpu} buffer started ####` }, line];
          });
        expect(check(lines).violations).toEqual([]);
      },
    ),
    { numRuns: RUNS, seed: 3 },
  );
});

test('lines that are cut off or garbled: nothing is found but them', () => {
  fc.assert(
    fc.property(
      options,
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.nat(),
      (from, junk, at) => {
        const lines = draw(from);
        const place = at % lines.length;
        const cut = lines[place]?.text.slice(0, at % 60) ?? '';
        const text = [cut, junk.replaceAll('\n', ' ')].map((one) => ({ text: one }));
        const report = check([...lines.slice(0, place), ...text, ...lines.slice(place)]);
        expect(report.violations).toEqual([]);
        expect(report.events).toBe(LINES);
      },
    ),
    { numRuns: RUNS, seed: 4 },
  );
});

/** Lines that no machine writes a second time for the same fence or job. */
const ONCE =
  /^(dma_fence_(signaled|enable_signal|destroy)|drm_(run_job|sched_job_(run|done)|sched_process_job))$/;

test('a line that comes twice is found', () => {
  const events = new Set<string>();
  fc.assert(
    fc.property(options, fc.nat(5), fc.nat(200), (from, kind, choice) => {
      const lines = draw(from);
      const kinds = [...new Set(lines.map(({ event }) => event))].filter((event) =>
        ONCE.test(event),
      );
      const event = kinds.toSorted()[kind % kinds.length];
      // What was there before the log began may be something else.
      const whole = lines.flatMap((line, at) => (line.event === event && at > 200 ? [at] : []));
      const at = whole[choice % whole.length] ?? 0;
      const line = lines[at];
      if (line === undefined) throw new Error('no such line');
      events.add(line.event);
      const report = check([...lines.slice(0, at + 1), line, ...lines.slice(at + 1)]);
      expect(report.violations.map(({ line: found }) => found)).toContain(at + 2);
    }),
    { numRuns: RUNS * 3, seed: 5 },
  );
  expect([...events].toSorted()).toEqual([
    'dma_fence_destroy',
    'dma_fence_enable_signal',
    'dma_fence_signaled',
    'drm_run_job',
    'drm_sched_job_done',
    'drm_sched_job_run',
    'drm_sched_process_job',
  ]);
});

test('a signal that comes too early for its timeline is found', () => {
  fc.assert(
    fc.property(options, (from) => {
      const lines = draw({ ...from, names: 'fences' });
      const signals = lines.flatMap(({ event, fields }, at) =>
        event === 'dma_fence_signaled' && fields.includes('context=102') ? [at] : [],
      );
      const [first = 0, second = 0] = signals;
      const later = lines[second];
      const begun = lines.findIndex(
        ({ event, fields }) => event === 'dma_fence_init' && fields === later?.fields,
      );
      fc.pre(second > 0 && later !== undefined && begun < first);
      const early = { text: later.text.replace(TIME, timeOf(lines[first])) };
      const others = lines.filter((line) => line !== later);
      const found = check([...others.slice(0, first), early, ...others.slice(first)]);
      expect(found.violations.some(({ rules }) => rules.includes('SCHED-008'))).toBe(true);
    }),
    { numRuns: RUNS, seed: 6 },
  );
});

const TIME = /\d+\.\d{6}/;

function timeOf(line: DrawnLine | undefined): string {
  return TIME.exec(line?.text ?? '')?.[0] ?? '';
}
