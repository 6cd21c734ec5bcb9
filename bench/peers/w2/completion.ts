import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import { Flags } from '../../../impl/kernel/flags.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** Bits of `Completion.flags`. */
export const SIGNALED = 1;
export const ENABLED = 2;

/** Everything that the tasks of the workload share: a fence without its life. */
export class Completion extends KernelObject {
  readonly flags: Flags;
  readonly lock: SpinLock;
  /** How often the callback of each adder has run. */
  readonly ran: number[] = [];
  /** Numbers of the adders whose callbacks wait; registered under `lock`. */
  private readonly list: number[] = [];
  private readonly appends: Access;
  private readonly runs: Access;
  private readonly waits: Access;

  constructor(world: World, callbacks: number) {
    super(world, 'completion');
    this.alias = 'f';
    this.flags = new Flags(this, 'flags');
    this.lock = new SpinLock(this, 'lock', 'completion_lock');
    for (let id = 0; id < callbacks; id += 1) this.ran.push(0);
    this.appends = new Access('update', 'plain', this, 'list', 'append to');
    this.runs = new Access('update', 'plain', this, 'list', 'run and clear');
    const gate = { ready: (): boolean => this.ran[0] !== 0, blockedBy: 'callback 0 has not run' };
    this.waits = new Access('wait', 'acquire', this, 'ran', 'wait for', gate);
  }

  *append(id: number): KernelTask<void> {
    this.lock.assertHeld('append');
    yield this.appends;
    this.world.memory.writes(this, 'list');
    this.list.push(id);
  }

  /** Runs every callback, once each: nobody is told how many there were. */
  *runAll(): KernelTask<void> {
    this.lock.assertHeld('runAll');
    yield this.runs;
    const { memory } = this.world;
    memory.writes(this, 'list');
    memory.writes(this, 'ran', 'release');
    while (this.list.length > 0) {
      const id = this.list.shift() ?? 0;
      this.ran[id] = (this.ran[id] ?? 0) + 1;
    }
  }

  /** Blocks until the first callback has run. */
  *waitForFirst(): KernelTask<void> {
    yield this.waits;
    this.world.memory.reads(this, 'ran', 'acquire');
  }

  visitState(visit: StateVisitor): void {
    visit('flags', this.flags.bits);
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('list', this.list);
    visit('ran', this.ran);
  }
}
