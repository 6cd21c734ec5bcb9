import type { KernelTask } from '../../kernel/access.ts';
import { Count } from '../../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { GemObject } from '../gem-object.ts';
import type { ModeConfig } from './mode-config.ts';

/** Something that can be shown; it holds its objects. @kernel struct drm_framebuffer */
export class Framebuffer extends KernelObject {
  readonly config: ModeConfig;
  /** One for each plane of its format. */
  readonly objects: readonly GemObject[];
  readonly references: Count;
  readonly number: number;

  constructor(config: ModeConfig, objects: readonly GemObject[], number: number) {
    super(config.world, 'framebuffer');
    this.config = config;
    this.objects = objects;
    this.references = new Count(this, 'references');
    this.number = number;
  }

  /** @kernel drm_framebuffer_get */
  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  /** @kernel drm_framebuffer_put */
  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) yield* this.free();
  }

  /** @kernel drm_framebuffer_free */
  protected *free(): KernelTask<void> {
    yield* this.config.unregister(this);
    for (const object of this.objects) yield* object.put();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('number', this.number);
    visit('objects', [...this.objects]);
  }
}
