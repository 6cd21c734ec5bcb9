import type { Device } from '../hw/device.ts';
import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, EOPNOTSUPP } from '../kernel/errno.ts';
import type { UserPointer } from '../uapi/user-memory.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';
import type { DisplayDriver } from './kms/display-hardware.ts';
import { VIRTIO_DISPLAY } from './kms/virtio-display.ts';
import { VKMS_DISPLAY } from './kms/vkms-display.ts';

export const DRM_CAP_DUMB_BUFFER = 0x1;
export const DRM_CAP_DUMB_PREFERRED_DEPTH = 0x3;
export const DRM_CAP_PRIME = 0x5;
export const DRM_CAP_TIMESTAMP_MONOTONIC = 0x6;
export const DRM_CAP_ADDFB2_MODIFIERS = 0x10;
export const DRM_CAP_SYNCOBJ = 0x13;
export const DRM_CAP_SYNCOBJ_TIMELINE = 0x14;

/** Import and export. */
const PRIME_BOTH = 3;

/** What kind of device a driver makes, as far as sharing sees it. @kernel struct drm_driver */
export interface DrmDriver {
  readonly name: string;
  /** What its buffers name as their exporter. */
  readonly exporterName: string;
  readonly hasSyncobj: boolean;
  readonly hasSyncobjTimeline: boolean;
  /** How it shows pictures, or null; capabilities without a meaning have another error then. */
  readonly display: DisplayDriver | null;
  readonly hasModifiers: boolean;
  /** What it makes of the memory of other exporters. @kernel gem_prime_import_sg_table */
  readonly tableImport: 'works' | 'refused' | 'absent';
  /** Others can be told where the memory of its objects is. @kernel get_sg_table */
  readonly hasTables: boolean;
  /** Only 32 bits per pixel. */
  readonly isDumb32Only: boolean;
  readonly hasVgemFences: boolean;
  /** What reads and writes memory for it: exporters give their tables to that. @kernel drm_device.dev */
  readonly dmaDevice?: Device;
  /** Its own set-up for a file that got a handle, or a negative error. @kernel drm_gem_object_funcs.open */
  openObject?(object: GemObject, file: DrmFile): KernelTask<number>;
  /** @kernel drm_gem_object_funcs.close */
  closeObject?(object: GemObject, file: DrmFile): KernelTask<number>;
  /** Memory of its own for a new object, or a way to that of an exporter: 0 or a negative error. */
  initObject?(object: GemObject): KernelTask<number>;
  /** @kernel drm_gem_object_funcs.free */
  freeObject?(object: GemObject): KernelTask<void>;
  /** @kernel drm_driver.open */
  openFile?(file: DrmFile): KernelTask<void>;
  /** @kernel drm_driver.postclose */
  closeFile?(file: DrmFile): KernelTask<void>;
  /** Its own requests, by number. @kernel drm_driver.ioctls */
  callOf?(file: DrmFile, number: number): ((argument: UserPointer) => KernelTask<number>) | null;
}

export const VGEM: DrmDriver = {
  name: 'vgem',
  exporterName: 'drm',
  hasSyncobj: false,
  hasSyncobjTimeline: false,
  display: null,
  hasModifiers: false,
  tableImport: 'works',
  hasTables: true,
  isDumb32Only: false,
  hasVgemFences: true,
};

export const VKMS: DrmDriver = {
  ...VGEM,
  name: 'vkms',
  display: VKMS_DISPLAY,
  hasModifiers: true,
  hasVgemFences: false,
};

export const VIRTIO_GPU: DrmDriver = {
  name: 'virtio_gpu',
  exporterName: 'virtio_gpu',
  hasSyncobj: true,
  hasSyncobjTimeline: true,
  display: VIRTIO_DISPLAY,
  hasModifiers: false,
  tableImport: 'refused',
  hasTables: true,
  isDumb32Only: true,
  hasVgemFences: false,
};

/** The value of a capability, or a negative error. @kernel drm_getcap @rule DEV-002 */
export function capability(driver: DrmDriver, number: number): number {
  switch (number) {
    case DRM_CAP_TIMESTAMP_MONOTONIC:
      return 1;
    case DRM_CAP_PRIME:
      return PRIME_BOTH;
    case DRM_CAP_SYNCOBJ:
      return driver.hasSyncobj ? 1 : 0;
    case DRM_CAP_SYNCOBJ_TIMELINE:
      return driver.hasSyncobjTimeline ? 1 : 0;
    default:
      return driver.display !== null ? displayCapability(driver, number) : -EOPNOTSUPP;
  }
}

function displayCapability(driver: DrmDriver, number: number): number {
  switch (number) {
    case DRM_CAP_DUMB_BUFFER:
      return 1;
    case DRM_CAP_DUMB_PREFERRED_DEPTH:
      return 0;
    case DRM_CAP_ADDFB2_MODIFIERS:
      return driver.hasModifiers ? 1 : 0;
    default:
      return -EINVAL;
  }
}
