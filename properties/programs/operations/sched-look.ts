import { GemObject } from '../../../impl/drm/gem-object.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { errnoName } from '../../../impl/kernel/errno.ts';
import { DrmSchedEntity } from '../../../impl/drm/sched/sched-entity.ts';
import { toDrmSchedFence } from '../../../impl/drm/sched/sched-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { looksAt } from '../looks-at.ts';
import { defineOperations, type Operation } from '../operation.ts';
import type { RingSight } from '../ring.ts';
import { deviceFile } from './drm.ts';
import { LOOK } from './inspect.ts';
import { ringJobNamed } from './sched-job.ts';
import { entityNamed, ringOf, schedulerNamed } from './sched.ts';

const EBADF = 9;

function* nothing(): KernelTask<null> {
  return null;
}

/** The jobs of one kind of sight, in order: `a b`. */
function sighted(name: string, op: RingSight['op']): Operation {
  return {
    name,
    parameters: ['sched'],
    *run(environment, args) {
      yield LOOK;
      const ring = ringOf(environment, args.text('sched'));
      looksAt(ring);
      return ring.sights
        .filter((sight) => sight.op === op)
        .map(({ job }) => job)
        .join(' ');
    },
  };
}

/** What jobs wait for besides fences, what the hardware does, and what a debugger sees. */
defineOperations([
  {
    // A buffer's fences, by what the job does with it.
    name: 'sched.implicit',
    parameters: ['job', 'handle', 'write'],
    *run(environment, args) {
      const { dependencies } = ringJobNamed(environment, args).job;
      const object = environment.find(`${args.text('handle')}.object`, GemObject);
      return yield* dependencies.addImplicit(object, args.boolean('write', false));
    },
  },
  {
    // A point beyond 32 bits is written as `high` and `point`.
    name: 'sched.dependSyncobj',
    parameters: ['job', 'device', 'handle', 'point', 'high'],
    *run(environment, args) {
      const file = deviceFile(environment, args);
      if (file === null) return -EBADF;
      const { dependencies } = ringJobNamed(environment, args).job;
      const handle = args.either('handle');
      const number = typeof handle === 'number' ? handle : environment.value(handle);
      const point = (BigInt(args.number('high', 0)) << 32n) + BigInt(args.number('point', 0));
      return yield* dependencies.addSyncobj(file, typeof number === 'number' ? number : 0, point);
    },
  },
  {
    // The hardware finishes a job, as soon as it has it.
    name: 'ring.complete',
    parameters: ['job', 'error'],
    *run(environment, args) {
      const known = ringJobNamed(environment, args);
      yield known.whenRun;
      yield* known.finish(args.number('error', known.error));
      return null;
    },
  },
  {
    // Goes on once the hardware has a job.
    name: 'ring.awaitRun',
    parameters: ['job'],
    *run(environment, args) {
      yield ringJobNamed(environment, args).whenRun;
      return null;
    },
  },
  {
    // The status of the hardware's own fence; null without one.
    name: 'ring.status',
    parameters: ['job'],
    *run(environment, args) {
      const fence = ringJobNamed(environment, args).hardware;
      return fence === null ? null : yield* fence.getStatus();
    },
  },
  sighted('sched.runs', 'run'),
  sighted('sched.frees', 'free'),
  sighted('sched.timeouts', 'timeout'),
  {
    // How often the time of a head was up, and when: `a@2000 a@3000`.
    name: 'sched.timeoutTimes',
    parameters: ['sched'],
    *run(environment, args) {
      yield LOOK;
      const ring = ringOf(environment, args.text('sched'));
      looksAt(ring);
      const seen = ring.sights.filter(({ op }) => op === 'timeout');
      return seen.map(({ job, at }) => `${job}@${at}`).join(' ');
    },
  },
  {
    // What the hardware has heard of deadlines.
    name: 'ring.deadlines',
    parameters: ['sched'],
    *run(environment, args) {
      yield LOOK;
      const ring = ringOf(environment, args.text('sched'));
      looksAt(ring);
      return ring.deadlines.join(' ');
    },
  },
  {
    // What is with the hardware, in order.
    name: 'sched.pending',
    parameters: ['sched'],
    *run(environment, args) {
      yield LOOK;
      const sched = schedulerNamed(environment, args);
      looksAt(sched);
      return sched.pending.value.map(({ label }) => label).join(' ');
    },
  },
  {
    // The hardware's fence, as those find it who were told of the job.
    name: 'sched.parent',
    parameters: ['job'],
    *run(environment, args) {
      const owner = toDrmSchedFence(environment.fence(`${args.text('job')}.scheduled`));
      return (yield* owner?.parent.read() ?? nothing())?.label ?? 'none';
    },
  },
  {
    name: 'sched.look',
    parameters: ['entity'],
    *run(environment, args) {
      yield LOOK;
      const entity = entityNamed(environment, args);
      looksAt(entity);
      const labels: string[] = [];
      for (let job = entity.queue.head.value; job !== null; job = job.next.value) {
        looksAt(job);
        labels.push(job.label);
      }
      return labels.join(' ');
    },
  },
  {
    // The run queue that it belongs to: `ring/2`, or `none`.
    name: 'sched.place',
    parameters: ['entity'],
    *run(environment, args) {
      yield LOOK;
      const entity = environment.find(args.text('entity'), DrmSchedEntity);
      looksAt(entity);
      const rq = entity.rq.value;
      return rq === null ? 'none' : `${rq.sched.name}/${rq.sched.runQueues.indexOf(rq)}`;
    },
  },
  {
    // What a job waits for, in order.
    name: 'sched.dependencies',
    parameters: ['job'],
    *run(environment, args) {
      yield LOOK;
      const { job } = ringJobNamed(environment, args);
      looksAt(job);
      return job.dependencies.listed.map(({ label }) => label).join(' ');
    },
  },
  {
    // Both faces, as anybody sees them without a lock: `pending`, `scheduled`, `done`, or an error.
    name: 'sched.progress',
    parameters: ['job'],
    *run(environment, args) {
      yield LOOK;
      const { name } = ringJobNamed(environment, args);
      const scheduled = environment.fence(`${name}.scheduled`);
      const finished = environment.fence(`${name}.finished`);
      looksAt(scheduled, finished);
      if ((scheduled.flags.bits & SIGNALED) === 0) return 'pending';
      if ((finished.flags.bits & SIGNALED) === 0) return 'scheduled';
      return finished.error.value === 0 ? 'done' : errnoName(finished.error.value);
    },
  },
]);
