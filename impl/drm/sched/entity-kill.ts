import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ESRCH } from '../../kernel/errno.ts';
import { TASK_KILLABLE, TASK_UNINTERRUPTIBLE } from '../../kernel/task-state.ts';
import type { WaitEntry } from '../../kernel/wait-queue.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import type { DrmSchedEntity } from './sched-entity.ts';
import { toDrmSchedFence } from './sched-fence.ts';
import type { DrmSchedJob } from './sched-job.ts';
import { MAX_WAIT_SCHED_ENTITY_Q_EMPTY } from './sched-ops.ts';

/** Nobody's number. */
const NOBODY = -1;

/** The end of entities: of their jobs, and of themselves. */
export class DrmSchedKill {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /**
   * Takes the entity off its ring, and fails what is queued.
   *
   * @kernel drm_sched_entity_kill
   * @rule SCHED-029
   */
  *kill(entity: DrmSchedEntity): KernelTask<void> {
    const rq = yield* entity.rq.read();
    if (rq === null) return;
    yield* entity.lock.acquire();
    entity.stopped.set(true);
    entity.commit('kill');
    yield* rq.removeEntity(entity);
    entity.lock.release();
    // From here on the worker does not come to it any more.
    yield* entity.idle.wait();
    yield* this.sweep(entity);
  }

  /** Each job ends after the one before it: that is told by callbacks, and nobody waits here. */
  protected *sweep(entity: DrmSchedEntity): KernelTask<void> {
    yield* entity.sweepLock.acquire();
    let before = yield* entity.lastScheduled.read();
    if (before !== null) yield* before.get();
    for (let job = yield* entity.queue.pop(); job !== null; job = yield* entity.queue.pop()) {
      entity.commit('sweep');
      job.commit('sweep', null, 0, entity);
      const { finished } = job.fence;
      yield* finished.get();
      yield* this.failAfter(before, job);
      before = finished;
    }
    yield* this.noteLast(entity, before);
    entity.sweepLock.release();
  }

  /** Takes over the reference on `before`. */
  protected *failAfter(before: DmaFence | null, job: DrmSchedJob): KernelTask<void> {
    if (before !== null) {
      // The callback drops one reference, and jobs that come later wait for the same fence.
      if ((yield* before.addCallback(job.killCallback)) === 0) return;
      yield* before.put();
    }
    yield* job.killWork.queue();
  }

  /** Jobs that are pushed later than this end later, too. */
  protected *noteLast(entity: DrmSchedEntity, last: DmaFence | null): KernelTask<void> {
    const known = entity.lastScheduled.readStable();
    if (last === null || last === known || entity.isDestroyed.get()) {
      if (last !== null) yield* last.put();
      return;
    }
    yield* entity.lastScheduled.write(last);
    if (known !== null) yield* known.put();
  }

  /**
   * A job was pushed to an entity that takes none. It fails like those before it; 6.12 says so in
   * its log, and leaves it where it is.
   *
   * @rule SCHED-031
   */
  *pushedLate(entity: DrmSchedEntity): KernelTask<void> {
    if (this.leavesLateJobs) return;
    yield* entity.idle.wait();
    yield* this.sweep(entity);
  }

  protected get leavesLateJobs(): boolean {
    return this.stack.world.build.schedulerQuirks;
  }

  /**
   * What a killed job waited for is done. It is called under that fence's lock, so that the next
   * dependency is left to a worker. @kernel drm_sched_entity_kill_jobs_cb
   */
  *told(job: DrmSchedJob, fence: DmaFence): KernelTask<void> {
    yield* fence.put();
    yield* job.killWork.queue();
  }

  /**
   * Waits for one dependency after the other, then fails the job: data that others wait for must
   * not be touched by what this job depended on.
   *
   * @kernel drm_sched_entity_kill_jobs_work
   * @rule SCHED-029
   */
  *work(job: DrmSchedJob): KernelTask<void> {
    const { dependencies, killCallback } = job;
    for (let fence = yield* this.next(dependencies); fence !== null;) {
      if ((yield* fence.addCallback(killCallback)) === 0) return;
      yield* fence.put();
      fence = yield* this.next(dependencies);
    }
    yield* this.fail(job);
  }

  /** That a job was given to the ring is not enough: its end is waited for. */
  protected *next(dependencies: DrmSchedJob['dependencies']): KernelTask<DmaFence | null> {
    for (;;) {
      const listed = yield* dependencies.takeFirst();
      const fence = listed === null ? null : toDrmSchedFence(listed);
      if (listed === null || fence === null || listed !== fence.scheduled) return listed;
      // The finished face may be gone already: then it has signaled.
      const isThere = yield* fence.finished.getRcu();
      const { finished } = fence;
      yield* listed.put();
      if (isThere) return finished;
    }
  }

