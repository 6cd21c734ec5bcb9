import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';

/** Something that hardware has to do. The battery makes it, and knows when it is done. */
export class HardwareJob extends KernelObject {
  /** How long the hardware takes. Unit: jiffies; 0: as long as the schedule likes. */
  readonly durationJiffies: number;
  /** When it was done; null before that. Unit: jiffies since boot. */
  doneAt: number | null = null;
  /** Which of the jobs of its hardware it is, counted from 1; 0 before it was handed over. */
  place = 0;
  private readonly ends: Access;

  constructor(world: World, durationJiffies: number) {
    super(world, 'hardwareJob');
    // It is a thought of the battery's, and no memory of a driver's.
    this.isStatic = true;
    this.durationJiffies = durationJiffies;
    this.ends = new Access('local', 'plain', { label: '' }, '', 'the job is done');
  }

  get isDone(): boolean {
    return this.doneAt !== null;
  }

  /** The work is over. Hardware says so, before it tells anybody. */
  *finish(): KernelTask<void> {
    yield this.ends;
    this.doneAt = this.world.clock.value;
  }

  visitState(visit: StateVisitor): void {
    visit('done', this.isDone);
  }
}
