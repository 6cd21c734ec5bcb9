import type { KernelTask } from '../kernel/access.ts';
import { EINVAL, EOPNOTSUPP } from '../kernel/errno.ts';
import type { DrmFile } from './drm-file.ts';
import type { GemObject } from './gem-object.ts';

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
  /** It shows pictures; capabilities without a meaning then have another error. */
  readonly hasDisplay: boolean;
  readonly hasModifiers: boolean;
  /** What it makes of the memory of other exporters. @kernel gem_prime_import_sg_table */
  readonly tableImport: 'works' | 'refused' | 'absent';
  /** Others can be told where the memory of its objects is. @kernel get_sg_table */
  readonly hasTables: boolean;
  /** Only 32 bits per pixel. */
  readonly isDumb32Only: boolean;
  readonly hasVgemFences: boolean;
  /** Its own set-up for a file that got a handle, or a negative error. @kernel drm_gem_object_funcs.open */
  openObject?(object: GemObject, file: DrmFile): KernelTask<number>;
  /** @kernel drm_gem_object_funcs.close */
  closeObject?(object: GemObject, file: DrmFile): KernelTask<number>;
}

export const VGEM: DrmDriver = {
  name: 'vgem',
  exporterName: 'drm',
  hasSyncobj: false,
  hasSyncobjTimeline: false,
  hasDisplay: false,
  hasModifiers: false,
  tableImport: 'works',
  hasTables: true,
  isDumb32Only: false,
  hasVgemFences: true,
};

export const VKMS: DrmDriver = {
  ...VGEM,
  name: 'vkms',
  hasDisplay: true,
  hasModifiers: true,
  hasVgemFences: false,
};

export const VIRTIO_GPU: DrmDriver = {
  name: 'virtio_gpu',
  exporterName: 'virtio_gpu',
  hasSyncobj: true,
  hasSyncobjTimeline: true,
  hasDisplay: true,
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
      return driver.hasDisplay ? displayCapability(driver, number) : -EOPNOTSUPP;
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
