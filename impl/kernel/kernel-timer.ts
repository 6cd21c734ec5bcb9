import type { AbstractState } from '../../model/events.ts';
import { Access, type KernelTask } from './access.ts';
import type { Timer } from './clock.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import type { World } from './world.ts';

/**
 * A timer as drivers have it: armed for a time, again and again, and cancelled. It never fires
 * before that time, and its function runs in softirq context.
 *
 * @kernel struct timer_list
 * @rule HW-TIME-004
 */
export class KernelTimer extends KernelObject implements Timer {
  /** Unit: jiffies. */
  expires = 0;
  private readonly callback: () => KernelTask<void>;
  private readonly control: Access;
  private isArmed = false;
  private isRunning = false;

  constructor(world: World, callback: () => KernelTask<void>) {
    super(world, 'timer');
    this.callback = callback;
    this.control = new Access('update', 'full', this, 'timer', 'set');
  }

  /** Arms it for then, whether or not it was armed. @kernel mod_timer */
  *arm(expires: number): KernelTask<void> {
    yield this.control;
    const { clock } = this.world;
    this.world.memory.writes(this, 'timer', 'full');
    if (this.isArmed) clock.cancel(this);
    this.expires = expires;
    this.isArmed = true;
    clock.arm(this);
    this.world.emit(this, 'arm');
  }

  /** True when it had been armed and had not fired. @kernel timer_delete */
  *cancel(): KernelTask<boolean> {
    yield this.control;
    this.world.memory.writes(this, 'timer', 'full');
    const wasArmed = this.world.clock.cancel(this);
    this.isArmed = false;
    this.world.current.observe(wasArmed ? 1 : 0);
    this.world.emit(this, 'cancel', wasArmed ? 1 : 0);
    return wasArmed;
  }

  /** The same; and afterwards its function does not run. @kernel timer_delete_sync */
  *cancelSync(): KernelTask<boolean> {
    const wasArmed = yield* this.cancel();
    yield* this.world.clock.cancelSync(this);
    return wasArmed;
  }

  /** Neither is it armed, nor does its function run: its memory goes. */
  free(): void {
    this.world.emit(this, 'free');
    this.world.memory.free(this);
  }

  /** Its time has come. */
  *run(): KernelTask<void> {
    this.world.memory.writes(this, 'timer', 'full');
    this.isArmed = false;
    this.isRunning = true;
    this.world.emit(this, 'expire');
    yield* this.callback();
    this.isRunning = false;
    this.world.emit(this, 'done');
  }

  override abstract(): AbstractState {
    const { isRunning } = this;
    return { state: this.isArmed ? 'armed' : 'idle', context: { isRunning } };
  }

  visitState(visit: StateVisitor): void {
    visit('expires', this.expires);
    visit('isArmed', this.isArmed);
    visit('isRunning', this.isRunning);
  }
}
