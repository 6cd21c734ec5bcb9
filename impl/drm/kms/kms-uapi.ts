/** Flags of atomic calls and page flips. */
export const DRM_MODE_PAGE_FLIP_EVENT = 0x1;
export const DRM_MODE_PAGE_FLIP_ASYNC = 0x2;
export const DRM_MODE_ATOMIC_TEST_ONLY = 0x100;
export const DRM_MODE_ATOMIC_NONBLOCK = 0x200;
export const DRM_MODE_ATOMIC_ALLOW_MODESET = 0x400;
export const DRM_MODE_ATOMIC_FLAGS: number =
  DRM_MODE_PAGE_FLIP_EVENT |
  DRM_MODE_PAGE_FLIP_ASYNC |
  DRM_MODE_ATOMIC_TEST_ONLY |
  DRM_MODE_ATOMIC_NONBLOCK |
  DRM_MODE_ATOMIC_ALLOW_MODESET;
export const DRM_MODE_PAGE_FLIP_FLAGS: number = DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_PAGE_FLIP_ASYNC;

/** Request numbers of displays. */
export const DRM_IOCTL_MODE_RMFB = 0xc00464af;
export const DRM_IOCTL_MODE_PAGE_FLIP = 0xc01864b0;
export const DRM_IOCTL_MODE_ATOMIC = 0xc03864bc;

/** Pixel formats by their four letters. */
export const DRM_FORMAT_XRGB8888 = 0x34325258;
export const DRM_FORMAT_ARGB8888 = 0x34325241;

export const DRM_CLIENT_CAP_UNIVERSAL_PLANES = 2;
export const DRM_CLIENT_CAP_ATOMIC = 3;

/** The kind of event that tells of a flip. */
export const DRM_EVENT_FLIP_COMPLETE = 0x2;
/** Size of the event that tells of a flip. Unit: bytes. @kernel struct drm_event_vblank */
export const EVENT_SIZE = 32;
/** What a file keeps of events that nobody has read. Unit: bytes. */
export const EVENT_SPACE = 4096;

/** What properties set, with their numbers on every device. @kernel struct drm_mode_config */
export const PROPERTIES = {
  CRTC_ID: 10,
  FB_ID: 11,
  IN_FENCE_FD: 12,
  FB_DAMAGE_CLIPS: 13,
  alpha: 14,
  ACTIVE: 20,
  MODE_ID: 21,
  OUT_FENCE_PTR: 22,
  WRITEBACK_FB_ID: 30,
  WRITEBACK_OUT_FENCE_PTR: 31,
} as const;

export type PropertyName = keyof typeof PROPERTIES;

const NAMES: ReadonlyMap<number, PropertyName> = new Map(
  // The keys of the table are the names.
  (Object.keys(PROPERTIES) as PropertyName[]).map((name) => [PROPERTIES[name], name]),
);

/** The property with this number, or null. */
export function propertyName(number: number): PropertyName | null {
  return NAMES.get(number) ?? null;
}

/** How a number that is stored in 64 bits reads when it has a sign. */
export function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
