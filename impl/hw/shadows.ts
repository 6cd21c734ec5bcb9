import type { AbstractState } from '../../model/events.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';

/**
 * Something that hardware has very many of, as judges see it: a page, a line of a cache. It has a
 * name and no state of its own, and exists only where somebody listens to events.
 */
export class Shadow extends KernelObject {
  private readonly title: string;
  private readonly show: () => AbstractState;

  constructor(world: World, what: ShadowOptions) {
    super(world, what.kind, { group: what.group, number: what.number });
    this.title = what.title;
    this.show = what.show;
  }

  override get label(): string {
    return this.title;
  }

  override abstract(): AbstractState {
    return this.show();
  }

  visitState(_visit: StateVisitor): void {}
}

interface ShadowOptions {
  readonly kind: 'page' | 'translation' | 'cacheLine';
  readonly group: number;
  readonly number: number;
  readonly title: string;
  readonly show: () => AbstractState;
}

/** All shadows of one kind and owner, made when they are first spoken of. */
export class Shadows {
  private readonly made = new Map<number, Shadow>();
  private readonly world: World;
  private readonly options: (number: number) => ShadowOptions;

  constructor(world: World, options: (number: number) => ShadowOptions) {
    this.world = world;
    this.options = options;
  }

  of(number: number): Shadow {
    let shadow = this.made.get(number);
    if (shadow === undefined) {
      shadow = new Shadow(this.world, this.options(number));
      this.made.set(number, shadow);
    }
    return shadow;
  }
}

/** Groups of fixed names. A device's number is added to the last two. */
export const PAGE_GROUP = 0;
export const TRANSLATION_GROUP = 16;
export const CACHE_GROUP = 64;
