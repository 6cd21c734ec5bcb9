import { dmaBase } from '../exporters/dma-addresses.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EFAULT, EINVAL, ENODEV, ENOENT, ENOMEM, ENOTTY } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { PAGE_SIZE } from '../uapi/pages.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import { capability } from './drm-driver.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

/** Request numbers of the magic `d`; they hold direction and size of the argument. */
export const DRM_IOCTL_GEM_CLOSE = 0x40086409;
export const DRM_IOCTL_GEM_FLINK = 0xc008640a;
export const DRM_IOCTL_GEM_OPEN = 0xc010640b;
export const DRM_IOCTL_GET_CAP = 0xc010640c;
export const DRM_IOCTL_SET_CLIENT_CAP = 0x4010640d;
export const DRM_IOCTL_PRIME_HANDLE_TO_FD = 0xc00c642d;
export const DRM_IOCTL_PRIME_FD_TO_HANDLE = 0xc00c642e;
export const DRM_IOCTL_VGEM_FENCE_ATTACH = 0xc0106441;
export const DRM_IOCTL_VGEM_FENCE_SIGNAL = 0x40086442;
export const DRM_IOCTL_MODE_CREATE_DUMB = 0xc02064b2;
export const DRM_IOCTL_MODE_MAP_DUMB = 0xc01064b3;
export const DRM_IOCTL_MODE_DESTROY_DUMB = 0xc00464b4;
export const DRM_IOCTL_MODE_ADDFB2 = 0xc06864b8;

const MAGIC = 0x64;
const WORD_END: number = 2 ** 32;

/** The part of a request that says what is asked for. */
const numberOf = (command: number): number => command & 0xff;

