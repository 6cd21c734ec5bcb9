import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Count } from '../../kernel/count.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { Stack } from '../../stack.ts';
import type { ExecObject } from './exec-object.ts';

/**
 * A buffer object of one driver that nobody else sees. Objects of one address space of a GPU share
 * the reservation of its root: one lock covers them all.
 */
export class LocalObject extends KernelObject implements ExecObject {
  readonly resv: DmaResv;
  readonly references: Count;
  /** The object whose reservation this one shares; it has a reference on it. */
  private readonly root: LocalObject | null;

  constructor(stack: Stack, root: LocalObject | null = null) {
    super(stack.world, 'localObject');
    this.root = root;
    this.resv = root?.resv ?? new stack.types.DmaResv(stack);
    this.references = new Count(this, 'references');
  }

  /** A new object; what it shares stays as long as it does. */
  static *create(stack: Stack, root: LocalObject | null): KernelTask<LocalObject> {
    if (root !== null) yield* root.get();
    return new LocalObject(stack, root);
  }

  *get(): KernelTask<this> {
    yield* this.references.inc();
    return this;
  }

  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) yield* this.free();
  }

  private *free(): KernelTask<void> {
    const { root, resv, world } = this;
    world.memory.free(this);
    if (root === null) yield* resv.fini();
    else yield* root.put();
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('resv', this.resv);
  }
}
