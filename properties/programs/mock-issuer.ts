import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceOps } from '../../impl/dma-buf/fence-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';

/** What a mock issuer provides; each part that is absent is absent from its ops. */
export interface MockOptions {
  /** `armed` returns true, `refuses` false, `failing` stores -EIO and returns false. */
  readonly enable: 'absent' | 'armed' | 'refuses' | 'failing';
  /** `hardware`: the fence is done once the program says that the hardware is. */
  readonly signaled: 'absent' | 'hardware';
  readonly release: 'absent' | 'counted';
  readonly deadline: boolean;
  /** `selftest`: the custom wait of the kernel's own test. */
  readonly is64Bit: boolean;
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
  /** Deadlines as they came in. */
  readonly deadlines: bigint[] = [];
  readonly enableSignaling?: (fence: DmaFence) => KernelTask<boolean>;
  readonly signaled?: (fence: DmaFence) => KernelTask<boolean>;
  readonly release?: (fence: DmaFence) => KernelTask<void>;
  readonly setDeadline?: (fence: DmaFence, deadlineNs: bigint) => KernelTask<void>;
  private readonly options: MockOptions;

  constructor(stack: Stack, options: MockOptions) {
    super(stack.world, 'mock');
    this.isStatic = true;
    this.options = options;
    this.use64BitSeqno = options.is64Bit;
    this.lock = new SpinLock(this, 'lock', '&mock->lock');
    this.hardwareDone = new Cell(this, 'hardwareDone', 0, 'full');
    if (options.enable !== 'absent') this.enableSignaling = (fence) => this.arm(fence);
    if (options.signaled !== 'absent') this.signaled = () => this.look();
    if (options.release !== 'absent') this.release = (fence) => this.retire(fence);
    if (options.deadline) this.setDeadline = (_fence, deadlineNs) => this.hint(deadlineNs);
  }

  getDriverName(): string {
    return 'mock';
  }

  getTimelineName(): string {
    return 'mock';
  }

  private *arm(fence: DmaFence): KernelTask<boolean> {
    this.enableCalls += 1;
    if (this.options.enable === 'failing') yield* fence.setError(-5);
    return this.options.enable === 'armed';
  }

  private *look(): KernelTask<boolean> {
    this.signaledCalls += 1;
    return (yield* this.hardwareDone.read()) === 1;
  }

  // oxlint-disable-next-line require-yield
  private *retire(fence: DmaFence): KernelTask<void> {
    this.releaseCalls += 1;
    fence.free();
  }

  // oxlint-disable-next-line require-yield
  private *hint(deadlineNs: bigint): KernelTask<void> {
    this.deadlines.push(deadlineNs);
  }

  visitState(visit: StateVisitor): void {
    visit('hardwareDone', this.hardwareDone.value);
    visit('enableCalls', this.enableCalls);
  }
}
