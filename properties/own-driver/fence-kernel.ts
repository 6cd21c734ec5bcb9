import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback, FenceCallbackFunction } from '../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import type { Gfp } from '../../impl/kernel/memory.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import { type Noted, PlainList } from '../../impl/kernel/plain.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Stack } from '../../impl/stack.ts';
import { CommandRing } from './command-ring.ts';
import { DriverKernel } from './driver-kernel.ts';
import type { FenceDriver } from './fence-driver.ts';
import { FenceOpsWatch } from './fence-ops-watch.ts';

/** Work that was put off. */
export interface Deferred {
  /** Asks for it to run once more; it may be running. */
  queue(): void;
}

/** A timer that can be armed again and again. */
export interface DriverTimer {
  /** It fires after so many jiffies, in soft interrupt context. It must not be armed already. */
  arm(jiffies: number): void;
  /** True when it had not fired yet. */
  cancel(): boolean;
}

/** What the simulated kernel offers to an issuer of fences. Everything with steps is a generator. */
export class FenceKernel extends DriverKernel {
  /** Ends the description of the driver with what is held against it. */
  readonly watch: FenceOpsWatch;
  /** The first sequence number to use. Mostly shortly before 32 bits run over. */
  readonly firstSeqno: number;

  constructor(stack: Stack, name: string | null, firstSeqno: number) {
    super(stack, name);
    this.firstSeqno = firstSeqno;
    this.watch = new FenceOpsWatch(stack);
  }

  /** Called once by the driver that this kernel is for. */
  serve(driver: FenceDriver): void {
    this.watch.begin(driver);
  }

  /** A number that no other timeline has. @kernel dma_fence_context_alloc */
  *contextAlloc(): KernelTask<number> {
    return yield* this.stack.fences.contextAlloc(1);
  }

  /** A new fence whose ops are those of the driver. @kernel dma_fence_init */
  fence(lock: SpinLock, context: number, seqno: number): DmaFence {
    const { stack, watch } = this;
    const wide = BigInt(seqno);
    return new stack.types.DmaFence(stack, watch.ops, lock, context, wide);
  }

  /** Memory for something small; false when there is none. @kernel kmalloc */
  *reserve(gfp: Gfp): KernelTask<boolean> {
    return yield* this.world.memory.reserve(gfp);
  }

  /** A lock that interrupts may take, too, if it is always taken with them disabled. */
  spinlock(owner: KernelObject, name: string): SpinLock {
    return new SpinLock(owner, name, `&${owner.kind}->${name}`);
  }

  /** A word that is read and written without a lock; each access is a step. */
  cell(owner: KernelObject, name: string, value: number): Cell {
    return new Cell(owner, name, value);
  }

  /** A list that a lock protects. */
  list<T extends Noted>(owner: KernelObject, name: string): PlainList<T> {
    return new PlainList<T>(owner, name);
  }

  /** A node to wait for a fence with; `free` it when nobody can call it any more. */
  callback(run: FenceCallbackFunction): FenceCallback {
    return new this.stack.types.FenceCallback(this.world, run);
  }

  /** From here on the task must reach its next signal. @kernel dma_fence_begin_signalling */
  beginSignalling(): boolean {
    return this.stack.fences.beginSignalling();
  }

  /** Takes what `beginSignalling` returned. @kernel dma_fence_end_signalling */
  endSignalling(cookie: boolean): void {
    this.stack.fences.endSignalling(cookie);
  }

  /** Jiffies since boot. */
  get jiffies(): number {
    return this.world.clock.now;
  }

  /** Hardware that works through jobs, and calls the driver's `interrupt` and `timedOut`. */
  ring(name: string): CommandRing {
    const { stack, watch, world, firstSeqno } = this;
    const recovery = { label: 'recovery', run: () => watch.timedOut() };
    const ring = new CommandRing(world, firstSeqno - 1, {
      interrupt: () => watch.interrupt(),
      timedOut: () => stack.delayedWork.queue(recovery),
    });
    return this.named(ring, name);
  }

  /**
   * Work on the way to completion that runs in process context, one item after another: it may
   * sleep, but the fences wait for it. It runs in a signalling section.
   */
  completion(name: string, run: () => KernelTask<void>): Deferred {
    const { stack, watch } = this;
    const work = { label: name, run: () => watch.completion(run) };
    return { queue: () => stack.delayedWork.queue(work) };
  }

  /** A timer of the driver's. */
  timer(name: string, run: () => KernelTask<void>): DriverTimer {
    const { clock } = this.world;
    const { watch } = this;
    let armed: { readonly label: string; readonly expires: number; run(): KernelTask<void> } = {
      label: name,
      expires: 0,
      run,
    };
    return {
      arm: (jiffies) => {
        armed = { label: name, expires: clock.now + jiffies, run: () => watch.timer(run) };
        clock.arm(armed);
      },
      cancel: () => clock.cancel(armed),
    };
  }
}
