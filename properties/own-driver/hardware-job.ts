import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';

/** Something that hardware has to do. The battery makes it, and knows when it is done. */
export class HardwareJob extends KernelObject {
  /** How long the hardware takes. Unit: jiffies; 0: as long as the schedule likes. */
  readonly durationJiffies: number;
  /** It does not end by itself. */
  readonly hangs: boolean;
  /** When it was done; null before that. Unit: jiffies since boot. */
  doneAt: number | null = null;
  /** Which of the jobs of its hardware it is, counted from 1; 0 before it was handed over. */
  place = 0;
  private readonly ends: Access;

  constructor(world: World, durationJiffies: number, hangs = false) {
    super(world, 'hardwareJob');
    // It is a thought of the battery's, and no memory of a driver's.
    this.isStatic = true;
    this.durationJiffies = durationJiffies;
    this.hangs = hangs;
    this.ends = new Access('local', 'plain', { label: '' }, '', 'the job is done');
  }

  get isDone(): boolean {
    return this.doneAt !== null;
  }

  /** The work is over, unless it was given up. Hardware says so, before it tells anybody. */
  *finish(isAtIt: () => boolean = () => true): KernelTask<void> {
    yield this.ends;
    if (isAtIt()) this.doneAt = this.world.clock.value;
  }

  visitState(visit: StateVisitor): void {
    visit('done', this.isDone);
  }
}
