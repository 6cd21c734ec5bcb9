import type { KernelTask } from '../../kernel/access.ts';
import { Mutex } from '../../kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { DrmFile } from '../drm-file.ts';
import type { DrmSchedEntity } from '../sched/sched-entity.ts';

/** What the driver has for an open file: jobs in order, and addresses of its own. */
export class GpuClient extends KernelObject {
  readonly file: DrmFile;
  readonly entity: DrmSchedEntity;
  /** As the engine knows its addresses. */
  readonly context: number;
  /** Jobs are pushed in the order in which they got their numbers. @rule SCHED-004 */
  readonly submitLock: Mutex;

  constructor(file: DrmFile, entity: DrmSchedEntity, context: number) {
    super(file.world, 'gpuClient');
    this.file = file;
    this.entity = entity;
    this.context = context;
    this.submitLock = new Mutex(this, 'submitLock', '&client->submit_lock');
  }

  /** The file is closed: what is queued still runs, unless the process was killed. @rule SCHED-030 */
  *close(): KernelTask<void> {
    yield* this.entity.stack.schedKill.destroy(this.entity);
    this.entity.free();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('entity', this.entity);
    visit('context', this.context);
    visit('submitLock', this.submitLock.holder?.name ?? 'free');
  }
}
