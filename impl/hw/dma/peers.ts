import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { Platform } from '../platform.ts';

/** Where a device is: its root port, then the switches below it. */
export type BusPath = readonly string[];

/** A device whose memory others may use. */
interface Target {
  readonly path: BusPath;
  /** Mappings of its memory that other devices have. */
  mappings: number;
  hasPower: boolean;
  isThere: boolean;
}

/**
 * The tree of root ports and switches: who may use whose memory without a way through system memory.
 *
 * @rule HW-DMA-007 HW-DMA-009
 */
export class Peers extends KernelObject {
  private readonly platform: Platform;
  /** The host passes accesses on from one root port to another. */
  private readonly isHostAllowed: boolean;
  private readonly targets = new Map<string, Target>();

  constructor(platform: Platform, isHostAllowed: boolean) {
    super(platform.world, 'peers');
    this.isStatic = true;
    this.platform = platform;
    this.isHostAllowed = isHostAllowed;
  }

  add(name: string, path: BusPath): void {
    this.targets.set(name, { path, mappings: 0, hasPower: true, isThere: true });
  }

  /** Whether there is a way: below one switch there is, and else the host must pass it on. */
  hasRoute(from: string, to: string): boolean {
    this.world.touch(this, 'tree', 'read', 'once');
    const [first, second] = [this.targets.get(from), this.targets.get(to)];
    if (first === undefined || second === undefined) return false;
    const isShared = first.path.slice(1).some((one) => second.path.slice(1).includes(one));
    return isShared || this.isHostAllowed;
  }

  /** An access to the memory of a target goes through; what does not is recorded. */
  reaches(from: string, to: string): boolean {
    const target = this.targets.get(to);
    const isUp = target?.hasPower === true && target.isThere;
    if (isUp && this.hasRoute(from, to)) return true;
    this.platform.oracle.note('BUS_ERROR', `peer access to ${to}`, from);
    return false;
  }

  /** A device is given addresses for memory of a target. False: there is no way. */
  map(from: string, to: string): boolean {
    if (!this.hasRoute(from, to)) return false;
    this.change(to, (target) => (target.mappings += 1));
    return true;
  }

  unmap(to: string): void {
    this.change(to, (target) => (target.mappings -= 1));
  }

  /** Software switches a target off; while others use it, that is a mistake. */
  powerOff(to: string): void {
    const mappings = this.targets.get(to)?.mappings ?? 0;
    if (mappings > 0) this.platform.oracle.note('PEER_POWER', `${mappings} mappings of ${to}`);
    this.change(to, (target) => (target.hasPower = false));
  }

  /** A target is pulled out: nobody's mistake. */
  unplug(to: string): void {
    this.change(to, (target) => (target.isThere = false));
    this.platform.ledger?.pulled();
  }

  private change(to: string, how: (target: Target) => void): void {
    this.world.touch(this, 'tree', 'write', 'once');
    const target = this.targets.get(to);
    if (target !== undefined) how(target);
  }

  visitState(visit: StateVisitor): void {
    for (const [name, { mappings, hasPower, isThere }] of this.targets) {
      visit(name, [mappings, hasPower, isThere]);
    }
  }
}
