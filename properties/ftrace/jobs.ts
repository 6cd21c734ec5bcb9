import type { DependencyLogEvent, JobLogEvent } from '../../traces/ftrace/ftrace-event.ts';
import type { FenceMonitor } from './fences.ts';
import type { Findings } from './findings.ts';
import { Histogram } from './histogram.ts';
import { isLater } from './log-context.ts';
import { LogJob } from './log-job.ts';
import { NOWHERE } from './log-object.ts';
import type { Moment } from './moment.ts';
import { IMPOSSIBLE, type Observer } from './observer.ts';
import { jobRules, type JobSight } from './observers.ts';

/** Jobs that are done are remembered as long as no more than these have been done since. */
const DONE_MAX = 1 << 16;
/** When so many are remembered, all are forgotten, as if events had been lost. */
const JOBS_MAX = 1 << 19;

/** Of a job that depends on more fences, the others are not looked at. */
const DEPENDENCIES_MAX = 256;

/** The last that was heard of the jobs of one submitter. */
interface Entity {
  epoch: number;
  pushedSeqno: number | null;
  pushedLine: number;
  /** Of all that were run, the one that was queued last. */
  runQueueLine: number;
  runLine: number;
}

/** Watches the jobs of a log, each through the machine of jobs, and their order. */
export class JobMonitor {
  readonly toRun: Histogram = new Histogram();
  readonly toDone: Histogram = new Histogram();
  queued = 0;
  run = 0;
  done = 0;
  private readonly jobs = new Map<string, LogJob>();
  private readonly byAlias = new Map<string, LogJob>();
  private readonly entities = new Map<string, Entity>();
  private readonly gone: (readonly [string, LogJob])[] = [];
  private nextGone = 0;
  private readonly machine: Observer<JobSight>;
  private readonly findings: Findings;
  private readonly fences: FenceMonitor;

  constructor(
    machine: Observer<JobSight>,
    to: { readonly findings: Findings; readonly fences: FenceMonitor },
  ) {
    this.machine = machine;
    this.findings = to.findings;
    this.fences = to.fences;
  }

  /** How many names of jobs are remembered. */
  get names(): number {
    return this.jobs.size + this.byAlias.size;
  }

  take(event: JobLogEvent, moment: Moment): void {
    const job = this.jobOf(event);
    if (event.seqno !== null && event.entity !== null) {
      this.fences.known.finishes(Number(event.entity));
    }
    const { step } = event;
    const after = this.machine.next(job.belief, step);
    if (after === IMPOSSIBLE) {
      this.complain(job, event, moment);
      job.forget(this.machine.anything, this.findings.epoch);
      return;
    }
    job.belief = after;
    this.count(job, step, moment);
    if (step === 'queue') this.judgePush(event, moment);
    if (step === 'run') {
      this.judgeOrder(job, event, moment);
      this.judgeDependencies(job, event, moment);
    }
    job.note(step, moment);
    if (step === 'done') this.bury(event.key, job);
  }

  depend({ job: name, context, seqno }: DependencyLogEvent, { line }: Moment): void {
    const job = this.jobs.get(name) ?? this.byAlias.get(name);
    if (job === undefined || job.epoch !== this.findings.epoch || job.queueLine === NOWHERE) return;
    if (job.dependencies.length >= DEPENDENCIES_MAX) return;
    const isNew = job.dependencies.every((one) => one.context !== context || one.seqno !== seqno);
    if (isNew) job.dependencies = [...job.dependencies, { context, seqno, line }];
  }

  private jobOf({ key, alias, step, seqno }: JobLogEvent): LogJob {
    const known = this.jobs.get(key);
    // A pointer that is queued names another job than before; a context with a number never does.
    const isAnother = step === 'queue' && seqno === null;
    if (known !== undefined && !isAnother) {
      const { epoch } = this.findings;
      if (known.epoch !== epoch) known.forget(this.machine.anything, epoch);
      return known;
    }
    if (known === undefined && this.jobs.size >= JOBS_MAX) this.overflow();
    this.dropAlias(known);
    const { unborn, anything } = this.machine;
    const job = new LogJob(step === 'queue' ? unborn : anything, this.findings.epoch);
    this.jobs.set(key, job);
    if (alias !== null) {
      job.alias = alias;
      this.byAlias.set(alias, job);
    }
    return job;
  }

