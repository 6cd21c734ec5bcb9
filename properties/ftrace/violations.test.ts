import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RuleId } from '../../model/rules/catalogue.ts';
import { checkLog } from './check-log.ts';
import {
  type FenceLines,
  fenceLines,
  jobLines,
  pointerLines,
  tickLine,
  writtenLog,
} from './drawn/written-lines.ts';
import type { LogReport } from './log-report.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(
  lines: readonly string[],
  options: { readonly cards: number } = { cards: 1 },
): LogReport {
  const file = join(folder, 'written.log');
  writeFileSync(file, writtenLog(lines));
  return checkLog(file, options);
}

const f = fenceLines('nouveau', [7, 9]);
const g = fenceLines('nouveau', [7, 9], { task: 6, cpu: 1 });
/** So many lines take longer than a flag needs to become a line. */
const LATER = Array.from({ length: 150 }, () => '0 1 other_event: nothing');

const old = pointerLines;
const job = jobLines;
const tick = tickLine;
const p = (seqno: number): FenceLines => fenceLines('sw_sync', [31, seqno]);
const finished = (seqno: number): FenceLines => fenceLines('drm_sched', [20, seqno]);
const s = (seqno: number): FenceLines => fenceLines('drm_sched', [19, seqno]);
const scheduled = fenceLines('drm_sched', [7, 9]);
const g1 = fenceLines('other', [40, 1]);
const inTicks = (line: string, at: number): string =>
  line.replace(/^(\d) (\d+) /, (_, cpu, task) => `task-${task} [00${cpu}] ${(at + 1) * 1000}: `);
const LOST = 'CPU:0 [LOST 3 EVENTS]';
const anyWait = [f.start, f.end];

