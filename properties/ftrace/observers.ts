import { fenceMachine } from '../../model/machines/fence.ts';
import { schedFenceMachine } from '../../model/machines/sched-fence.ts';
import { schedJobMachine } from '../../model/machines/sched-job.ts';
import { waiterMachine } from '../../model/machines/waiter.ts';
import type { Lifecycle } from '../../model/lifecycle.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import { cachedTable } from '../../model/table-cache.ts';
import type { Table } from '../../model/tabulate.ts';
import { Observer, type Sight } from './observer.ts';

/** What a line says of a fence. */
export type FenceSight =
  | 'dma_fence_init'
  | 'dma_fence_enable_signal'
  | 'dma_fence_signaled'
  | 'dma_fence_destroy'
  | 'dma_fence_wait_start'
  | 'dma_fence_wait_end'
  | 'dma_fence_emit';

/**
 * The line of `enable_signal` comes right before the op is called, so whatever the op answers, the
 * fence was pending by then; that of `signaled` comes when the time is stored. A wait begins with a
 * reference, and so does an emission; neither changes a fence.
 */
export const FENCE_SIGHTS: Readonly<Record<FenceSight, Sight>> = {
  dma_fence_init: { events: ['init'] },
  dma_fence_enable_signal: { events: ['enableSignaling.armed'] },
  dma_fence_signaled: { events: ['stamp'] },
  dma_fence_destroy: { events: ['put.last'] },
  dma_fence_wait_start: { events: ['poll'], isSilent: true },
  dma_fence_wait_end: {
    events: ['wait.timedOut', 'wait.done', 'wait.interrupted'],
    isSilent: true,
  },
  dma_fence_emit: { events: ['poll'], isSilent: true },
};

/** One wait of one task on one fence. */
export type WaitSight = 'dma_fence_wait_start' | 'dma_fence_wait_end';

const WAIT: Readonly<Record<WaitSight, Sight>> = {
  dma_fence_wait_start: { events: ['begin'] },
  dma_fence_wait_end: { events: ['end.done', 'end.timedOut', 'end.interrupted'] },
};

/** What a line says of a job. The line of `run` comes behind the listing, right before the callback. */
export type JobSight = 'queue' | 'run' | 'done';

const JOB: Readonly<Record<JobSight, Sight>> = {
  queue: { events: ['push'] },
  run: { events: ['begin'] },
  done: { events: ['done'] },
};

/** What a line says of the fence of a job, which has two faces. */
export type FacesSight = 'init' | 'scheduled' | 'finished';

const FACES: Readonly<Record<FacesSight, Sight>> = {
  init: { events: ['init'] },
  scheduled: { events: ['scheduled'] },
  finished: { events: ['finished'] },
};

/** The machines of the model as tables. */
export function logTables(): Readonly<Record<'fence' | 'wait' | 'job', Table>> {
  return { fence: cachedTable(fence), wait: cachedTable(wait), job: cachedTable(job) };
}

/** The machines of the model as a log shows them. */
export interface Observers {
  readonly fence: Observer<FenceSight>;
  readonly wait: Observer<WaitSight>;
  readonly job: Observer<JobSight>;
  readonly faces: Observer<FacesSight>;
}

/** More references or callbacks make no difference to what a log can show of a fence. */
const fence: Lifecycle = fenceMachine({ referencesMax: 2, callbacksMax: 1, errors: [] });
const wait: Lifecycle = waiterMachine();
const job: Lifecycle = schedJobMachine();
const faces: Lifecycle = schedFenceMachine();

export function observers(): Observers {
  const tables = logTables();
  return {
    fence: new Observer(tables.fence, FENCE_SIGHTS),
    wait: new Observer(tables.wait, WAIT),
    job: new Observer(tables.job, JOB),
    faces: new Observer(cachedTable(faces), FACES),
  };
}

/** The rules that are broken when a fence shows what no state of it allows. */
export function fenceRules(sight: FenceSight): readonly RuleId[] {
  return [...new Set<RuleId>(['FENCE-089', ...forbidden(fence, FENCE_SIGHTS[sight])])];
}

export function waitRules(sight: WaitSight): readonly RuleId[] {
  return [...new Set<RuleId>(['FENCE-089', ...forbidden(wait, WAIT[sight])])];
}

export function jobRules(sight: JobSight): readonly RuleId[] {
  return forbidden(job, JOB[sight]);
}

export function facesRules(sight: FacesSight): readonly RuleId[] {
  return forbidden(faces, FACES[sight]);
}

/** What the machine says of the first event, which stands for the others. */
function forbidden({ forbids }: Lifecycle, { events }: Sight): readonly RuleId[] {
  const [event] = events;
  return event === undefined ? [] : (forbids[event] ?? []);
}
