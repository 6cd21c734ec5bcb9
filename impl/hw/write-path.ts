import { Access, type KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { DeviceLane } from './device-lane.ts';
import type { Device } from './device.ts';
import type { PageNumber } from './physical-memory.ts';
import type { Token } from './token.ts';

/** Lines of one page that are on their way to it. */
export interface PostedLines {
  readonly page: PageNumber;
  readonly line: number;
  readonly tokens: readonly Token[];
  readonly dueNs: number;
}

/**
 * One way from a device to memory, or to a peer. Writes are posted: they become visible after a
 * while, in order on this way and on no other.
 */
export class WritePath extends KernelObject {
  protected readonly device: Device;
  private readonly name: string;
  private readonly number: number;
  private readonly latencyNs: number;
  private readonly posted: PostedLines[] = [];
  /** How many writes were posted, and how many of them have landed or were dropped. */
  private given = 0;
  private landed = 0;
  private lane: DeviceLane | null = null;
  private readonly arrives: Access;

  constructor(device: Device, name: string, number: number, latencyNs: number) {
    super(device.world, 'writePath');
    this.isStatic = true;
    this.device = device;
    this.name = name;
    this.number = number;
    this.latencyNs = latencyNs;
    const gate = { ready: (): boolean => this.posted.length > 0, blockedBy: 'nothing is written' };
    this.arrives = new Access('wait', 'once', this, '', 'take a write of', gate);
  }

  override get label(): string {
    return `${this.device.name}.${this.name}`;
  }

  /** Lines of one page, from `line` on. */
  post(page: PageNumber, line: number, tokens: readonly Token[]): void {
    const { world } = this;
    this.touch('write');
    this.given += 1;
    this.posted.push({ page, line, tokens, dueNs: world.clock.valueNs + this.latencyNs });
    if (this.lane !== null) return;
    const { DeviceLane: Lane } = this.device.platform.types;
    this.lane = new Lane(this.device, this.label, this.device.number, this.number);
    this.lane.start(() => this.run());
  }

  /** Waits until everything is visible that has been posted so far. */
  *drain(): KernelTask<void> {
    this.touch('read');
    const until = this.given;
    if (this.landed >= until) return;
    const gate = {
      ready: (): boolean => this.landed >= until,
      blockedBy: `writes of ${this.label} are on their way`,
    };
    yield new Access('wait', 'once', this, 'posted', 'drain', gate);
    this.touch('read');
  }

  /** A reset: what has not landed never will. */
  drop(): void {
    this.touch('write');
    this.landed = this.given;
    this.posted.splice(0);
    this.lane?.wake();
  }

  get inFlight(): number {
    return this.given - this.landed;
  }

  private *run(): KernelTask<void> {
    const { lane, posted } = this;
    const { clock } = this.world;
    if (lane === null) return;
    for (;;) {
      yield* lane.idle(this.arrives);
      for (let first = posted[0]; first !== undefined; first = posted[0]) {
        yield clock.arrange(first.dueNs);
        clock.arrive();
        if (posted[0] === first) yield* this.land(lane, first);
        this.landMore(lane);
      }
    }
  }

  /** Line by line: somebody may look in between. */
  protected *land(lane: DeviceLane, first: PostedLines): KernelTask<void> {
    yield* lane.instant(first.tokens.length, (index) => {
      if (this.posted[0] !== first) return false;
      this.store(first, index);
      return true;
    });
    if (this.posted[0] === first) this.finish();
  }

  /** What lands before anybody can look again, in the same step; each may let somebody go on. */
  private landMore(lane: DeviceLane): void {
    const { posted, world } = this;
    for (let next = posted[0]; next !== undefined; next = posted[0]) {
      if (next.dueNs >= lane.horizonNs()) return;
      world.clock.reach(next.dueNs);
      for (let index = 0; index < next.tokens.length; index += 1) this.store(next, index);
      this.finish();
    }
  }

  protected store({ page, line, tokens }: PostedLines, index: number): void {
    const token = tokens[index];
    if (token !== undefined) this.device.dma.store(page, line + index, token);
  }

  protected finish(): void {
    this.posted.shift();
    this.landed += 1;
    this.touch('write');
  }

  private touch(kind: 'read' | 'write'): void {
    this.world.touch(this, 'posted', kind, 'once');
  }

  visitState(visit: StateVisitor): void {
    for (const { page, line, tokens, dueNs } of this.posted) {
      visit('posted', [page, line, dueNs, ...tokens]);
    }
  }
}