  protected *fail(job: DrmSchedJob): KernelTask<void> {
    const { fence, scheduler } = job;
    job.commit('fail');
    yield* fence.signalScheduled(null);
    yield* fence.signalFinished(-ESRCH);
    yield* scheduler.ops.freeJob(job);
  }

  /**
   * Lets queued jobs run, for at most `timeout` jiffies if the task is on its way out. What is left of
   * the time. A task that was killed ends them, if nobody else has pushed since.
   *
   * @kernel drm_sched_entity_flush
   * @rule SCHED-030
   */
  *flush(entity: DrmSchedEntity, timeout: number): KernelTask<number> {
    const { current } = entity.world;
    const rq = yield* entity.rq.read();
    if (rq === null) return 0;
    const left = current.isExiting
      ? yield* this.waitUntilIdle(entity, rq.sched, TASK_UNINTERRUPTIBLE, timeout)
      : yield* this.waitUntilIdle(entity, rq.sched, TASK_KILLABLE, Number.POSITIVE_INFINITY);
    const me = current.groupLeader.index;
    const isLast =
      (yield* entity.lastUser.compareExchange(me, NOBODY)) ||
      (yield* entity.lastUser.ask((user) => user === NOBODY));
    if (isLast && current.isExiting && current.isKilled) yield* this.kill(entity);
    return current.isExiting ? left : timeout;
  }

  /** @kernel wait_event_killable, wait_event_timeout */
  protected *waitUntilIdle(
    entity: DrmSchedEntity,
    sched: DrmGpuScheduler,
    state: typeof TASK_KILLABLE | typeof TASK_UNINTERRUPTIBLE,
    timeout: number,
  ): KernelTask<number> {
    const { sleeper, index } = entity.world.current;
    if (yield* this.isIdle(entity)) return timeout;
    if (timeout === 0) return 0;
    const entry: WaitEntry = { key: index, sleeper: index, wake: () => sleeper.wakeUp() };
    yield* sched.jobScheduled.add(entry);
    let left = timeout;
    for (;;) {
      yield* sleeper.setState(state);
      if ((yield* this.isIdle(entity)) || left === 0) break;
      if (state === TASK_KILLABLE && (yield* sleeper.isFatalSignalPending())) break;
      if (left === Number.POSITIVE_INFINITY) yield* sleeper.schedule();
      else left = yield* sleeper.scheduleTimeout(left);
    }
    sleeper.setRunning();
    yield* sched.jobScheduled.remove(entry);
    return left;
  }

  /** Nothing is queued, or nothing of it will run. @kernel drm_sched_entity_is_idle */
  protected *isIdle(entity: DrmSchedEntity): KernelTask<boolean> {
    if (!entity.isListed.get()) return true;
    return (yield* entity.queue.isCountedEmpty()) || entity.stopped.get();
  }

  /**
   * The end of an entity, whatever it still has.
   *
   * @kernel drm_sched_entity_fini
   * @rule SCHED-030
   */
  *fini(entity: DrmSchedEntity): KernelTask<void> {
    yield* this.kill(entity);
    yield* this.dropDependency(entity);
    yield* entity.sweepLock.acquire();
    entity.isDestroyed.set(true);
    entity.commit('destroy');
    const last = entity.lastScheduled.readStable();
    yield* entity.lastScheduled.write(null);
    entity.sweepLock.release();
    if (last !== null) yield* last.put();
  }

  /** Its callback may be on its way, and drop the reference. */
  protected *dropDependency(entity: DrmSchedEntity): KernelTask<void> {
    const { rcu } = entity.world;
    rcu.readLock();
    const fence = yield* entity.dependency.read();
    const isThere = fence !== null && (yield* fence.getRcu());
    rcu.readUnlock();
    if (fence === null || !isThere) return;
    if (yield* fence.removeCallback(entity.callback)) {
      yield* entity.dependency.write(null);
      entity.commit('settle');
      yield* fence.put();
    }
    yield* fence.put();
  }

  /** @kernel drm_sched_entity_destroy */
  *destroy(entity: DrmSchedEntity): KernelTask<void> {
    yield* this.flush(entity, MAX_WAIT_SCHED_ENTITY_Q_EMPTY);
    yield* this.fini(entity);
  }
}