/** A log that cannot be, and its neighbour that can: the rule if one says it, and the line that is wrong. */
const CASES: readonly (readonly [
  name: string,
  rule: RuleId | null,
  line: number,
  wrong: readonly string[],
  right: readonly string[],
])[] = [
  ['signaled twice', 'FENCE-089', 3, [f.init, f.signaled, f.signaled], [f.init, f.signaled]],
  [
    'armed twice',
    'FENCE-017',
    3,
    [f.init, f.enable, f.enable],
    [f.init, f.enable, f.signaled, f.destroy],
  ],
  [
    'armed behind the signal',
    'FENCE-017',
    3,
    [f.init, f.signaled, f.enable],
    [f.init, f.enable, f.signaled],
  ],
  [
    'destroyed twice',
    'FENCE-006',
    3,
    [f.init, f.destroy, f.destroy],
    [f.init, f.destroy, f.init, f.destroy],
  ],
  [
    'signaled and destroyed, and signaled',
    'FENCE-029',
    4,
    [f.init, f.signaled, f.destroy, f.signaled],
    // The release has found callbacks.
    [f.init, f.destroy, f.signaled],
  ],
  [
    'a wait that begins when it is gone',
    'FENCE-012',
    3,
    [f.init, f.destroy, f.start],
    [f.init, f.start, f.end, f.destroy],
  ],
  [
    'emitted when it is gone',
    'FENCE-012',
    3,
    [f.init, f.destroy, f.emit],
    [f.init, f.emit, f.destroy],
  ],
  [
    'destroyed while somebody waits',
    'FENCE-012',
    5,
    [f.init, f.start, g.start, f.end, f.destroy],
    [f.init, f.start, g.start, f.end, g.end, f.destroy],
  ],
  [
    'a wait that ends and did not begin',
    'FENCE-089',
    4,
    [f.init, ...anyWait, g.end],
    [f.init, ...anyWait],
  ],
  [
    'one task in two waits for one fence',
    'FENCE-063',
    3,
    [f.init, f.start, f.start, f.end],
    [f.init, f.start, g.start, f.end, g.end],
  ],
  [
    'a point behind a later one',
    'SWSYNC-010',
    6,
    [p(1).init, p(1).enable, p(2).init, p(2).enable, p(2).signaled, p(1).signaled],
    // The second one may be born late.
    [p(1).init, p(1).enable, p(2).init, p(2).signaled, p(1).signaled],
  ],
  [
    'points around the end of the numbers',
    'SWSYNC-010',
    6,
    [
      ...[p(0xffffffff).init, p(0xffffffff).start, p(0).init, p(0).start],
      ...[p(0).signaled, p(0xffffffff).signaled],
    ],
    [p(0xffffffff).init, p(0xffffffff).start, p(0).init, p(0xffffffff).signaled, p(0).signaled],
  ],
  [
    'points on both sides of half of the numbers',
    'SWSYNC-010',
    6,
    [
      ...[p(0x7ffffff0).init, p(0x7ffffff0).enable, p(0x90000000).init, p(0x90000000).start],
      ...[p(0x90000000).signaled, p(0x7ffffff0).signaled],
    ],
    // To a timeline at 16 the first one is still to come, and the second one has passed.
    [
      ...[p(0x7fffffff).init, p(0x7fffffff).enable, p(0x90000000).init, p(0x90000000).signaled],
      p(0x7fffffff).signaled,
    ],
  ],
  [
    'jobs that are scheduled out of order',
    'SCHED-008',
    6,
    [s(1).init, s(2).init, job(1).queue, job(2).queue, s(2).signaled, s(1).signaled],
    // What never gets to the hardware is finished at once.
    [
      ...[s(1).init, finished(1).init, s(2).init, finished(2).init, job(1).queue, job(2).queue],
      ...[s(1).signaled, s(2).signaled, finished(2).signaled, finished(1).signaled],
    ],
  ],
  [
    'a job that is finished before it is scheduled',
    'SCHED-019',
    4,
    [s(1).init, finished(1).init, job(1).queue, finished(1).signaled],
    [s(1).init, finished(1).init, job(1).queue, s(1).signaled, finished(1).signaled],
  ],
  [
    'a job that is run twice',
    'SCHED-016',
    3,
    [job(1).queue, job(1).run, job(1).run],
    [job(1).queue, job(1).run],
  ],
  [
    'a job that is done before it is run',
    'SCHED-019',
    2,
    [job(1).queue, job(1).done, job(1).run],
    [job(1).queue, job(1).run, job(1).done],
  ],
  [
    'a job that is done twice',
    'SCHED-019',
    4,
    [old(1).queue, old(1).run, old(1).done, old(1).done],
    [old(1).queue, old(1).run, old(1).done, old(1).queue, old(1).run, old(1).done],
  ],
  [
    'a job that is queued twice',
    'SCHED-001',
    2,
    [job(1).queue, job(1).queue],
    // A pointer that is used again is another job.
    [old(1).queue, old(1).queue],
  ],
  [
    'jobs that are queued out of order',
    'SCHED-004',
    2,
    [job(2).queue, job(1).queue],
    [job(1).queue, job(2).queue],
  ],
  [
    'jobs that are run out of order',
    'SCHED-008',
    4,
    [old(1).queue, old(2).queue, old(2).run, old(1).run],
    [old(1).queue, old(2, 'e2').queue, old(2, 'e2').run, old(1).run],
  ],
  [
    'a job that does not wait for what it depends on',
    'SCHED-008',
    155,
    [f.init, job(1).queue, job(1).needs, job(1).run, ...LATER, f.signaled],
    [f.init, job(1).queue, job(1).needs, ...LATER, f.signaled, job(1).run],
  ],
  [
    'a job that does not wait, as older kernels write it',
    'SCHED-008',
    155,
    [f.init, old(1).queue, old(1).needs, old(1).run, ...LATER, f.signaled],
    // The flag is seen before the line.
    [f.init, old(1).queue, old(1).needs, old(1).run, f.signaled],
  ],
  [
    'a dependency on another ring',
    'SCHED-008',
    155,
    [
      scheduled.init,
      job(1, 'sdma').queue,
      job(1, 'sdma').needs,
      job(1, 'sdma').run,
      ...LATER,
      scheduled.signaled,
    ],
    // On the ring of the job, order is enough.
    [
      scheduled.init,
      job(1, 'ring').queue,
      job(1, 'ring').needs,
      job(1, 'ring').run,
      ...LATER,
      scheduled.signaled,
    ],
  ],
  ['a blank that goes back', null, 3, [tick(5), tick(6), tick(5)], [tick(5), tick(5), tick(6)]],
  [
    'a blank that goes back around the end of the numbers',
    null,
    2,
    [tick(3), tick(0xffffffff)],
    [tick(0xffffffff), tick(3), tick(1, 1)],
  ],
];

describe('what cannot be', () => {
  test.each(CASES)('%s', (_, rule, line, wrong, right) => {
    const { violations } = check(wrong);
    expect(violations.map((found) => found.line)).toEqual([line]);
    if (rule === null) expect(violations[0]?.rules).toEqual([]);
    else expect(violations[0]?.rules).toContain(rule);
    expect(violations[0]?.text).toContain('task-');
    for (const reason of violations[0]?.because ?? []) expect(reason.text).toContain('task-');
    expect(check(right).violations).toEqual([]);
  });

  test.each(CASES)('%s: not when the log begins in the middle or events are lost', (...one) => {
    const [, , line, wrong] = one;
    // The last line alone says nothing, and neither does it behind a loss.
    const last = wrong.slice(line - 1, line);
    const others = [fenceLines('other', [99, 1]).init, old(99).queue, old(99).run, tick(1, 9)];
    expect(check([...others, ...last]).violations).toEqual([]);
    const { violations, lost } = check([...wrong.slice(0, line - 1), LOST, ...last]);
    expect(violations).toEqual([]);
    expect(lost).toMatchObject({ times: 1, events: 3, cpus: [0] });
  });
});

