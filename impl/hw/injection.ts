import { Access, type KernelTask } from '../kernel/access.ts';
import type { KernelObject } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';

/**
 * A step at which nature decides what hardware does. Outcome 0 is what it should do, then come
 * outcomes that are as good, then mistakes, which cost one of the run's injected faults.
 */
export class NatureAccess extends Access {
  private readonly world: World;
  private readonly ways: number;
  private readonly mistakes: number;

  constructor(place: KernelObject, field: string, verb: string, ways: number, mistakes: number) {
    super('choose', 'once', place, field, verb);
    this.world = place.world;
    this.ways = ways;
    this.mistakes = mistakes;
    if (ways > 1) this.world.asksNature = true;
  }

  override get alternatives(): number {
    return this.ways + (this.world.hardwareFaultsLeft > 0 ? this.mistakes : 0);
  }

  /** The step: returns the outcome. */
  *ask(): KernelTask<number> {
    yield this;
    return this.outcome();
  }

  /** For code that was resumed at this access by somebody else's `yield`. */
  outcome(): number {
    const { world } = this;
    const { alternative } = world;
    const isMistake = alternative >= this.ways;
    world.touch(HARDWARE, 'faults', isMistake ? 'write' : 'read', 'once');
    if (isMistake) this.mistaken();
    world.current.observe(alternative);
    return alternative;
  }

  /** What makes up for it may take another round of everything that comes again. */
  private mistaken(): void {
    this.world.hardwareFaultsLeft -= 1;
    this.world.taskSteps += 1;
  }
}

const HARDWARE = { label: 'hardware' };

/** One kind of mistake that hardware can make at one place; while it cannot be made, no step. */
export class Injection {
  private readonly access: NatureAccess;
  private readonly place: KernelObject;

  constructor(place: KernelObject, name: string) {
    this.place = place;
    this.access = new NatureAccess(place, name, 'maybe', 1, 1);
  }

  /** Whether the mistake is made now. */
  *happens(): KernelTask<boolean> {
    const { world } = this.place;
    world.touch(HARDWARE, 'faults', 'read', 'once');
    if (world.hardwareFaultsLeft <= 0) return false;
    return (yield* this.access.ask()) > 0;
  }
}
