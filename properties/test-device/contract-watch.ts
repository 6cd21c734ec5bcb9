import { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import type { KernelObject, StateVisitor } from '../../impl/kernel/object.ts';
import type { Observer, WorldEvent } from '../../impl/kernel/observer.ts';
import { dependenciesOf, USER_SPACE } from './dependencies.ts';
import type { TestDevice } from './device.ts';
import { findCycle } from './happens-before.ts';

/** What was seen of one fence of the device. */
export interface FenceSight {
  readonly fence: DmaFence;
  /** Unit: jiffies since boot, as below. */
  readonly madeAt: number;
  /** It was put where others find it. */
  publishedAt: number | null;
  /** A signalling section was open there. */
  isPublishedInSection: boolean;
  /** A job of the device was behind it, or else nobody's. */
  hadJob: boolean;
  signaledAt: number | null;
  isSignaledInSection: boolean;
}

/**
 * Looks on from outside while a device works: faults replace classes of the device, and not this.
 * What it finds wrong are words; properties know which rules they break.
 */
export class ContractWatch implements Observer {
  readonly fences: FenceSight[] = [];
  /** Fences that were completed by somebody else than the device. */
  readonly strangers: string[] = [];
  /** Fences that were completed before an earlier one of their context. */
  readonly unordered: string[] = [];
  /** The first circle of things that wait for each other. */
  cycle: string | null = null;
  /** A fence waited for what user space decides. */
  waitedForUser: string | null = null;
  /** Work that may fault was on the device together with fences that others could see. */
  coexisted: string | null = null;
  /** A fault waited for memory that a fence keeps. */
  faultWaited = false;
  /** Fences that user space says it waits for. */
  readonly userWaits: string[] = [];
  private readonly device: TestDevice;

  constructor(device: TestDevice) {
    this.device = device;
  }

  event({ object, name, subject, result }: WorldEvent): void {
    if (object instanceof DmaFence && object.ops === this.device)
      this.fenceEvent(object, name, result);
    if (object instanceof DmaResv && name === 'add') this.published(subject);
  }

  private fenceEvent(fence: DmaFence, name: string, result: number | null): void {
    if (name === 'init') {
      this.fences.push({
        fence,
        madeAt: this.now,
        publishedAt: null,
        isPublishedInSection: false,
        hadJob: false,
        signaledAt: null,
        isSignaledInSection: false,
      });
    } else if (name === 'signal' && result === 0) {
      this.signaled(fence);
    }
  }

  private published(subject: KernelObject | null): void {
    const sight = this.fences.find(({ fence }) => fence === subject);
    if (sight === undefined || sight.publishedAt !== null) return;
    sight.publishedAt = this.now;
    sight.isPublishedInSection = this.isInSection;
    sight.hadJob = !this.device.orphans.some(({ fence }) => fence === subject);
  }

  private signaled(fence: DmaFence): void {
    const sight = this.fences.find((one) => one.fence === fence);
    if (sight !== undefined) {
      sight.signaledAt = this.now;
      sight.isSignaledInSection = this.isInSection;
    }
    const { jobs } = this.device;
    // The device takes a job off its list first; a poll finds it done, and completes it as well.
    if (jobs.some((job) => job.fence === fence && !job.isDone)) this.strangers.push(fence.label);
    const isLate = jobs.some(
      (job) =>
        job.fence !== null &&
        job.fence.context === fence.context &&
        job.fence.seqno < fence.seqno &&
        !job.isDone,
    );
    if (isLate) this.unordered.push(fence.label);
  }

  stepped(): void {
    const { jobs, hardware } = this.device;
    if (jobs.length === 0 && this.device.orphans.length === 0) return;
    const edges = dependenciesOf(this.device, this.userWaits);
    this.cycle ??= findCycle(edges)?.join(' -> ') ?? null;
    this.waitedForUser ??= edges.find(([, other]) => other === USER_SPACE)?.[0] ?? null;
    if (jobs.length === 0) return;
    if (edges.some(([what]) => what === 'memory')) this.faultWaited = true;
    const busy = hardware.units.find(({ running }) => running !== null && running.fence === null);
    this.coexisted ??= busy?.running?.name ?? null;
  }

  /** Fences that were pending for longer than this, and those that are pending still. */
  late(jiffiesMax: number): readonly string[] {
    return this.fences
      .filter(({ madeAt, signaledAt }) => signaledAt === null || signaledAt - madeAt > jiffiesMax)
      .map(({ fence }) => fence.label);
  }

  private get now(): number {
    return this.device.world.clock.value;
  }

  private get isInSection(): boolean {
    return this.device.world.current.signallingDepth > 0;
  }

  visitState(visit: StateVisitor): void {
    visit('cycle', this.cycle);
    visit('waitedForUser', this.waitedForUser);
    visit('coexisted', this.coexisted);
    visit('strangers', this.strangers);
    visit('unordered', this.unordered);
    visit('userWaits', this.userWaits);
  }
}
