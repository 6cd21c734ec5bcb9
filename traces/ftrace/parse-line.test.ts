import { describe, expect, test } from 'vitest';

import { LINE_BYTES_MAX } from './lines.ts';
import { parseLine } from './parse-line.ts';

const FENCE = 'dma_fence_init: driver=vgem timeline=unbound context=7 seqno=9';

describe('headers', () => {
  test.each([
    ['  task-1234  [001]  123.456789: ', { task: 'task', pid: 1234, cpu: 1, time: 123_456_789 }],
    ['  task-1234  [001] d..2.  123.456789: ', { task: 'task', pid: 1234, cpu: 1 }],
    ['  task-1234  (  1200) [001] d..2.  123.456789: ', { task: 'task', pid: 1234 }],
    ['  <idle>-0   (-----) [013] d.h1.  1.000001: ', { task: '<idle>', pid: 0, cpu: 13 }],
    ['  task-1234  [001]  123.456789125: ', { time: 123_456_789.125, hasSeconds: true }],
    ['  task-1234  [001]  987654321: ', { time: 987_654_321, hasSeconds: false }],
    ['  task-1234  [001]  9007199254740991: ', { time: 9_007_199_254_740_991, hasSeconds: false }],
    ['   a-b: c [1]-40    [000] 1.000001: ', { task: 'a-b: c [1]', pid: 40 }],
    ['  Web Content-77 [000] 1.000001: ', { task: 'Web Content', pid: 77 }],
    ['  kworker/u16:2-8 [000] 1.000001: ', { task: 'kworker/u16:2', pid: 8 }],
    // A task that calls itself a header.
    ['  x-1 [7] 1.1: y:-5 [002] 3.000001: ', { task: 'x-1 [7] 1.1: y:', pid: 5, cpu: 2 }],
    ['  x-1 [7] 1: y:-5 [002] 3.000001: ', { pid: 5, cpu: 2 }],
  ])('%s', (start, header) => {
    expect(parseLine(start + FENCE)).toMatchObject({ kind: 'event', header });
  });
});

describe('a name of a task ends after 15 bytes', () => {
  const text = 'x-1 [000] 4.000001: dma_fence_signaled: driver=a timeline=b context=1 seqno=2';
  test('what the text of an event says is no event', () => {
    expect(parseLine(` bash-9 [000] 5.000001: tracing_mark_write: ${text}`)).toMatchObject({
      kind: 'other',
      header: { task: 'bash', pid: 9, time: 5_000_001 },
    });
  });

  test('the time of an event that nobody asks about is not that of a name', () => {
    const header = { task: 'x-1 [7] 1: y:', pid: 5, time: 3_000_001 };
    const line = ' x-1 [7] 1: y:-5 [002] 3.000001: sched_switch: a';
    expect(parseLine(line)).toMatchObject({ kind: 'other', header });
  });
});

const WHO = 'task-1 [000] 1.000001: ';

describe('events', () => {
  test.each([
    [
      'dma_fence_signaled: driver=a timeline=b context=1 c=2 context=4294967295 seqno=0',
      { driver: 'a', timeline: 'b context=1 c=2', context: 0xffffffff, seqno: 0 },
    ],
    ['dma_fence_destroy: driver= timeline= context=1 seqno=2', { driver: '', timeline: '' }],
    [
      'drm_sched_job: entity=00000000aa, id=5, fence=00000000bb, ring=gfx, job count:0, hw job count:1',
      { step: 'queue', key: '00000000bb', entity: '00000000aa', alias: 'gfx 5', seqno: null },
    ],
    [
      'drm_sched_job_run: dev=0000:0b:00.0, fence=18446744073709551615:4294967298, ring=gfx, job count:0',
      { step: 'run', entity: '4294967295', seqno: 2, alias: null },
    ],
    ['drm_sched_process_job: fence=00000000bb signaled', { step: 'done', key: '00000000bb' }],
    ['drm_sched_job_done: fence=3:4 signaled', { step: 'done', key: '3:4', seqno: 4 }],
    [
      'drm_sched_job_wait_dep: job ring=gfx, id=5, depends fence=00000000cc, context=6, seq=7',
      { kind: 'dependency', job: 'gfx 5', context: 6, seqno: 7 },
    ],
    [
      'drm_sched_job_add_dep: fence=3:4, id=9 depends on fence=6:7',
      { kind: 'dependency', job: '3:4', context: 6, seqno: 7 },
    ],
    [
      'drm_sched_job_unschedulable: fence=3:4 depends on unsignalled fence=6:7',
      { kind: 'dependency', job: '3:4', context: 6, seqno: 7 },
    ],
    ['drm_vblank_event: crtc=1, seq=5, time=8, high-prec=true', { step: 'tick', crtc: 1, seq: 5 }],
    ['drm_vblank_event_queued: pid=4, crtc=0, seq=6', { step: 'queued', seq: 6 }],
    ['drm_vblank_event_delivered: file=00f, crtc=0, seq=6', { step: 'delivered' }],
    ['sync_timeline: name=a value=1 value=-2', { timeline: 'a value=1', value: 0xfffffffe }],
  ])('%s', (text, event) => {
    expect(parseLine(WHO + text)).toMatchObject({ kind: 'event', event });
  });
});

