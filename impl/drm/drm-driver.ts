import { EINVAL, EOPNOTSUPP } from '../kernel/errno.ts';

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
  /** It shows pictures; capabilities without a meaning then have another error. */
  readonly hasDisplay: boolean;
  readonly hasModifiers: boolean;
  /** It can use buffers of other exporters. */
  readonly importsForeign: boolean;
  /** Only 32 bits per pixel. */
  readonly isDumb32Only: boolean;
  readonly hasVgemFences: boolean;
}

export const VGEM: DrmDriver = {
  name: 'vgem',
  exporterName: 'drm',
  hasSyncobj: false,
  hasDisplay: false,
  hasModifiers: false,
  importsForeign: true,
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
  hasDisplay: true,
  hasModifiers: false,
  importsForeign: false,
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
    case DRM_CAP_SYNCOBJ_TIMELINE:
      return driver.hasSyncobj ? 1 : 0;
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
