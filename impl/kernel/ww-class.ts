import { Cell } from './cell.ts';
import type { LockClass } from './lockdep.ts';
import { KernelObject, type StateVisitor } from './object.ts';
import type { World } from './world.ts';

/** Who gives way when two contexts want the same mutexes. */
export type WwAlgorithm = 'wait-die' | 'wound-wait';

/**
 * What mutexes and contexts that belong together have in common.
 *
 * @kernel struct ww_class
 * @rule WW-001
 */
export class WwClass extends KernelObject {
  readonly name: string;
  readonly algorithm: WwAlgorithm;
  /** The last stamp that was given out. */
  readonly stamps: Cell;
  readonly mutexClass: LockClass;
  readonly acquireClass: LockClass;

  constructor(world: World, name: string, algorithm: WwAlgorithm) {
    super(world, 'wwClass');
    this.isStatic = true;
    this.name = name;
    this.algorithm = algorithm;
    this.stamps = new Cell(this, 'stamp', 0);
    this.mutexClass = world.lockdep.classOf(`${name}_mutex`);
    this.acquireClass = world.lockdep.classOf(`${name}_acquire`);
  }

  visitState(visit: StateVisitor): void {
    visit('stamp', this.stamps.value);
  }
}
