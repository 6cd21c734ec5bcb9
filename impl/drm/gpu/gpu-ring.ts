import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { CpuMapping } from '../../hw/cpu-mapping.ts';
import type { DmaMapping } from '../../hw/dma-mapping.ts';
import type { GpuCommand } from '../../hw/gpu/gpu-commands.ts';
import type { GpuDevice } from '../../hw/gpu/gpu-device.ts';
import { GPU_DOORBELL, GPU_RING_SLOTS, GPU_RPTR } from '../../hw/gpu/gpu-registers.ts';

/** The ring as the driver knows it: where it writes next, and how far the engine was last seen. */
export class GpuRing extends KernelObject {
  readonly hardware: GpuDevice;
  /** Cached: what is written has to be cleaned before the engine is told. */
  readonly slots: CpuMapping;
  readonly mapping: DmaMapping;
  /** Rising counts, modulo 2^32. The first one is old, but never ahead of the engine. */
  knownRptr = 0;
  wptr = 0;

  constructor(hardware: GpuDevice, slots: CpuMapping, mapping: DmaMapping) {
    super(slots.world, 'gpuRing');
    this.isStatic = true;
    this.hardware = hardware;
    this.slots = slots;
    this.mapping = mapping;
  }

  /** Whether so many commands fit. The engine is asked only if it does not look so. @rule HW-GPU-003 */
  *reserve(count: number): KernelTask<boolean> {
    this.world.memory.reads(this, 'pointers', 'once');
    if (this.space >= count) return true;
    this.knownRptr = yield* this.hardware.mmio.read(GPU_RPTR);
    return this.space >= count;
  }

  protected get space(): number {
    return GPU_RING_SLOTS - ((this.wptr - this.knownRptr) >>> 0);
  }

  /** Writes commands, makes them visible, and only then tells the engine. @rule HW-GPU-002 */
  *emit(commands: readonly GpuCommand[]): KernelTask<void> {
    this.world.memory.writes(this, 'pointers', 'once');
    for (const command of commands) {
      yield* this.slots.write(this.wptr % GPU_RING_SLOTS, this.hardware.bus.tokenFor(command));
      this.wptr = (this.wptr + 1) >>> 0;
    }
    yield* this.publish();
    yield* this.ring();
  }

  /** What the processor has written reaches memory. @kernel wmb */
  protected *publish(): KernelTask<void> {
    yield* this.slotsVisible();
  }

  protected *slotsVisible(): KernelTask<void> {
    const { platform } = this.hardware.device;
    yield* platform.mapper.syncForDevice(this.mapping);
  }

  /** Says how far the engine may go: a later doorbell says it for those that were lost. */
  *ring(): KernelTask<void> {
    this.world.memory.reads(this, 'pointers', 'once');
    yield* this.hardware.mmio.write(GPU_DOORBELL, this.wptr);
  }

  /** After a reset both begin at 0. */
  restart(): void {
    this.world.memory.writes(this, 'pointers', 'once');
    this.knownRptr = 0;
    this.wptr = 0;
  }

  visitState(visit: StateVisitor): void {
    visit('pointers', [this.knownRptr, this.wptr]);
  }
}
