import { DRM_FORMAT_XRGB8888 } from '../../../impl/drm/display-client.ts';
import { DrmFile } from '../../../impl/drm/drm-file.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_CLIENT_CAP_UNIVERSAL_PLANES,
  DRM_IOCTL_MODE_ADDFB2,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_SET_CLIENT_CAP,
} from '../../../impl/drm/drm-ioctls.ts';
import { numberField, userStructure } from '../../../impl/uapi/user-memory.ts';
import { plain } from '../answer.ts';
import { type Operation, operation, slot } from '../operation.ts';

/** A screen. No answer tells how large that of the recordings was. */
const SCREEN = { width: 1024, height: 768, bpp: 32 };

/** Setting displays up. Commits are not built. */
export const DISPLAY_OPERATIONS: readonly Operation[] = [
  operation('kms_init', { d: slot }, function* (user, { d }) {
    const { fileCalls, files } = user.process;
    const fd = user.device(d);
    for (const capability of [DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC]) {
      const argument = userStructure({ capability, value: 1 });
      const result = yield* fileCalls.ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, argument);
      if (result < 0) return plain(result);
    }
    // Whoever commits atomically has both properties.
    const ops = files.at(fd)?.ops;
    const has = ops instanceof DrmFile && ops.device.driver.hasDisplay ? 1 : 0;
    return { result: 0, observed: { infence: has, outfence: has } };
  }),

  operation('kms_dumb', { d: slot, out: slot }, function* (user, { d, out }) {
    const argument = userStructure({ ...SCREEN });
    const { fileCalls } = user.process;
    const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_CREATE_DUMB, argument);
    if (result === 0) user.objects.set(out, { device: d, handle: numberField(argument, 'handle') });
    return plain(result);
  }),

  operation('kms_fb', { d: slot, g: slot, out: slot }, function* (user, { d, g }) {
    const argument = userStructure({ handle: user.handle(g), format: DRM_FORMAT_XRGB8888 });
    const { fileCalls } = user.process;
    return plain(yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_ADDFB2, argument));
  }),
];
