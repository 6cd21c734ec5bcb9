import type { KernelObject } from '../../impl/kernel/object.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { visitFindings } from './noted.ts';

/** What was pushed to an entity and is still there, in order, and the number of the last push. */
interface Queue {
  readonly jobs: KernelObject[];
  last: number;
}

/** What a ring has, in the order of running, and whether its worker was stopped. */
interface Pending {
  readonly jobs: KernelObject[];
  isStopped: boolean;
}

/**
 * Jobs keep their order: numbers rise from push to push, jobs leave their entity as they came, and
 * the worker takes only the head off the list of what is with the hardware.
 */
export class JobOrderJudge implements Judge {
  readonly name = 'job order';
  private readonly queues = new Map<KernelObject, Queue>();
  private readonly rings = new Map<KernelObject, Pending>();
  private readonly findings: Finding[] = [];

  event(event: WorldEvent): void {
    const { object, name, subject } = event;
    if (object.kind === 'scheduler') this.noteRing(object, name);
    if (object.kind !== 'schedJob' || subject === null) return;
    // What this judge has in mind of a queue or a ring is kept with that.
    subject.world.touch(subject, EVENTS_FIELD, 'write', 'full');
    if (subject.kind === 'scheduler') this.judgePending(event, this.ring(subject));
    else this.judgeQueue(event, this.queue(subject));
  }

  private noteRing(object: KernelObject, name: string): void {
    if (name !== 'stop' && name !== 'start') return;
    object.world.touch(object, EVENTS_FIELD, 'write', 'full');
    this.ring(object).isStopped = name === 'stop';
  }

  private judgeQueue({ object, name, detail, step }: WorldEvent, queue: Queue): void {
    if (name === 'push') {
      if (detail <= queue.last) {
        this.find(
          ['SCHED-004'],
          `${object.label}, number ${detail}, comes behind ${queue.last}`,
          step,
        );
      }
      queue.last = detail;
      queue.jobs.push(object);
    }
    if (name !== 'pop' && name !== 'sweep') return;
    const [first] = queue.jobs;
    if (first !== object) {
      const label = first?.label ?? 'no job';
      this.find(['SCHED-008'], `${object.label} leaves its entity before ${label}`, step);
    }
    remove(queue.jobs, object);
  }

  private judgePending({ object, name, step }: WorldEvent, ring: Pending): void {
    const [head] = ring.jobs;
    switch (name) {
      case 'begin':
        ring.jobs.push(object);
        return;
      case 'reinsert':
        ring.jobs.unshift(object);
        return;
      case 'expire':
      case 'unlist': {
        // A stop takes whatever is done off the list.
        const isFree = name === 'unlist' && ring.isStopped;
        if (head !== object && !isFree) {
          const rule = name === 'expire' ? 'SCHED-022' : 'SCHED-020';
          this.find([rule], `${object.label} goes before ${head?.label ?? 'any job'}`, step);
        }
        remove(ring.jobs, object);
        return;
      }
      default:
        return;
    }
  }

  private find(rules: readonly RuleId[], message: string, step: number): void {
    const expected = 'jobs in the order in which they came';
    this.findings.push({ rules, judge: this.name, message, step, expected });
  }

  private queue(entity: KernelObject): Queue {
    let known = this.queues.get(entity);
    if (known === undefined) {
      known = { jobs: [], last: 0 };
      this.queues.set(entity, known);
    }
    return known;
  }

  private ring(sched: KernelObject): Pending {
    let known = this.rings.get(sched);
    if (known === undefined) {
      known = { jobs: [], isStopped: false };
      this.rings.set(sched, known);
    }
    return known;
  }

  visitState(key: StateKey): void {
    for (const [entity, { jobs, last }] of this.queues) {
      key.part();
      key.add(entity);
      key.add(last);
      key.add(jobs);
    }
    for (const [sched, { jobs, isStopped }] of this.rings) {
      key.part();
      key.add(sched);
      key.add(isStopped);
      key.add(jobs);
    }
    visitFindings(key, this.findings);
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}

function remove(jobs: KernelObject[], job: KernelObject): void {
  const at = jobs.indexOf(job);
  if (at >= 0) jobs.splice(at, 1);
}
