import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, ENOENT, ENOMEM, EOPNOTSUPP } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList, PlainWord } from '../kernel/plain.ts';
import { numberField, type UserPointer } from '../uapi/user-memory.ts';
import { DRM_CLIENT_CAP_ATOMIC, DRM_CLIENT_CAP_UNIVERSAL_PLANES } from './drm-ioctls.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

/** Pixel formats by their four letters. */
export const DRM_FORMAT_XRGB8888 = 0x34325258;
export const DRM_FORMAT_ARGB8888 = 0x34325241;

/** Something that can be shown; it holds its object. @kernel struct drm_framebuffer */
export class Framebuffer extends KernelObject {
  readonly object: GemObject;
  readonly number: number;

  constructor(object: GemObject, number: number) {
    super(object.world, 'framebuffer');
    this.object = object;
    this.number = number;
  }

  visitState(visit: StateVisitor): void {
    visit('object', this.object);
    visit('number', this.number);
  }
}

/**
 * What a device file has told and made of a display. Commits are not built: nothing is shown.
 *
 * @kernel struct drm_file
 */
export class DisplayClient {
  private readonly file: DrmFile;
  /** Client capabilities that are on, a bit each. @kernel universal_planes atomic */
  readonly capabilities: PlainWord<number>;
  /** It has a lock of its own. @kernel fbs */
  readonly framebuffers: PlainList<Framebuffer>;

  constructor(file: DrmFile) {
    this.file = file;
    this.capabilities = new PlainWord<number>(file, 'capabilities', 0, 'once');
    this.framebuffers = new PlainList<Framebuffer>(file, 'framebuffers', 'full');
  }

  /** @kernel drm_setclientcap @rule DEV-013 */
  *setClientCap(argument: UserPointer): KernelTask<number> {
    if (!this.file.device.driver.hasDisplay) return -EOPNOTSUPP;
    const capability = numberField(argument, 'capability');
    const known = [DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC];
    const value = numberField(argument, 'value');
    if (!known.includes(capability) || value > 1) return -EINVAL;
    const bit = 1 << capability;
    this.capabilities.change((bits) => (value === 0 ? bits & ~bit : bits | bit));
    return 0;
  }

  /** @kernel drm_mode_addfb2 @rule DEV-013 */
  *addFramebuffer(argument: UserPointer): KernelTask<number> {
    const { driver } = this.file.device;
    if (!driver.hasDisplay) return -EOPNOTSUPP;
    const handle = numberField(argument, 'handle');
    if (handle === 0) return -EINVAL;
    const object = yield* this.file.lookup(handle);
    const isVirtio = driver.isDumb32Only;
    if (isVirtio && !isPlainFormat(numberField(argument, 'format'))) {
      if (object !== null) yield* object.put();
      return -ENOENT;
    }
    if (object === null) return isVirtio ? -EINVAL : -ENOENT;
    if (!(yield* object.world.memory.reserve('GFP_KERNEL'))) {
      yield* object.put();
      return -ENOMEM;
    }
    const number = this.framebuffers.length + 1;
    this.framebuffers.push(new Framebuffer(object, number));
    argument.fields['fb_id'] = number;
    return 0;
  }

  /** With its file nothing is shown any more. @kernel drm_fb_release */
  *close(): KernelTask<void> {
    for (const framebuffer of this.framebuffers.takeAll()) {
      yield* framebuffer.object.put();
      framebuffer.world.memory.free(framebuffer);
    }
  }

  visitState(visit: StateVisitor): void {
    visit('capabilities', this.capabilities.value);
    visit('framebuffers', this.framebuffers.value);
  }
}

function isPlainFormat(format: number): boolean {
  return format === DRM_FORMAT_XRGB8888 || format === DRM_FORMAT_ARGB8888;
}
