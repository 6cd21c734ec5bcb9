import type { DrmDriver } from '../../impl/drm/drm-driver.ts';
import type { DrmFile } from '../../impl/drm/drm-file.ts';
import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { GemObject } from '../../impl/drm/gem-object.ts';
import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { ENOMEM } from '../../impl/kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainTable } from '../../impl/kernel/plain.ts';
import type { World } from '../../impl/kernel/world.ts';

/** Some fence of its reservation has not signaled. */
function isBusy({ resv }: GemObject): boolean {
  const list = resv.fences.value;
  const count = list === null ? 0 : list.count.value;
  for (let index = 0; index < count; index += 1) {
    const fence = list?.slot(index).fence;
    if (fence !== undefined && (fence.flags.bits & SIGNALED) === 0) return true;
  }
  return false;
}

/** The hooks of a driver that looks around in them, and counts how many handles are open. */
export class DriverWatch extends KernelObject {
  /** Handles that the driver was told of, by object. */
  readonly open: PlainTable<number>;
  /** What was seen in the hooks, in order. */
  readonly seen: string[] = [];
  private readonly hook: Access;

  constructor(world: World) {
    super(world, 'driverWatch');
    this.isStatic = true;
    this.open = new PlainTable<number>(this, 'open', 'full');
    this.hook = new Access('update', 'full', this, 'open', 'call a hook of');
  }

  /** A driver like another one, with these hooks. */
  driver(like: DrmDriver): DrmDriver {
    return {
      ...like,
      openObject: (object, file) => this.opened(object, file),
      closeObject: (object, file) => this.closed(object, file),
    };
  }

  private *opened(object: GemObject, file: DrmFile): KernelTask<number> {
    yield this.hook;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    this.open.set(object.key, (this.open.get(object.key) ?? 0) + 1);
    this.note('opened', object, file);
    return 0;
  }

  private *closed(object: GemObject, file: DrmFile): KernelTask<number> {
    yield this.hook;
    const before = this.open.get(object.key) ?? 0;
    this.world.warnOn(before === 0, 'a handle is closed that the driver was never told of', object);
    this.open.set(object.key, before - 1);
    this.note('closed', object, file);
    return 0;
  }

  /** A hook is for a debugger to stop at: it says what others would find at this moment. */
  private note(what: string, object: GemObject, file: DrmFile): void {
    const isFound = file.handles.value.some(([, known]) => known === object);
    const buffer = object.buffer.value;
    const isCached = file.prime.members.value.some((member) => member.buffer === buffer);
    const words = [what, isFound ? 'found' : '', isCached ? 'cached' : ''];
    if (isBusy(object)) words.push('busy');
    this.seen.push(words.filter((word) => word !== '').join(' '));
  }

  visitState(visit: StateVisitor): void {
    visit(
      'open',
      this.open.value.map(([object, handles]) => [object, handles]),
    );
    visit('seen', this.seen);
  }
}
