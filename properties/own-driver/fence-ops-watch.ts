import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { Access, KernelTask } from '../../impl/kernel/access.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import type { Stack } from '../../impl/stack.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { FenceDriver } from './fence-driver.ts';
import type { HardwareJob } from './hardware-job.ts';
import { OpTrail, type OpName } from './op-trail.ts';

/** Something that the driver owes and did not do, at a step. */
export interface Lapse {
  readonly rule: RuleId;
  readonly message: string;
  readonly step: number;
  readonly expected: string;
}

/** What is known of a fence of the driver's. */
interface Issued {
  readonly fence: DmaFence;
  readonly job: HardwareJob;
}

/**
 * Stands between the core and the ops of a driver under check: it knows what the hardware has
 * done, and looks at what each op was called with and what it left behind.
 */
export class FenceOpsWatch {
  readonly lapses: Lapse[] = [];
  readonly trail: OpTrail;
  /** Those that `submit` has handed out, in order. */
  readonly issued: Issued[] = [];
  private readonly stack: Stack;
  private driver: FenceDriver | null = null;
  private made: FenceOps | null = null;
  /** The issuer has said that these are done. */
  private readonly saidDone = new Set<DmaFence>();
  /** When somebody asked for their signals first. Unit: jiffies since boot. */
  private readonly enabledAt = new Map<DmaFence, number>();
  /** What is wrong about a fence is said once. */
  private readonly early = new Set<DmaFence>();

  constructor(stack: Stack) {
    this.stack = stack;
    this.trail = new OpTrail(stack.world);
  }

  private get world(): World {
    return this.stack.world;
  }

  begin(driver: FenceDriver): void {
    this.driver = driver;
    this.made = this.opsOf(driver);
    this.world.observe({ event: (event) => this.event(event) });
  }

  /** The driver as the core calls it: ops that the class lacks are not there. */
  get ops(): FenceOps {
    return this.made ?? this.world.fault('bug', 'a fence is made before its driver');
  }

  private opsOf(driver: FenceDriver): FenceOps {
    const name = driver.constructor.name;
    const optional: Omit<Required<FenceOps>, keyof typeof ALWAYS> = {
      enableSignaling: (fence) => this.enableSignaling(driver, fence),
      signaled: (fence) => this.signaled(driver, fence),
      release: (fence) => this.trail.follow('release', driver.release?.(fence) ?? nothing()),
      setDeadline: (fence, deadlineNs) =>
        this.trail.follow('setDeadline', driver.setDeadline?.(fence, deadlineNs) ?? nothing()),
      wait: (fence, interruptible, timeout) => this.wait(driver, fence, interruptible, timeout),
    };
    const offered = Object.entries(optional).filter(([op]) => op in driver);
    return {
      // Fields of the class are there only after its constructor, which is under way.
      get use64BitSeqno() {
        return driver.use64BitSeqno;
      },
      getDriverName: () => name,
      getTimelineName: () => driver.label,
      ...Object.fromEntries(offered),
    };
  }

  /** Hands a job to the driver. */
  *submit(driver: FenceDriver, job: HardwareJob): KernelTask<DmaFence | null> {
    const fence = yield* this.trail.follow('submit', driver.submit(job));
    if (fence === null) return null;
    this.judgeOrder(fence, job);
    this.issued.push({ fence, job });
    return fence;
  }

  *interrupt(): KernelTask<void> {
    yield* this.inSection('interrupt', this.driver?.interrupt?.() ?? nothing());
  }

  *completion(run: () => KernelTask<void>): KernelTask<void> {
    yield* this.inSection('completion', run());
  }

  *timedOut(): KernelTask<void> {
    yield* this.inSection('timedOut', this.driver?.timedOut?.() ?? nothing());
  }

  *timer(run: () => KernelTask<void>): KernelTask<void> {
    yield* this.inSection('timer', run());
  }

  /** Fences wait for this code, so it is part of a signalling section. */
  private *inSection(name: OpName, body: KernelTask<void>): KernelTask<void> {
    const { fences } = this.stack;
    const cookie = fences.beginSignalling();
    yield* this.trail.follow(name, body);
    fences.endSignalling(cookie);
  }

  private *enableSignaling(driver: FenceDriver, fence: DmaFence): KernelTask<boolean> {
    let isLockKept = true;
    let storesError = false;
    const body = driver.enableSignaling?.(fence) ?? yes();
    const isArmed = yield* this.trail.follow('enableSignaling', body, (access) => {
      isLockKept &&= fence.lock.isHeld;
      storesError ||= isErrorStore(access, fence);
    });
    if (!isLockKept || !fence.lock.isHeld) {
      this.lapse(
        'FENCE-017',
        `enableSignaling lets go of ${fence.lock.label}`,
        'it held all along',
      );
    }
    if (isArmed && storesError) {
      this.lapse('FENCE-020', `enableSignaling stores an error in ${fence.label} and arms it`, NO);
    }
    if (isArmed && hasSignaled(fence)) {
      const message = `enableSignaling has signaled ${fence.label} and returns true`;
      this.lapse('FENCE-018', message, 'false from an op that signals on its own');
    }
    const isFailed = fence.error.value < 0;
    if (!isArmed && !isFailed) this.judgeDone('FENCE-018', fence, 'enableSignaling refuses to arm');
    return isArmed;
  }