describe('a job that does not wait for what is never done', () => {
  const never = [f.init, job(1).queue, job(1).needs, job(1).run];
  // Another fence shows that signals are recorded.
  const end = [...LATER, g1.init, g1.signaled];

  test('is found at the end of the log', () => {
    const [found, ...more] = check([...never, ...end]).violations;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ rules: ['SCHED-008'], line: 4 });
    expect(found?.because.map(({ line }) => line)).toEqual([1, 3]);
  });

  test.each([
    ['the log ends too soon', [...never, g1.init, g1.signaled]],
    ['events are lost', [...never, LOST, ...end]],
    ['signals are not recorded', [...never, ...LATER]],
    ['the time has no seconds', [...never, ...end].map(inTicks)],
  ])('but not when %s', (_, lines) => {
    expect(check(lines).violations).toEqual([]);
  });
});

describe('what a log does not show', () => {
  test('lost events take back what was found since the last event of their processor', () => {
    const wrong = [g.init, f.signaled, g.signaled, g.start];
    expect(check(wrong).violations).toHaveLength(1);
    // Processor 0 has said nothing since line 2: a new fence may have begun there.
    const late = check([...wrong, LOST, f.end]);
    expect(late.violations).toEqual([]);
    expect(late.lost.withdrawn).toBe(1);
    // Here it has.
    expect(check([...wrong, '0 1 other_event: x', LOST, f.end]).violations).toHaveLength(1);
  });

  test('processors whose buffers begin later, marked or not', () => {
    const wrong = [f.init, f.signaled, f.signaled];
    const head = '# entries-in-buffer/entries-written: 4/90   #P:2';
    expect(check([...wrong, '##### CPU 1 buffer started ####', g.start]).violations).toEqual([]);
    expect(check([head, ...wrong, g.start]).violations).toEqual([]);
    expect(check([...wrong, g.start]).violations).toHaveLength(1);
  });

  test('without the lines that show a new beginning, a repeated number says nothing', () => {
    expect(check([f.signaled, f.signaled])).toMatchObject({
      violations: [],
      lost: { withdrawn: 1 },
    });
    expect(check([job(1).queue, job(1).done]).violations).toEqual([]);
    expect(check([fenceLines('a', [1, 1]).init, f.signaled, f.signaled]).violations).toHaveLength(
      1,
    );
  });

  test('fences that share a number are not judged, and are counted', () => {
    const twins = [f.init, f.init, f.signaled, f.signaled, f.destroy, f.destroy];
    expect(check(twins)).toMatchObject({ violations: [], fences: { unjudged: 5 } });
    for (const driver of ['dma_fence_chain', 'stub']) {
      const { init, signaled } = fenceLines(driver, [3, 1]);
      expect(check([init, signaled, signaled]).violations).toEqual([]);
    }
    const { init, signaled } = fenceLines('a', [0, 1]);
    expect(check([init, signaled, signaled]).violations).toEqual([]);
  });

  test('fences that begin when a number is free again are judged', () => {
    const twins = [f.init, f.init, f.signaled, f.signaled, f.destroy, f.destroy];
    const twice = [f.init, f.signaled, f.signaled];
    const lines = (log: readonly string[]): readonly number[] =>
      check(log).violations.map(({ line }) => line);
    expect(lines([...twins, ...twice])).toEqual([9]);
    // The one that is left may be any of the two.
    expect(lines([...twins.slice(0, 5), ...twice])).toEqual([]);
    expect(lines([f.init, LOST, ...twice])).toEqual([5]);
    // Here it is not known how many are left.
    expect(lines([f.init, f.init, LOST, f.destroy, f.destroy, ...twice])).toEqual([]);
    const earlier = '  task-1 [000] 1.000000: sched_switch: x';
    expect(lines([f.init, f.init, earlier, ...twice])).toEqual([6]);
  });

  test('names that a newer kernel takes from fences that are done', () => {
    const done = fenceLines('detached-driver', [7, 9]);
    expect(check([f.init, done.signaled, done.signaled]).violations).toHaveLength(1);
    // Whose they were is not known: nodes of a chain share their numbers.
    expect(check([p(1).init, done.destroy, done.destroy]).violations).toEqual([]);
    // They are known again by their own name.
    const log = [done.destroy, f.init, f.signaled, f.signaled];
    const [found] = check(log).violations;
    expect(found?.message).toContain('(nouveau ring)');
  });

  test('time that goes back begins another log', () => {
    const later = '  task-1 [000] 9.000000: sched_switch: x';
    const log = [f.init, f.signaled, later, f.signaled];
    expect(check(log)).toMatchObject({ violations: [], lost: { restarts: 1 } });
  });

  test('cards that share the numbers of their CRTCs', () => {
    expect(check([tick(5), tick(900), tick(6)], { cards: 2 }).violations).toEqual([]);
    expect(check([tick(5), tick(900), tick(6)]).violations).toHaveLength(1);
  });
});
