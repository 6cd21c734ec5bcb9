import { Access, type KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { DeviceLane } from './device-lane.ts';
import { NatureAccess } from './injection.ts';
import type { InterruptLine } from './interrupt-line.ts';
import type { DmaAccess, IommuDomain, IovaPage } from './iommu-domain.ts';
import type { Platform } from './platform.ts';

/** An access of a device that went nowhere. */
export interface IommuFault {
  readonly timeNs: number;
  readonly device: string;
  readonly iova: number;
  readonly access: DmaAccess;
  readonly reason: 'UNMAPPED' | 'PERM';
}

/** A command of the queue. */
export interface Invalidation {
  readonly domain: IommuDomain;
  /** Null: the whole domain. */
  readonly iova: IovaPage | null;
  readonly marker: number;
}

/** What becomes of an invalidation: it is done; or, by mistake, not at all, or after it was reported. */
const OUTCOMES = ['done', 'dropped', 'early'] as const;
export type InvalidationOutcome = (typeof OUTCOMES)[number];
/** The IOMMU is a device of its own, with this number. */
const IOMMU_NUMBER = 0;
const QUEUE_LANE = 0;

/**
 * The IOMMU: its queue of invalidations, which software must wait for, and its queue of faults.
 *
 * @rule HW-IOMMU-003 HW-IOMMU-004 HW-IOMMU-007
 */
export class Iommu extends KernelObject {
  readonly platform: Platform;
  readonly interrupt: InterruptLine;
  /** Records that software has not taken; at most so many. */
  private readonly faults: IommuFault[] = [];
  /** Records were lost. */
  private hasOverflown = false;
  protected faultsTotal = 0;
  private readonly commands: Invalidation[] = [];
  /** The last command that was given, and the last one that is said to be complete. */
  private given = 0;
  private completed = 0;
  private lane: DeviceLane | null = null;
  private readonly submit: Access;
  private readonly arrives: Access;
  private readonly invalidates: NatureAccess;

  constructor(platform: Platform) {
    super(platform.world, 'iommu');
    this.isStatic = true;
    this.platform = platform;
    this.interrupt = platform.interrupts.addLine({ name: 'iommu', type: 'edge' });
    this.submit = new Access('update', 'full', this, 'commands', 'queue to');
    const gate = {
      ready: (): boolean => this.commands.length > 0,
      blockedBy: 'nothing is to be invalidated',
    };
    this.arrives = new Access('wait', 'once', this, '', 'take a command of', gate);
    this.invalidates = new NatureAccess(this, 'iotlb', 'invalidate', 1, OUTCOMES.length - 1);
  }

  /** Queues an invalidation; returns the marker to wait for. */
  *invalidate(domain: IommuDomain, iova: IovaPage | null): KernelTask<number> {
    yield this.submit;
    this.touch('commands', 'write');
    this.given += 1;
    const marker = this.given;
    this.commands.push({ domain, iova, marker });
    if (this.lane === null) {
      this.lane = new this.platform.types.DeviceLane(this, 'iommu', IOMMU_NUMBER, QUEUE_LANE);
      this.lane.start(() => this.run());
    }
    return marker;
  }

  /** Waits until the IOMMU says that the command is complete. */
  *await(marker: number): KernelTask<void> {
    const gate = {
      ready: (): boolean => this.completed >= marker,
      blockedBy: 'an invalidation is not complete',
    };
    yield new Access('wait', 'acquire', this, 'completed', 'poll', gate);
    this.touch('completed', 'read');
  }

  /** An access has failed: never silently. The device's lane does this. */
  *fault(
    domain: IommuDomain,
    iova: number,
    access: DmaAccess,
    reason: IommuFault['reason'],
  ): KernelTask<void> {
    this.record(domain, iova, access, reason);
    yield* this.interrupt.assert();
  }

  protected record(
    domain: IommuDomain,
    iova: number,
    access: DmaAccess,
    reason: IommuFault['reason'],
  ): void {
    const { world, platform } = this;
    const { name } = domain.device;
    this.touch('faults', 'write');
    this.faultsTotal += 1;
    const record = { timeNs: world.clock.valueNs, device: name, iova, access, reason };
    if (this.faults.length < platform.options.faultQueueEntries) this.faults.push(record);
    else this.lose();
    const where = `0x${iova.toString(16)}`;
    platform.oracle.note('IOMMU_FAULT', `${access} of ${where}: ${reason}`, name);
  }

  /** There is no room for the record: that there was one is still known. */
  protected lose(): void {
    this.hasOverflown = true;
  }

  /** Takes all records out of the queue. */
  takeFaults(): readonly IommuFault[] {
    this.touch('faults', 'write');
    for (const { iova } of this.faults) this.world.current.observe(iova);
    return this.faults.splice(0);
  }

  /** How many accesses have failed, lost records and all; and whether there are lost ones. */
  get status(): { readonly total: number; readonly hasOverflown: boolean } {
    this.touch('faults', 'read');
    this.world.current.observe(this.faultsTotal);
    return { total: this.faultsTotal, hasOverflown: this.hasOverflown };
  }

  private *run(): KernelTask<void> {
    const { lane, platform } = this;
    if (lane === null) return;
    for (;;) {
      yield* lane.idle(this.arrives);
      this.touch('commands', 'write');
      const command = this.commands[0];
      if (command === undefined) continue;
      const outcome = yield* this.decide();
      if (outcome === 'early') this.complete(command);
      yield* lane.work(platform.options.invalidationNs);
      this.commands.shift();
      this.touch('commands', 'write');
      if (outcome !== 'dropped') this.perform(command);
      this.complete(command);
    }
  }

  protected *decide(): KernelTask<InvalidationOutcome> {
    return OUTCOMES[yield* this.invalidates.ask()] ?? 'done';
  }

  protected perform({ domain, iova }: Invalidation): void {
    domain.invalidate(iova);
  }

  private complete({ marker }: Invalidation): void {
    this.touch('completed', 'write');
    this.completed = Math.max(this.completed, marker);
  }

  private touch(field: string, kind: 'read' | 'write'): void {
    this.world.touch(this, field, kind, 'once');
  }

  visitState(visit: StateVisitor): void {
    for (const { domain, iova, marker } of this.commands) visit('command', [domain, iova, marker]);
    visit('given', this.given);
    visit('completed', this.completed);
    for (const { device, iova, access, reason } of this.faults) {
      visit('fault', `${device} ${access} ${iova} ${reason}`);
    }
    visit('faults', this.faultsTotal);
    visit('hasOverflown', this.hasOverflown);
  }
}