/** The requests of a device file. */
export class DrmIoctls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_ioctl @rule DEV-001 */
  *dispatch(file: DrmFile, command: number, argument: UserPointer): KernelTask<number> {
    if (yield* this.isGone(file)) return -ENODEV;
    if (((command >>> 8) & 0xff) !== MAGIC) return -ENOTTY;
    const call = this.callOf(file, numberOf(command));
    if (call === null) return -EINVAL;
    if (!argument.isReadable) return -EFAULT;
    const result = yield* call(argument);
    return argument.isWritable ? result : -EFAULT;
  }

  /** @kernel drm_dev_is_unplugged */
  protected *isGone(file: DrmFile): KernelTask<boolean> {
    return (yield* file.device.isUnplugged.read()) !== 0;
  }

  private callOf(
    file: DrmFile,
    number: number,
  ): ((argument: UserPointer) => KernelTask<number>) | null {
    switch (number) {
      case numberOf(DRM_IOCTL_GEM_CLOSE):
      case numberOf(DRM_IOCTL_MODE_DESTROY_DUMB):
        return (argument) => this.close(file, argument);
      case numberOf(DRM_IOCTL_GEM_FLINK):
        return (argument) => this.stack.gemNames.flink(file, argument);
      case numberOf(DRM_IOCTL_GEM_OPEN):
        return (argument) => this.stack.gemNames.open(file, argument);
      case numberOf(DRM_IOCTL_GET_CAP):
        return (argument) => this.getCap(file, argument);
      case numberOf(DRM_IOCTL_PRIME_HANDLE_TO_FD):
        return (argument) => this.handleToFd(file, argument);
      case numberOf(DRM_IOCTL_PRIME_FD_TO_HANDLE):
        return (argument) => this.fdToHandle(file, argument);
      case numberOf(DRM_IOCTL_MODE_CREATE_DUMB):
        return (argument) => this.createDumb(file, argument);
      case numberOf(DRM_IOCTL_MODE_MAP_DUMB):
        return (argument) => this.mapDumb(file, argument);
      case numberOf(DRM_IOCTL_SET_CLIENT_CAP):
        return (argument) => file.display.setClientCap(argument);
      case numberOf(DRM_IOCTL_MODE_ADDFB2):
        return (argument) => this.stack.kms.framebuffers.add(file, argument);
      default:
        return this.otherCallOf(file, number);
    }
  }

  private otherCallOf(
    file: DrmFile,
    number: number,
  ): ((argument: UserPointer) => KernelTask<number>) | null {
    const { kms, syncobjIoctls } = this.stack;
    const call = syncobjIoctls.callOf(file, number) ?? kms.callOf(file, number);
    const { driver } = file.device;
    return call ?? this.vgemCallOf(file, number) ?? driver.callOf?.(file, number) ?? null;
  }

  private vgemCallOf(
    file: DrmFile,
    number: number,
  ): ((argument: UserPointer) => KernelTask<number>) | null {
    if (!file.device.driver.hasVgemFences) return null;
    switch (number) {
      case numberOf(DRM_IOCTL_VGEM_FENCE_ATTACH):
        return (argument) => file.vgemFences.attach(argument);
      case numberOf(DRM_IOCTL_VGEM_FENCE_SIGNAL):
        return (argument) => file.vgemFences.signal(argument);
      default:
        return null;
    }
  }

  /** @kernel drm_gem_close_ioctl @kernel drm_mode_destroy_dumb_ioctl @rule DEV-005 */
  *close(file: DrmFile, argument: UserPointer): KernelTask<number> {
    return yield* this.stack.gemHandles.delete(file, numberField(argument, 'handle'));
  }

  /** @kernel drm_getcap */
  *getCap(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const value = capability(file.device.driver, numberField(argument, 'capability'));
    argument.fields['value'] = Math.max(0, value);
    return Math.min(0, value);
  }

  *handleToFd(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { prime } = this.stack;
    const handle = numberField(argument, 'handle');
    const fd = yield* prime.handleToFd(file, handle, numberField(argument, 'flags'));
    if (fd < 0) return fd;
    argument.fields['fd'] = fd;
    return 0;
  }

  *fdToHandle(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const handle = yield* this.stack.prime.fdToHandle(file, numberField(argument, 'fd'));
    if (handle < 0) return handle;
    argument.fields['handle'] = handle;
    return 0;
  }

  /** @kernel drm_mode_create_dumb @rule DEV-004 */
  *createDumb(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { world } = this.stack;
    const { driver } = file.device;
    const width = numberField(argument, 'width');
    const height = numberField(argument, 'height');
    const bpp = numberField(argument, 'bpp');
    if (!this.isPossible(width, height, bpp)) return -EINVAL;
    if (driver.isDumb32Only && bpp !== 32) return -EINVAL;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const pitch = this.pitchOf(width, bpp);
    const size = inPages(pitch * height);
    const object = yield* file.device.createObject(size, null);
    if (typeof object === 'number') return object;
    const handle = yield* this.announce(file, object);
    if (handle < 0) return handle;
    Object.assign(argument.fields, { handle, pitch, size });
    return 0;
  }

  /** Nothing of it is 0, and everything fits into 32 bits. */
  protected isPossible(width: number, height: number, bpp: number): boolean {
    if (width === 0 || height === 0 || bpp === 0) return false;
    const line = Math.ceil(bpp / 8) * width;
    return line < WORD_END && inPages(line * height) < WORD_END;
  }

  /** Unit: bytes. */
  protected pitchOf(width: number, bpp: number): number {
    return Math.ceil((width * bpp) / 8);
  }

  /** The handle of a new object. The maker's reference is the last thing to go. @kernel drm_gem_shmem_create_with_handle */
  protected *announce(file: DrmFile, object: GemObject): KernelTask<number> {
    const handle = yield* this.stack.gemHandles.create(file, object);
    yield* object.put();
    return handle;
  }

  /** @kernel drm_gem_dumb_map_offset @rule DEV-006 @rule PRIME-015 */
  *mapDumb(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const object = yield* file.lookup(numberField(argument, 'handle'));
    if (object === null) return -ENOENT;
    const isImported = object.imported !== null;
    if (!isImported) argument.fields['offset'] = dmaBase(object);
    yield* object.put();
    return isImported ? -EINVAL : 0;
  }
}

function inPages(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
}