  private *signaled(driver: FenceDriver, fence: DmaFence): KernelTask<boolean> {
    let storesError = false;
    const wasDone = this.saidDone.has(fence);
    const { lock } = fence;
    const body = driver.signaled?.(fence) ?? yes();
    const isDone = yield* this.trail.follow('signaled', body, (access) => {
      storesError ||= isErrorStore(access, fence);
      const { kind, place, field } = access;
      if (kind !== 'lock' || place !== lock.place || field !== lock.field) return;
      this.lapse('FENCE-022', `signaled takes ${lock.label}`, 'no lock: its caller may hold it');
    });
    if (!isDone && storesError) {
      this.lapse('FENCE-020', `signaled stores an error in ${fence.label} and says pending`, NO);
    }
    if (isDone) this.saidDone.add(fence);
    if (isDone) this.judgeDone('FENCE-023', fence, 'signaled says that it is');
    if (!isDone && wasDone && !hasSignaled(fence)) {
      this.lapse('FENCE-023', `signaled takes back that ${fence.label} is done`, 'true for ever');
    }
    return isDone;
  }

  private *wait(
    driver: FenceDriver,
    fence: DmaFence,
    interruptible: boolean,
    timeoutJiffies: number,
  ): KernelTask<number> {
    const body = driver.wait?.(fence, interruptible, timeoutJiffies) ?? zero();
    const left = yield* this.trail.follow('wait', body);
    if (left > 0 && !hasSignaled(fence)) {
      const message = `wait returns ${left}, and ${fence.label} is pending`;
      this.lapse('FENCE-073', message, 'success only for a fence that has signaled');
    }
    return left;
  }

  /** The work behind a fence must be done before anybody says so. */
  private judgeDone(rule: RuleId, fence: DmaFence, how: string): void {
    const job = this.jobOf(fence);
    // A fence that was not handed out has nothing to promise.
    if (job === null || job.isDone || this.early.has(fence)) return;
    this.early.add(fence);
    this.lapse(rule, `${fence.label} is not done, and ${how}`, 'its job to be done by then');
  }

  /** Numbers rise in the order in which the hardware does the jobs. */
  private judgeOrder(fence: DmaFence, job: HardwareJob): void {
    const { fences } = this.stack;
    for (const other of this.issued) {
      if (other.fence === fence || other.fence.context !== fence.context) continue;
      // Nobody knows yet where a job will stand that is handed over later.
      if (job.place === 0 || other.job.place === 0) continue;
      const isWide = fence.ops.use64BitSeqno ?? false;
      const isLater = fences.isLaterSeqno(fence.seqno, other.fence.seqno, isWide);
      if (isLater === job.place > other.job.place) continue;
      const order = `${other.fence.label} has ${other.fence.seqno}, ${fence.label} ${fence.seqno}`;
      const message = `numbers do not follow the order of the jobs: ${order}`;
      this.lapse('CONTRACT-006', message, 'rising numbers, in the order of completion');
      return;
    }
  }

  private event({ object, name, result }: WorldEvent): void {
    if (!(object instanceof DmaFence) || object.ops !== this.made) return;
    if (name === 'enable' && !this.enabledAt.has(object)) {
      this.enabledAt.set(object, this.world.clock.value);
    }
    if (name === 'signal' && result === 0) this.judgeSignal(object);
  }

  /** Not before the work is over, and soon after that. */
  private judgeSignal(fence: DmaFence): void {
    const job = this.jobOf(fence);
    if (fence.error.value === 0) {
      const rule = job?.hangs === true ? 'CONTRACT-002' : 'CONTRACT-006';
      this.judgeDone(rule, fence, 'it is signaled');
    } else {
      this.judgeRecovery(fence);
    }
    const enabledAt = this.enabledAt.get(fence);
    const doneAt = job?.doneAt ?? null;
    // Nobody has asked for it: it may stay as it is until somebody does.
    if (doneAt === null || enabledAt === undefined) return;
    const late = this.world.clock.value - Math.max(doneAt, enabledAt);
    const max = this.driver?.lateJiffiesMax ?? 0;
    if (late <= max) return;
    const message = `${fence.label} is signaled ${late} jiffies after its job was done`;
    this.lapse('CONTRACT-001', message, `at most ${max}`);
  }

  /** What is given up ends in its order, too: behind everything that was handed over before. */
  private judgeRecovery(fence: DmaFence): void {
    const place = this.jobOf(fence)?.place ?? 0;
    const isBefore = ({ fence: other, job }: Issued): boolean =>
      other.context === fence.context && !job.isDone && job.place > 0 && job.place < place;
    const first = this.issued.find((one) => isBefore(one) && !hasSignaled(one.fence));
    if (first === undefined) return;
    const message = `${fence.label} is given up before ${first.fence.label}`;
    this.lapse('CONTRACT-006', message, 'the order of the jobs');
  }

  private jobOf(fence: KernelObject): HardwareJob | null {
    return this.issued.find((one) => one.fence === fence)?.job ?? null;
  }

  private lapse(rule: RuleId, message: string, expected: string): void {
    this.lapses.push({ rule, message, step: this.world.steps, expected });
  }
}

const ALWAYS = {
  use64BitSeqno: true,
  getDriverName: true,
  getTimelineName: true,
  fenceValueStr: true,
  timelineValueStr: true,
};

const NO = 'no error with this answer';

/** Others may store one meanwhile: recovery does, which gives up what is under way. */
function isErrorStore({ kind, place, field }: Access, fence: DmaFence): boolean {
  return place === fence && field === 'error' && (kind === 'write' || kind === 'update');
}

function hasSignaled(fence: DmaFence): boolean {
  return (fence.flags.bits & SIGNALED) !== 0;
}

function* nothing(): KernelTask<void> {}

function* yes(): KernelTask<boolean> {
  return true;
}

function* zero(): KernelTask<number> {
  return 0;
}
