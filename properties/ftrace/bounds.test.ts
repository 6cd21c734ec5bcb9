import { expect, test } from 'vitest';

import type { FenceLogEvent, JobLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import { FenceMonitor } from './fences.ts';
import { Findings } from './findings.ts';
import { JobMonitor } from './jobs.ts';
import type { Moment } from './moment.ts';
import { observers } from './observers.ts';

// A log may be longer than memory is large: what is remembered of it has an end, and reaching it is
// said, but only for what is judged at all.

const CONTEXTS_MAX = 1 << 18;
const FENCES_MAX = 1 << 19;
const JOBS_MAX = 1 << 19;
const GONE_MAX = 1 << 16;

const machines = observers();

function monitors() {
  const findings = new Findings();
  const fences = new FenceMonitor(machines, findings);
  return { findings, fences, jobs: new JobMonitor(machines.job, { findings, fences }) };
}

function moment(line: number): Moment {
  return { line, time: line, task: 'task', pid: 1, hasSeconds: true };
}

function fence(
  name: FenceLogEvent['name'],
  { driver = 'a', context = 1, seqno = 1 }: Partial<FenceLogEvent>,
): FenceLogEvent {
  return { kind: 'fence', name, driver, timeline: 'ring', context, seqno };
}

/** As kernels write it that name jobs by pointers, or by context and number. */
function job(step: JobLogEvent['step'], names: Partial<JobLogEvent>): JobLogEvent {
  const name = step === 'queue' ? 'drm_sched_job_queue' : 'drm_sched_job_run';
  const who = { key: 'f1', alias: null, entity: null, ring: 'gfx', seqno: null };
  return { kind: 'job', name, step, ...who, ...names };
}

test.each(['stub', 'dma_fence_chain', 'detached-driver'])(
  'fences of %s, each with a context of its own, need no memory',
  (driver) => {
    const { findings, fences } = monitors();
    for (let context = 1; context <= CONTEXTS_MAX; context += 1) {
      fences.take(fence('dma_fence_signaled', { driver, context }), moment(context));
    }
    fences.take(fence('dma_fence_init', { context: CONTEXTS_MAX + 1 }), moment(1));
    expect(findings.overflows).toBe(0);
    expect(fences.unjudged).toBe(CONTEXTS_MAX);
  },
);

test('what is remembered of contexts has an end, and is counted anew from there', () => {
  const { findings, fences } = monitors();
  let line = 0;
  const begin = (count: number): void => {
    for (let context = 1; context <= count; context += 1) {
      line += 1;
      fences.take(fence('dma_fence_init', { context }), moment(line));
      fences.take(fence('dma_fence_destroy', { context }), moment(line));
    }
  };
  begin(GONE_MAX);
  for (let context = 1; context <= CONTEXTS_MAX; context += 1) {
    fences.take(fence('dma_fence_init', { context: GONE_MAX + context }), moment(line));
  }
  expect(findings.overflows).toBe(1);
  expect([...fences.known.remembered(findings.epoch)].length).toBe(GONE_MAX);
  // Those that were gone before take nothing away from what is remembered now.
  begin(GONE_MAX);
  for (let seqno = 1; seqno <= FENCES_MAX - 2 * GONE_MAX; seqno += 1) {
    fences.take(fence('dma_fence_init', { context: 2 * CONTEXTS_MAX, seqno }), moment(line));
  }
  expect(findings.overflows).toBe(2);
});

test('contexts of whole jobs have an end', () => {
  const { findings, fences } = monitors();
  for (let context = 0; context <= CONTEXTS_MAX; context += 1) fences.known.finishes(context);
  expect(findings.overflows).toBe(1);
});

test('jobs of which only the run is recorded have an end', () => {
  const { findings, jobs } = monitors();
  for (let at = 0; at <= JOBS_MAX; at += 1) jobs.take(job('run', { key: `f${at}` }), moment(at));
  expect(findings.overflows).toBe(1);
});

test('a pointer that is used again takes the other name of the job along', () => {
  const { findings, jobs } = monitors();
  for (let id = 1; id < 100; id += 1) {
    jobs.take(job('queue', { alias: `gfx ${id}` }), moment(id));
    expect(jobs.names).toBe(2);
  }
  expect(findings.overflows).toBe(0);
});
