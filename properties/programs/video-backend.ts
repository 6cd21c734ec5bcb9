import type { Device } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainList } from '../../impl/kernel/plain.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { Vb2Buffer } from '../../impl/media/vb2-buffer.ts';
import type { Vb2Ops, Vb2Setup } from '../../impl/media/vb2-ops.ts';
import type { Vb2Queue } from '../../impl/media/vb2-queue.ts';
import type { Stack } from '../../impl/stack.ts';
import { ProgramError } from './operation.ts';

/** Calls of a driver that a program can make fail. */
export const REFUSALS = ['setup', 'init', 'prepare', 'start'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What hardware a program wants. */
export interface VideoHardware {
  /** Unit: bytes. */
  readonly planeSizes: readonly number[];
  /** Each plane is accessed by a device of its own. */
  readonly isSplit: boolean;
  /** The driver does not want more buffers. */
  readonly buffersMax: number;
  /** A driver as it should not be: it gives nothing back when it stops, or cannot start. */
  readonly isGreedy: boolean;
}

/**
 * A driver as it should be, for hardware that does what a program says: it takes buffers in their order,
 * and completes those that it is told to complete. Interrupts come with the driver's lock.
 */
export class VideoBackend extends KernelObject implements Vb2Ops {
  readonly stack: Stack;
  private readonly hardware: VideoHardware;
  /** Each plane's own device, where they have one. */
  private readonly devices: readonly Device[];
  private readonly lock: SpinLock;
  /** What the hardware may access, in the order in which it came. Under `lock`. */
  private readonly owned: PlainList<Vb2Buffer>;
  private readonly refused = new Map<Refusal, number>();
  /** What the driver was asked for, in order. */
  readonly seen: string[] = [];

  constructor(stack: Stack, hardware: VideoHardware) {
    super(stack.world, 'videoBackend');
    this.isStatic = true;
    this.stack = stack;
    this.hardware = hardware;
    this.devices = hardware.planeSizes.map((_, number) => ({ name: `port${number}` }));
    this.lock = new SpinLock(this, 'lock', '&camera->slock');
    this.owned = new PlainList<Vb2Buffer>(this, 'owned');
  }

  /** The driver answers an error from now on; 0: it does not any more. */
  refuse(what: string, error: number): void {
    const known = REFUSALS.find((name) => name === what);
    if (known === undefined) throw new ProgramError(`a driver cannot refuse ${what}`);
    this.world.touch(this, 'refused', 'write', 'once');
    this.refused.set(known, error);
  }

  private note(what: string): void {
    this.world.touch(this, 'seen', 'write', 'once');
    this.seen.push(what);
  }

  /** Notes what it is asked for, and how it answers. */
  private answer(what: Refusal, subject: string): number {
    this.world.touch(this, 'refused', 'read', 'once');
    const error = this.refused.get(what) ?? 0;
    this.note(`${what} ${subject}${error === 0 ? '' : ' refused'}`);
    return error;
  }

  *queueSetup(_queue: Vb2Queue, count: number): KernelTask<Vb2Setup | number> {
    const error = this.answer('setup', String(count));
    if (error !== 0) return error;
    const { planeSizes, isSplit, buffersMax } = this.hardware;
    const setup = { count: Math.min(count, buffersMax), planeSizes };
    return isSplit ? { ...setup, devices: this.devices } : setup;
  }

  *bufInit(buffer: Vb2Buffer): KernelTask<number> {
    return this.answer('init', String(buffer.index));
  }

  *bufPrepare(buffer: Vb2Buffer): KernelTask<number> {
    return this.answer('prepare', String(buffer.index));
  }

  *bufFinish(buffer: Vb2Buffer): KernelTask<void> {
    this.note(`finish ${buffer.index}`);
  }

  *bufCleanup(buffer: Vb2Buffer): KernelTask<void> {
    this.note(`cleanup ${buffer.index}`);
  }

  *bufQueue(buffer: Vb2Buffer): KernelTask<void> {
    this.note(`queue ${buffer.index}`);
    const flags = yield* this.lock.acquireIrqsave();
    this.owned.push(buffer);
    this.lock.releaseIrqrestore(flags);
  }

  *startStreaming(queue: Vb2Queue, count: number): KernelTask<number> {
    const error = this.answer('start', String(count));
    if (error !== 0) yield* this.giveAllBack(queue, 'queued');
    return error;
  }

  *stopStreaming(queue: Vb2Queue): KernelTask<void> {
    this.note('stop');
    yield* this.giveAllBack(queue, 'error');
  }

  private *giveAllBack(queue: Vb2Queue, how: string): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    for (const buffer of this.owned.takeAll()) {
      if (!this.hardware.isGreedy) yield* queue.complete(buffer, how);
    }
    this.lock.releaseIrqrestore(flags);
  }

  /** The hardware is done with a buffer, or with the first one. Null: it has none like that. */
  *finish(
    index: number | null,
    how: string,
    work: (buffer: Vb2Buffer) => KernelTask<void>,
  ): KernelTask<number | null> {
    const flags = yield* this.lock.acquireIrqsave();
    const buffer = this.owned.find((one) => index === null || one.index === index);
    if (buffer !== null) {
      this.owned.remove(buffer);
      yield* work(buffer);
      yield* buffer.queue.complete(buffer, how);
    }
    this.lock.releaseIrqrestore(flags);
    return buffer?.index ?? null;
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('owned', this.owned.value);
    visit('refused', [...this.refused].map(([what, error]) => `${what} ${error}`).toSorted());
    visit('seen', this.seen.join());
  }
}
