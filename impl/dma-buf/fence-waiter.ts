import type { AbstractState } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';

/** How far a wait has come. */
export type WaitPhase = 'looking' | 'linked' | 'unlinked' | 'ended';

/** One default wait on a fence: what the waiter keeps on its stack, for as long as it waits. */
export class FenceWaiter extends KernelObject {
  private phase: WaitPhase = 'looking';
  private isAsleep = false;

  constructor(world: World, timeoutJiffies: number) {
    super(world, 'waiter');
    world.emit(this, 'begin', null, timeoutJiffies);
  }

  /** The node is on the fence's list. */
  link(): void {
    this.phase = 'linked';
    this.world.emit(this, 'link');
  }

  sleep(): void {
    this.isAsleep = true;
    this.world.emit(this, 'sleep');
  }

  wake(): void {
    this.isAsleep = false;
    this.world.emit(this, 'wake');
  }

  /** The node was still on the list when the wait ended. */
  unlink(): void {
    this.phase = 'unlinked';
    this.world.emit(this, 'unlink');
  }

  /** The wait returns `left`. */
  end(left: number): void {
    this.phase = 'ended';
    if (left > 0) this.world.emit(this, 'end.done', left);
    else if (left === 0) this.world.emit(this, 'end.timedOut', left);
    else this.world.emit(this, 'end.interrupted', left);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('phase', this.phase);
    visit('isAsleep', this.isAsleep);
  }

  override abstract(): AbstractState {
    return { state: this.phase, context: { asleep: this.isAsleep } };
  }
}
