import type { DrawnFence, DrawnFences } from './drawn-fences.ts';
import type { DrawnLine, LogWriter } from './log-writer.ts';

/** How a kernel names jobs: before Linux 6.17 by pointers. */
export type JobNames = 'pointers' | 'fences';

const ENTITIES = 4;
const QUEUE_MAX = 4;
/** More than there are jobs at a time. */
const PLACES = 24;

type Stage = 'armed' | 'queued' | 'run' | 'scheduled' | 'done';

interface DrawnJob {
  readonly entity: number;
  readonly id: number;
  readonly seqno: number;
  /** In memory: no other job that is there has it. */
  readonly place: number;
  readonly dependency: DrawnFence | null;
  isDependencyShown: boolean;
  stage: Stage;
}

/** Jobs of a scheduler with two rings: in order for each entity, and never before what they need. */
export class DrawnJobs {
  private readonly writer: LogWriter;
  private readonly fences: DrawnFences;
  private readonly names: JobNames;
  private readonly queues: DrawnJob[][] = Array.from({ length: ENTITIES }, () => []);
  private readonly pending: DrawnLine[] = [];
  private readonly seqnos: number[] = Array.from({ length: ENTITIES }, () => 0);
  private ids = 0;

  constructor(writer: LogWriter, { fences, names }: { fences: DrawnFences; names: JobNames }) {
    this.writer = writer;
    this.fences = fences;
    this.names = names;
  }

  next(): DrawnLine | null {
    const soon = this.pending.shift();
    // A line that was drawn before has an older time; only its words are kept.
    if (soon !== undefined) return this.writer.line(soon.event, soon.fields);
    const { random } = this.writer;
    const queue = this.queues[random.below(ENTITIES)] ?? [];
    if (queue.length < QUEUE_MAX && random.below(3) === 0) return this.arm(queue);
    const waiting = queue.find(({ stage }) => stage === 'armed' || stage === 'queued');
    const running = queue.find(({ stage }) => stage === 'run' || stage === 'scheduled');
    const job = random.below(2) === 0 ? waiting : running;
    return job === undefined ? null : this.go(job, queue);
  }

  private arm(queue: DrawnJob[]): DrawnLine {
    const { random } = this.writer;
    const entity = this.queues.indexOf(queue);
    const seqno = (this.seqnos[entity] ?? 0) + 1;
    this.seqnos[entity] = seqno;
    this.ids += 1;
    const dependency = random.below(3) === 0 ? this.fences.some() : null;
    if (dependency !== null) dependency.jobs += 1;
    const taken = new Set(this.queues.flat().map(({ place }) => place));
    let place = random.below(PLACES);
    while (taken.has(place)) place = (place + 1) % PLACES;
    const job: DrawnJob = {
      entity,
      id: this.ids,
      seqno,
      place,
      dependency,
      isDependencyShown: false,
      stage: 'armed',
    };
    queue.push(job);
    this.soon('dma_fence_init', fenceFields(job, 1));
    return this.writer.line('dma_fence_init', fenceFields(job, 0));
  }

  private go(job: DrawnJob, queue: DrawnJob[]): DrawnLine | null {
    switch (job.stage) {
      case 'armed':
        job.stage = 'queued';
        return this.writer.line(this.call('queue'), this.fields(job));
      case 'queued':
        return this.run(job);
      case 'run':
        job.stage = 'scheduled';
        return this.writer.line('dma_fence_signaled', fenceFields(job, 0));
      case 'scheduled':
        job.stage = 'done';
        queue.splice(queue.indexOf(job), 1);
        this.soon('dma_fence_signaled', fenceFields(job, 1));
        this.soon('dma_fence_destroy', fenceFields(job, 1));
        this.soon('dma_fence_destroy', fenceFields(job, 0));
        return this.writer.line(this.call('done'), `fence=${this.key(job)} signaled`);
      case 'done':
        return null;
    }
  }

  private run(job: DrawnJob): DrawnLine | null {
    const { dependency } = job;
    if (dependency !== null && !job.isDependencyShown) {
      job.isDependencyShown = true;
      const { context, seqno } = dependency;
      return this.names === 'pointers'
        ? this.writer.line(
            'drm_sched_job_wait_dep',
            `job ring=${ring(job)}, id=${job.id}, depends fence=00000000d0d0d0d0, context=${context}, seq=${seqno}`,
          )
        : this.writer.line(
            'drm_sched_job_add_dep',
            `fence=${this.key(job)} depends on fence=${context}:${seqno}`,
          );
    }
    if (dependency !== null) {
      if (!dependency.isDone) return null;
      dependency.jobs -= 1;
    }
    job.stage = 'run';
    return this.writer.line(this.call('run'), this.fields(job));
  }

  private call(step: 'queue' | 'run' | 'done'): string {
    const old = { queue: 'drm_sched_job', run: 'drm_run_job', done: 'drm_sched_process_job' };
    return this.names === 'pointers' ? old[step] : `drm_sched_job_${step}`;
  }

  private fields(job: DrawnJob): string {
    const rest = `fence=${this.key(job)}, ring=${ring(job)}, job count:1, hw job count:0`;
    return this.names === 'pointers'
      ? `entity=00000000e000000${job.entity}, id=${job.id}, ${rest}`
      : `dev=0000:0b:00.0, ${rest}, client_id:7`;
  }

  private key(job: DrawnJob): string {
    const { context, seqno } = finished(job);
    // Memory is used again, and so are pointers.
    if (this.names === 'pointers') return `00000000${(0x1000 + job.place * 16).toString(16)}`;
    return `${context}:${seqno}`;
  }

  private soon(event: string, fields: string): void {
    this.pending.push({ cpu: 0, event, fields, text: '' });
  }
}

function ring({ entity }: DrawnJob): string {
  return entity % 2 === 0 ? 'gfx_0.0.0' : 'sdma0';
}

function finished({ entity, seqno }: DrawnJob): { context: number; seqno: number } {
  return { context: 101 + entity * 2, seqno };
}

/** Of its two fences, the first says that it is scheduled, the second that it is finished. */
function fenceFields(job: DrawnJob, face: 0 | 1): string {
  const context = finished(job).context - 1 + face;
  return `driver=drm_sched timeline=${ring(job)} context=${context} seqno=${job.seqno}`;
}
