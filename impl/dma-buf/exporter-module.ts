import type { KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';

/** The module that an exporter's code is in: buffers keep it loaded. @kernel struct module */
export class ExporterModule extends KernelObject {
  /** 1 while it is loaded, and one for each buffer. */
  readonly references: Count;

  constructor(world: World) {
    super(world, 'module');
    this.isStatic = true;
    this.references = new Count(this, 'references');
  }

  /** False once it is being unloaded. @kernel try_module_get @rule BUF-004 */
  *tryGet(): KernelTask<boolean> {
    return yield* this.references.incUnlessZero();
  }

  /** @kernel module_put */
  *put(): KernelTask<void> {
    yield* this.references.decAndTest();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
  }
}
