import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { EIO, ETIME } from '../../impl/kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';

/** What a mock issuer provides; each part that is absent is absent from its ops. */
export interface MockOptions {
  /**
   * `armed` returns true, `refuses` false, `failing` stores -EIO and returns false, `signals`
   * stores -EIO, signals on its own and returns false. `slow` takes a step to return true.
   */
  readonly enable: 'absent' | 'armed' | 'refuses' | 'failing' | 'signals' | 'slow';
  /** `hardware`: the fence is done once the program says that the hardware is. */
  readonly signaled: 'absent' | 'hardware';
  /** `counted` frees the fence, `kept` leaves that to the program. */
  readonly release: 'absent' | 'counted' | 'kept';
  /** `late` answers -ETIME at once, as no default wait does. */
  readonly wait?: 'absent' | 'late';
  readonly deadline: boolean;
  /** It has the two functions that only debug listings use. */
  readonly values?: boolean;
  readonly is64Bit: boolean;
}

/** What an op of the mock found when the core called it. */
export interface OpSight {
  readonly op: 'enableSignaling' | 'signaled' | 'release' | 'wait' | 'setDeadline';
  readonly task: string;
  readonly context: 'process' | 'softirq' | 'hardirq';
  /** The task that called held the fence's lock. */
  readonly isLocked: boolean;
  readonly irqsEnabled: boolean;
  readonly isSignaled: boolean;
  /** Nodes on the fence's list. */
  readonly callbacks: number;
}

/** A small driver for tests: one fence, its lock, and its "hardware". */
export class MockIssuer extends KernelObject implements FenceOps {
  readonly lock: SpinLock;
  readonly use64BitSeqno: boolean;
  /** 1 once the hardware has finished, whether or not anybody noticed. */
  readonly hardwareDone: Cell;
  enableCalls = 0;
  signaledCalls = 0;
  releaseCalls = 0;
  /** Every call of an op, in order. */
  readonly sights: OpSight[] = [];
  /** Deadlines as they came in. */
  readonly deadlines: bigint[] = [];
  readonly enableSignaling?: (fence: DmaFence) => KernelTask<boolean>;
  readonly signaled?: (fence: DmaFence) => KernelTask<boolean>;
  readonly release?: (fence: DmaFence) => KernelTask<void>;
  readonly wait?: (fence: DmaFence) => KernelTask<number>;
  readonly setDeadline?: (fence: DmaFence, deadlineNs: bigint) => KernelTask<void>;
  readonly fenceValueStr?: () => string;
  readonly timelineValueStr?: () => string;
  /** How often a listing asked for a value. */
  valueCalls = 0;
  private readonly options: MockOptions;

  constructor(stack: Stack, options: MockOptions) {
    super(stack.world, 'mock');
    this.isStatic = true;
    this.options = options;
    this.use64BitSeqno = options.is64Bit;
    this.lock = new SpinLock(this, 'lock', '&mock->lock');
    this.hardwareDone = new Cell(this, 'hardwareDone', 0, 'full');
    if (options.enable !== 'absent') this.enableSignaling = (fence) => this.arm(fence);
    if (options.signaled !== 'absent') this.signaled = (fence) => this.look(fence);
    if (options.release !== 'absent') this.release = (fence) => this.retire(fence);
    if (options.wait === 'late') this.wait = (fence) => this.refuseToWait(fence);
    if (options.deadline) this.setDeadline = (fence, deadlineNs) => this.hint(fence, deadlineNs);
    if (options.values === true) {
      this.fenceValueStr = () => this.value();
      this.timelineValueStr = () => this.value();
    }
  }

  getDriverName(): string {
    return 'mock';
  }

  getTimelineName(): string {
    return 'mock';
  }

  private *arm(fence: DmaFence): KernelTask<boolean> {
    this.enableCalls += 1;
    this.note('enableSignaling', fence);
    const { enable } = this.options;
    if (enable === 'failing' || enable === 'signals') yield* fence.setError(-EIO);
    if (enable === 'signals') yield* fence.signalLocked();
    if (enable === 'slow') yield* this.hardwareDone.read();
    return enable === 'armed' || enable === 'slow';
  }

  private *look(fence: DmaFence): KernelTask<boolean> {
    this.signaledCalls += 1;
    this.note('signaled', fence);
    return (yield* this.hardwareDone.read()) === 1;
  }

  private *retire(fence: DmaFence): KernelTask<void> {
    this.world.touch(fence, 'release', 'write', 'once');
    this.releaseCalls += 1;
    this.note('release', fence);
    if (this.options.release === 'counted') fence.free();
  }

  private *refuseToWait(fence: DmaFence): KernelTask<number> {
    this.note('wait', fence);
    return -ETIME;
  }

  private *hint(fence: DmaFence, deadlineNs: bigint): KernelTask<void> {
    // The fence may signal between the poll and the issuer's first look at its hardware.
    yield* this.hardwareDone.read();
    this.note('setDeadline', fence);
    this.deadlines.push(deadlineNs);
  }

  private value(): string {
    this.valueCalls += 1;
    return '7';
  }

  private note(op: OpSight['op'], fence: DmaFence): void {
    const { name, context, cpu } = this.world.current;
    this.world.touch(this, 'sights', 'write', 'once');
    this.sights.push({
      op,
      task: name,
      context,
      isLocked: fence.lock.isHeld,
      irqsEnabled: cpu.irqsEnabled,
      isSignaled: (fence.flags.bits & SIGNALED) !== 0,
      callbacks: fence.callbacks.value.length,
    });
  }

  visitState(visit: StateVisitor): void {
    visit('hardwareDone', this.hardwareDone.value);
    visit('enableCalls', this.enableCalls);
    visit('releaseCalls', this.releaseCalls);
  }
}
