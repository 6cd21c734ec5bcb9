import type { GpuPage } from '../../hw/gpu/gpu-spaces.ts';
import { PAGE_BYTES } from '../../hw/platform-options.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOENT, ETIME } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';
import { DrmDevice } from '../drm-device.ts';
import { type DrmDriver, VIRTIO_GPU } from '../drm-driver.ts';
import type { DrmFile } from '../drm-file.ts';
import type { GemObject } from '../gem-object.ts';
import type { PlatformBuffers } from '../platform-buffers.ts';
import { DRM_SCHED_PRIORITY_NORMAL } from '../sched/sched-ops.ts';
import { GpuClient } from './gpu-client.ts';
import type { GpuSubmits } from './gpu-submits.ts';
import { GPU_IOCTL_SUBMIT, GPU_IOCTL_WAIT } from './gpu-uapi.ts';
import type { ScheduledGpu } from './scheduled-gpu.ts';

/** Where contexts see the first buffer. */
const VA_BASE = 0x4000_0000;

/** The device file of a graphics engine: its clients, what they submit, and their buffers. */
export class GpuNode {
  readonly stack: Stack;
  readonly ring: ScheduledGpu;
  readonly buffers: PlatformBuffers;
  readonly device: DrmDevice;
  readonly submits: GpuSubmits;
  private readonly clients = new Map<DrmFile, GpuClient>();
  /** By object: where all contexts that know it see it, and which ones those are. */
  private readonly places = new Map<GemObject, { address: number; contexts: number[] }>();
  private nextAddress = VA_BASE;
  private contexts = 0;

  constructor(ring: ScheduledGpu, buffers: PlatformBuffers) {
    const { stack } = ring.gpu;
    this.stack = stack;
    this.ring = ring;
    this.buffers = buffers;
    this.submits = new stack.types.devices.GpuSubmits(this);
    this.device = new DrmDevice(stack, this.driver);
  }

  private get driver(): DrmDriver {
    const { device } = this.ring.gpu.hardware;
    return {
      ...VIRTIO_GPU,
      name: 'gpu',
      exporterName: 'gpu',
      display: null,
      tableImport: 'works',
      isDumb32Only: false,
      dmaDevice: device,
      initObject: (object) => this.buffers.init(object, device),
      freeObject: (object) => this.forget(object),
      openObject: (object, file) => this.show(object, file),
      openFile: (file) => this.open(file),
      closeFile: (file) => this.close(file),
      callOf: (file, number) => this.callOf(file, number),
    };
  }

  private callOf(
    file: DrmFile,
    number: number,
  ): ((argument: UserPointer) => KernelTask<number>) | null {
    const client = this.clients.get(file);
    if (client === undefined) return null;
    switch (number) {
      case GPU_IOCTL_SUBMIT & 0xff:
        return (argument) => this.submits.submit(client, argument);
      case GPU_IOCTL_WAIT & 0xff:
        return (argument) => this.wait(client, argument);
      default:
        return null;
    }
  }

  protected *open(file: DrmFile): KernelTask<void> {
    const entity = yield* this.stack.sched.createEntity({
      priority: DRM_SCHED_PRIORITY_NORMAL,
      schedulers: [this.ring.sched],
    });
    this.contexts += 1;
    this.clients.set(file, new GpuClient(file, entity, this.contexts));
  }

  protected *close(file: DrmFile): KernelTask<void> {
    const client = this.clients.get(file);
    if (client === undefined) return;
    this.clients.delete(file);
    yield* client.close();
  }

  /** The context of a file that has a handle sees the buffer, until that is gone. */
  protected *show(object: GemObject, file: DrmFile): KernelTask<number> {
    const memory = this.buffers.of(object);
    const client = this.clients.get(file);
    if (memory === null || client === undefined) return 0;
    const { address, contexts } = this.placeOf(object);
    contexts.push(client.context);
    for (const index of memory.pages.keys()) {
      const page: GpuPage = { kind: 'bus', iova: memory.iova + index, canWrite: true };
      this.spaces.set(client.context, address + index * PAGE_BYTES, page);
    }
    return 0;
  }

  private get spaces(): ScheduledGpu['gpu']['hardware']['spaces'] {
    return this.ring.gpu.hardware.spaces;
  }

  private placeOf(object: GemObject): { address: number; contexts: number[] } {
    const known = this.places.get(object);
    if (known !== undefined) return known;
    const place = { address: this.nextAddress, contexts: [] };
    this.nextAddress += object.size;
    this.places.set(object, place);
    return place;
  }

  /** Where contexts see it. Unit: bytes. */
  addressOf(object: GemObject): number {
    return this.placeOf(object).address;
  }

  /** No job uses it: jobs have references. */
  protected *forget(object: GemObject): KernelTask<void> {
    const place = this.places.get(object);
    this.places.delete(object);
    const memory = this.buffers.of(object);
    for (const context of place?.contexts ?? []) {
      for (const index of memory?.pages.keys() ?? []) {
        this.spaces.clear(context, (place?.address ?? 0) + index * PAGE_BYTES);
      }
    }
    yield* this.buffers.release(object);
  }

  /** Waits until nobody uses a buffer. `timeout` in jiffies. */
  protected *wait({ file }: GpuClient, argument: UserPointer): KernelTask<number> {
    const object = yield* file.lookup(numberField(argument, 'handle'));
    if (object === null) return -ENOENT;
    const { resv } = object;
    const usage = resv.usageRw(true);
    const left = yield* resv.waitTimeout(usage, true, numberField(argument, 'timeout'));
    yield* object.put();
    if (left < 0) return left;
    return left === 0 ? -ETIME : 0;
  }
}
