import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { Timer } from '../../impl/kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { DeviceContext } from './device-context.ts';
import type { Work } from './options.ts';

/** A piece of work for the hardware. One that has no fence may run, and fault, for ever. */
export class Job extends KernelObject {
  readonly context: DeviceContext;
  readonly work: Work;
  readonly fence: DmaFence | null;
  /** The device gives it up when this fires. */
  hang: Timer | null = null;
  /** A page is missing: it cannot go on before that is there. */
  hasFault = false;
  /** How often it was put on a unit: what was begun before its last turn means nothing. */
  turn = 0;
  /** The hardware is done with it. */
  isDone = false;
  /** It has got what it needed. */
  hasMemory = false;
  /** Memory is being moved for its fault by this one. */
  copy: Job | null = null;

  constructor(context: DeviceContext, work: Work, fence: DmaFence | null) {
    super(context.world, 'job');
    this.context = context;
    this.work = work;
    this.fence = fence;
  }

  /** For people: its fence has a name more often. */
  get name(): string {
    if (this.fence !== null) return `job of ${this.fence.label}`;
    return `work of ${this.context.label} (${this.label})`;
  }

  visitState(visit: StateVisitor): void {
    visit('isDone', this.isDone);
    visit('hasFault', this.hasFault);
    visit('hasMemory', this.hasMemory);
  }
}
