import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { GpuCommand } from '../../hw/gpu/gpu-commands.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { ObjectArray } from '../gem-lookup.ts';
import type { DrmSchedJob } from '../sched/sched-job.ts';

/** What the driver knows of a job of its scheduler. */
export class GpuWork extends KernelObject {
  readonly job: DrmSchedJob;
  readonly commands: readonly GpuCommand[];
  /** The buffers that it uses, with references. */
  readonly array: ObjectArray;
  /** The fence of the ring for its last run, with a reference. */
  readonly hardware: PlainWord<DmaFence | null>;
  /** It has hung the engine: it does not run again. */
  readonly isGuilty: PlainWord<boolean>;

  constructor(job: DrmSchedJob, commands: readonly GpuCommand[], array: ObjectArray) {
    super(job.world, 'gpuWork');
    this.job = job;
    this.commands = commands;
    this.array = array;
    this.hardware = new PlainWord<DmaFence | null>(this, 'hardware', null);
    this.isGuilty = new PlainWord<boolean>(this, 'isGuilty', false);
  }

  visitState(visit: StateVisitor): void {
    visit('job', this.job);
    visit('commands', JSON.stringify(this.commands));
    visit('array', this.array);
    visit('hardware', this.hardware.value);
    visit('isGuilty', this.isGuilty.value);
  }
}
