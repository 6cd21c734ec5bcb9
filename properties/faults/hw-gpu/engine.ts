import { FENCE_FLUSH, type GpuCommand } from '../../../impl/hw/gpu/gpu-commands.ts';
import { GPU_WPTR } from '../../../impl/hw/gpu/gpu-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DeviceTypes } from '../../../impl/device-types.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Other classes of devices and drivers. */
export function devices(
  types: StackTypes,
  make: (devices: DeviceTypes) => Partial<DeviceTypes>,
): Partial<StackTypes> {
  return { devices: { ...types.devices, ...make(types.devices) } };
}

type FenceCommand = Extract<GpuCommand, { op: 'FENCE' }>;

/** Mistakes of a graphics engine itself. */
export const ENGINE_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-gpu-001-hears-while-hung',
    mistake: 'an engine that hangs or is reset takes doorbells',
    breaks: ['HW-GPU-001'],
    install: (types) =>
      devices(types, ({ Gpu }) => ({
        Gpu: class extends Gpu {
          protected override doorbell(wptr: number): void {
            if (this.state === 'hung' || this.state === 'resetting') this.set(GPU_WPTR, wptr);
            else super.doorbell(wptr);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-001-batch-in-batch',
    mistake: 'a buffer of commands may name another one',
    breaks: ['HW-GPU-001'],
    install: (types) =>
      devices(types, ({ Gpu }) => ({
        Gpu: class extends Gpu {
          override get isInBatch(): boolean {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-001-goes-on',
    mistake: 'a command that nobody knows does nothing',
    breaks: ['HW-GPU-001'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          override *decode(command: GpuCommand | null): KernelTask<void> {
            yield* super.decode(command ?? { op: 'NOP' });
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-004-early',
    mistake: 'the read pointer advances when a command is fetched',
    breaks: ['HW-GPU-004'],
    install: (types) =>
      devices(types, ({ Gpu }) => ({
        Gpu: class extends Gpu {
          private isAhead = false;

          protected override *fetch(): KernelTask<void> {
            yield* super.fetch();
            if (this.state !== 'decode' || this.isInBatch) return;
            this.isAhead = true;
            super.advance();
          }

          protected override advance(): void {
            if (!this.isAhead) super.advance();
            this.isAhead = false;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-005-keeps-translations',
    mistake: 'the engine remembers where pages are, whatever the tables say',
    breaks: ['HW-GPU-005', 'HW-GPU-017'],
    install: (types) =>
      devices(types, ({ GpuBus }) => ({
        GpuBus: class extends GpuBus {
          private readonly pages = new Map<number, number>();

          override *find(context: number, address: number, isWrite: boolean): KernelTask<number> {
            const known = this.remembered(address);
            if (known !== null) return known;
            const place = yield* super.find(context, address, isWrite);
            const offset = (address % PAGE) / LINE;
            if (place >= 0 && context >= 0)
              this.pages.set(Math.floor(address / PAGE), place - offset);
            return place;
          }

          override known(context: number, address: number, isWrite: boolean): number {
            return this.remembered(address) ?? super.known(context, address, isWrite);
          }

          private remembered(address: number): number | null {
            const page = this.pages.get(Math.floor(address / PAGE));
            return page === undefined ? null : page + (address % PAGE) / LINE;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-006-number-first',
    mistake: 'a fence writes its number before it flushes',
    breaks: ['HW-GPU-006'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          protected override *fence(command: FenceCommand): KernelTask<void> {
            if (this.index === 0) yield* this.writeNumber(command.at, command.seq);
            yield* super.fence(command);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-006-interrupt-first',
    mistake: 'the interrupt comes before the number',
    breaks: ['HW-GPU-006'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          protected override *fence(command: FenceCommand): KernelTask<void> {
            const { gpu } = this;
            if (this.index === 1 && (command.flags & FENCE_FLUSH) !== 0) {
              gpu.world.emit(gpu, 'fence.status');
              gpu.tell(1);
              yield* gpu.raiseIfEnabled(1);
            }
            yield* super.fence(command);
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-013-lands-after',
    mistake: 'writes that are on their way land in spite of a reset',
    breaks: ['HW-GPU-013'],
    install: (types) =>
      devices(types, ({ GpuBus }) => ({
        GpuBus: class extends GpuBus {
          override dropCache(): void {
            this.cache.reset();
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-013-keeps-cache',
    mistake: 'dirty lines survive a reset',
    breaks: ['HW-GPU-013'],
    install: (types) =>
      devices(types, ({ GpuBus }) => ({
        GpuBus: class extends GpuBus {
          override dropCache(): void {
            this.device.dma.reset();
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-013-short',
    mistake: 'a second reset does not begin the time anew',
    breaks: ['HW-GPU-013'],
    install: (types) =>
      devices(types, ({ Gpu }) => ({
        Gpu: class extends Gpu {
          protected override reset(): void {
            if (this.state !== 'resetting') super.reset();
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-016-does-not-wait',
    mistake: 'a command that waits is done at once',
    breaks: ['HW-GPU-016'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          override get isReached(): boolean {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-016-never-again',
    mistake: 'a command that waits is not told when the number comes',
    breaks: ['HW-GPU-016'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          override get isReached(): boolean {
            return this.gpu.state !== 'stalled' && super.isReached;
          }
        },
      })),
  }),
  fault({
    id: 'hw-gpu-017-no-switch',
    mistake: 'all contexts have the addresses of the first one',
    breaks: ['HW-GPU-017'],
    install: (types) =>
      devices(types, ({ GpuExecution }) => ({
        GpuExecution: class extends GpuExecution {
          protected override switchTo(context: number): void {
            super.switchTo(Math.min(context, 0));
          }
        },
      })),
  }),
];

/** Unit: bytes. */
const PAGE = 4096;
const LINE = 64;