describe('other lines', () => {
  test.each([
    ['CPU:1 [LOST 123 EVENTS]', { kind: 'lost', cpu: 1, count: 123 }],
    ['CPU:1 [LOST EVENTS]', { kind: 'lost', cpu: 1, count: null }],
    ['CPU:7 [204600 EVENTS DROPPED]', { kind: 'lost', cpu: 7, count: 204_600 }],
    ['CPU:7 [EVENTS DROPPED]', { kind: 'lost', cpu: 7, count: null }],
    ['##### CPU 2 buffer started ####', { kind: 'lost', cpu: 2, count: null }],
    ['# entries-in-buffer/entries-written: 10/25   #P:4', { kind: 'entries', kept: 10 }],
    ['# tracer: nop', { kind: 'remark' }],
    ['cpus=8', { kind: 'remark' }],
    ['CPU 3 is empty', { kind: 'remark' }],
    ['', { kind: 'remark' }],
    [' => dma_fence_signal', { kind: 'remark' }],
    [`${WHO}sched_switch: prev_comm=a`, { kind: 'other' }],
  ])('%s', (line, read) => {
    expect(parseLine(line)).toMatchObject(read);
  });
});

describe('what cannot be understood', () => {
  const long = 'x'.repeat(LINE_BYTES_MAX);
  test.each([
    `${WHO}dma_fence_init: driver=a timeline=b context=1 seqno=`,
    `${WHO}dma_fence_init: driver=a timeline=b context=1 seqno=-1`,
    `${WHO}dma_fence_init: driver=a timeline=b context=4294967296 seqno=1`,
    `${WHO}dma_fence_init: driver=a timeline=b context=1 seqno=1e3`,
    `${WHO}dma_fence_init: driver=a context=1 seqno=1 timeline=b`,
    `${WHO}dma_fence_init: driver=a timeline=b contex`,
    `${WHO}drm_sched_job: entity=(____ptrval____), id=5, fence=(____ptrval____), ring=gfx, job`,
    `${WHO}drm_sched_job_done: fence=3:18446744073709551616`,
    `${WHO}drm_vblank_event: crtc=0, seq=99999999999`,
    `${WHO}sync_timeline: name=a value=2147483648`,
    `task-99999999999 [000] 1.000001: ${FENCE}`,
    `task-1 [99999999] 1.000001: ${FENCE}`,
    `task-1 [000] 99999999999999999999.000001: ${FENCE}`,
    `task-1 [000] 9007199254740993: ${FENCE}`,
    'task-1 [000] 1.0000',
    '\0\0\0\0',
    '[000] [000] [000]',
    '['.repeat(LINE_BYTES_MAX),
    '[0] '.repeat(LINE_BYTES_MAX / 4),
    `${long.slice(0, 100)}-1 [000] 1.000001:${' '.repeat(1000)}`,
    'CPU:1 [LOST -5 EVENTS]',
  ])('%#', (line) => {
    expect(parseLine(line).kind).toBe('misread');
  });
});
