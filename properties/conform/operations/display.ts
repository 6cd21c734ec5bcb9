import {
  DRM_IOCTL_MODE_ADDFB2,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_SET_CLIENT_CAP,
} from '../../../impl/drm/drm-ioctls.ts';
import { DrmFile } from '../../../impl/drm/drm-file.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_CLIENT_CAP_UNIVERSAL_PLANES,
  DRM_FORMAT_XRGB8888,
  DRM_IOCTL_MODE_ATOMIC,
} from '../../../impl/drm/kms/kms-uapi.ts';
import type { ModeConfig } from '../../../impl/drm/kms/mode-config.ts';
import { numberField, userStructure } from '../../../impl/uapi/user-memory.ts';
import { UserWord } from '../../../impl/uapi/user-word.ts';
import { atomicFields, type Setting } from '../../programs/display-request.ts';
import { plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';
import type { UserSpace } from '../user-space.ts';

/** A screen. No answer tells how large that of the recordings was. */
const SCREEN = { width: 1024, height: 768, bpp: 32 };

/** How long a picture stays: sixty in a second. Unit: jiffies. */
const PERIOD = 16;

function displayOf(user: UserSpace, slotNumber: number): ModeConfig | null {
  const ops = user.process.files.at(user.device(slotNumber))?.ops;
  return ops instanceof DrmFile ? ops.device.display : null;
}

/** The first of everything, with a picture; with a mode it is lit, too. */
function settings(
  { planes, crtcs, connectors }: ModeConfig,
  request: {
    readonly fb: number;
    readonly inFence: number;
    readonly isModeset: boolean;
    readonly hasOutFence: boolean;
  },
): Setting[] {
  const crtc = crtcs[0]?.number ?? 0;
  const plane = planes[0]?.number ?? 0;
  const list: Setting[] = [
    [plane, 'FB_ID', request.fb],
    [plane, 'CRTC_ID', crtc],
    [plane, 'IN_FENCE_FD', request.inFence],
  ];
  if (request.isModeset) {
    list.push([connectors[0]?.number ?? 0, 'CRTC_ID', crtc]);
    list.push([crtc, 'MODE_ID', PERIOD], [crtc, 'ACTIVE', 1]);
  }
  if (request.hasOutFence) list.push([crtc, 'OUT_FENCE_PTR', 1]);
  return list;
}

/** Setting displays up, and showing pictures on them. */
export const DISPLAY_OPERATIONS: readonly Operation[] = [
  operation('kms_init', { d: slot }, function* (user, { d }) {
    const { fileCalls } = user.process;
    const fd = user.device(d);
    for (const capability of [DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC]) {
      const argument = userStructure({ capability, value: 1 });
      const result = yield* fileCalls.ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, argument);
      if (result < 0) return plain(result);
    }
    // Whoever commits atomically has both properties.
    const has = displayOf(user, d) === null ? 0 : 1;
    return { result: 0, observed: { infence: has, outfence: has } };
  }),

  operation('kms_dumb', { d: slot, out: slot }, function* (user, { d, out }) {
    const argument = userStructure({ ...SCREEN });
    const { fileCalls } = user.process;
    const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_CREATE_DUMB, argument);
    if (result === 0) user.objects.set(out, { device: d, handle: numberField(argument, 'handle') });
    return plain(result);
  }),

  operation('kms_fb', { d: slot, g: slot, out: slot }, function* (user, { d, g, out }) {
    const argument = userStructure({ handle: user.handle(g), format: DRM_FORMAT_XRGB8888 });
    const { fileCalls } = user.process;
    const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_ADDFB2, argument);
    if (result === 0) user.framebuffers.set(`${d} ${out}`, numberField(argument, 'fb_id'));
    return plain(result);
  }),

  operation(
    'kms_commit',
    {
      d: slot,
      fb: slot,
      modeset: word(),
      in: slot.optional(),
      out: slot.optional(),
      flags: word(),
    },
    function* (user, { d, fb, modeset, in: inSlot, out, flags }) {
      const config = displayOf(user, d);
      const pointer = new UserWord(user.stack.world, -1);
      const list =
        config === null
          ? []
          : settings(config, {
              fb: user.framebuffers.get(`${d} ${fb}`) ?? 0,
              inFence: inSlot === undefined ? -1 : user.fd(inSlot),
              isModeset: modeset !== 0,
              hasOutFence: out !== undefined,
            });
      const argument = userStructure({ flags, words: [pointer], ...atomicFields(list) });
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_ATOMIC, argument);
      const fd = yield* pointer.word.read();
      if (out !== undefined && fd >= 0) yield* user.store(out, fd);
      return { result, observed: { outset: fd >= 0 ? 1 : 0 } };
    },
  ),
];
