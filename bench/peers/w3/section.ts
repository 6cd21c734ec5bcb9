import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { World } from '../../../impl/kernel/world.ts';

/** What the locks protect: at most one task is ever inside. */
export class Section extends KernelObject {
  private inside = 0;
  private readonly leaves: Access;

  constructor(world: World) {
    super(world, 'section');
    this.alias = 'section';
    this.leaves = new Access('update', 'plain', this, 'inside', 'leave');
  }

  /** Part of the step that takes the last lock. */
  enter(): void {
    this.world.memory.writes(this, 'inside');
    this.world.warnOn(this.inside !== 0, 'two tasks are inside at once', this);
    this.inside += 1;
  }

  *leave(): KernelTask<void> {
    yield this.leaves;
    this.world.memory.writes(this, 'inside');
    this.inside -= 1;
  }

  visitState(visit: StateVisitor): void {
    visit('inside', this.inside);
  }
}
