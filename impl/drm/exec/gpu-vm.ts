import type { KernelTask } from '../../kernel/access.ts';
import { EEXIST, EINVAL, ENOENT } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import type { Stack } from '../../stack.ts';
import type { DrmExec } from './drm-exec.ts';
import type { ExecObject } from './exec-object.ts';

/** A range of addresses of a GPU. Unit: pages. */
export interface GpuRange {
  readonly start: number;
  readonly length: number;
}

/** A range that is bound: to an object, or to nothing, so that accesses to it have no effect. */
class GpuMapping extends KernelObject {
  readonly range: GpuRange;
  readonly object: ExecObject | null;

  constructor(stack: Stack, range: GpuRange, object: ExecObject | null) {
    super(stack.world, 'gpuMapping');
    this.range = range;
    this.object = object;
  }

  visitState(visit: StateVisitor): void {
    visit('start', this.range.start);
    visit('length', this.range.length);
    visit('object', this.object);
  }
}

/**
 * The addresses of one GPU context: ranges, and what is behind them. The reservation of its root
 * covers it.
 *
 * @kernel struct drm_gpuvm
 */
export class GpuVm extends KernelObject {
  readonly root: ExecObject;
  private readonly stack: Stack;
  /** In the order of their addresses, apart from each other. Under the root's reservation. */
  protected readonly mappings: PlainList<GpuMapping>;

  constructor(stack: Stack, root: ExecObject) {
    super(stack.world, 'gpuVm');
    this.stack = stack;
    this.root = root;
    this.mappings = new PlainList<GpuMapping>(this, 'mappings');
  }

  /** Binds a range; without an object it only is taken. @kernel drm_gpuva_insert */
  *bind(range: GpuRange, object: ExecObject | null): KernelTask<number> {
    this.root.resv.assertHeld('drm_gpuva_insert');
    if (range.length <= 0 || range.start < 0) return -EINVAL;
    if (this.mappings.find((other) => overlap(other.range, range)) !== null) return -EEXIST;
    if (object !== null) yield* object.get();
    const mapping = new GpuMapping(this.stack, range, object);
    this.mappings.insert(mapping, (other) => other.range.start > range.start);
    return 0;
  }

  /** Takes one out that begins there. @kernel drm_gpuva_remove */
  *unbind(start: number): KernelTask<number> {
    this.root.resv.assertHeld('drm_gpuva_remove');
    const mapping = this.mappings.find(({ range }) => range.start === start);
    if (mapping === null) return -ENOENT;
    this.mappings.remove(mapping);
    yield* this.drop(mapping);
    return 0;
  }

  private *drop(mapping: GpuMapping): KernelTask<void> {
    this.world.memory.free(mapping);
    if (mapping.object !== null) yield* mapping.object.put();
  }

  /**
   * Locks all objects of a range and makes room for fences in each. The root is locked by now.
   *
   * @kernel drm_gpuvm_prepare_range
   */
  *prepareRange(exec: DrmExec, range: GpuRange, count: number): KernelTask<number> {
    this.root.resv.assertHeld('drm_gpuvm_prepare_range');
    for (const { object } of this.mappings.filter((other) => overlap(other.range, range))) {
      const error = yield* this.prepare(exec, object, count);
      if (error !== 0) return error;
    }
    return 0;
  }

  /** There may be nothing behind a mapping. */
  protected *prepare(exec: DrmExec, object: ExecObject | null, count: number): KernelTask<number> {
    return object === null ? 0 : yield* exec.prepareObj(object, count);
  }

  /** Nobody uses it any more. @kernel drm_gpuvm_fini */
  *fini(): KernelTask<void> {
    for (const mapping of this.mappings.takeAll()) yield* this.drop(mapping);
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('mappings', this.mappings.value);
  }
}

function overlap(one: GpuRange, other: GpuRange): boolean {
  return one.start < other.start + other.length && other.start < one.start + one.length;
}