  private complain(job: LogJob, { key, name, step }: JobLogEvent, { line }: Moment): void {
    const { after, lines } = job.reasonAgainst(step, this.machine);
    this.findings.add({
      rules: jobRules(step),
      message: `${name} of job ${key} ${after === null ? 'too early' : `after ${after}`}`,
      line,
      because: lines,
      // What is missing before it may be what nobody asked to see.
      needs:
        step === 'done'
          ? [name === 'drm_sched_job_done' ? 'drm_sched_job_run' : 'drm_run_job']
          : [],
    });
  }

  private count(job: LogJob, step: JobSight, { time }: Moment): void {
    switch (step) {
      case 'queue':
        this.queued += 1;
        return;
      case 'run':
        this.run += 1;
        if (job.queueLine !== NOWHERE) this.toRun.add(time - job.queueTime);
        return;
      case 'done':
        this.done += 1;
        if (job.runLine !== NOWHERE) this.toDone.add(time - job.runTime);
    }
  }

  /** Numbers rise from push to push. @rule SCHED-004 */
  private judgePush({ entity, seqno, key }: JobLogEvent, { line }: Moment): void {
    if (entity === null || seqno === null) return;
    const known = this.entityOf(entity);
    if (known.pushedSeqno !== null && isLater(known.pushedSeqno, seqno)) {
      this.findings.add({
        rules: ['SCHED-004'],
        message: `job ${key} is queued behind a later one of its entity`,
        line,
        because: [known.pushedLine],
        needs: [],
      });
    }
    known.pushedSeqno = seqno;
    known.pushedLine = line;
  }

  /** Jobs of an entity run as they were queued. @rule SCHED-008 */
  private judgeOrder(job: LogJob, { entity, key }: JobLogEvent, { line }: Moment): void {
    if (entity === null || job.queueLine === NOWHERE) return;
    const known = this.entityOf(entity);
    if (known.runQueueLine > job.queueLine) {
      this.findings.add({
        rules: ['SCHED-008'],
        message: `job ${key} is run behind one of its entity that was queued later`,
        line,
        because: [job.queueLine, known.runQueueLine, known.runLine],
        needs: [],
      });
      return;
    }
    known.runQueueLine = job.queueLine;
    known.runLine = line;
  }

  private judgeDependencies(job: LogJob, { ring }: JobLogEvent, { line, time }: Moment): void {
    for (const dependency of job.dependencies) {
      this.fences.owed.add(dependency, ring, {
        runLine: line,
        dependencyLine: dependency.line,
        time,
      });
    }
  }

  private entityOf(name: string): Entity {
    const known = this.entities.get(name);
    if (known !== undefined && known.epoch === this.findings.epoch) return known;
    if (known === undefined && this.entities.size >= JOBS_MAX) this.overflow();
    const made: Entity = {
      epoch: this.findings.epoch,
      pushedSeqno: null,
      pushedLine: NOWHERE,
      runQueueLine: NOWHERE,
      runLine: NOWHERE,
    };
    this.entities.set(name, made);
    return made;
  }

  private bury(key: string, job: LogJob): void {
    const oldest = this.gone[this.nextGone];
    this.gone[this.nextGone] = [key, job];
    this.nextGone = (this.nextGone + 1) % DONE_MAX;
    if (oldest === undefined) return;
    const [oldKey, old] = oldest;
    if (this.jobs.get(oldKey) === old) this.jobs.delete(oldKey);
    this.dropAlias(old);
  }

  private dropAlias(job: LogJob | undefined): void {
    const alias = job?.alias ?? null;
    if (alias !== null && this.byAlias.get(alias) === job) this.byAlias.delete(alias);
  }

  private overflow(): void {
    this.findings.overflow();
    this.forget();
  }

  /** Whatever comes is of another log, or there is too much to remember. */
  forget(): void {
    this.jobs.clear();
    this.byAlias.clear();
    this.entities.clear();
    this.gone.length = 0;
    this.nextGone = 0;
  }
}
