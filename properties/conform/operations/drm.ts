import {
  DRM_IOCTL_GEM_CLOSE,
  DRM_IOCTL_GET_CAP,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_MODE_DESTROY_DUMB,
  DRM_IOCTL_PRIME_FD_TO_HANDLE,
  DRM_IOCTL_PRIME_HANDLE_TO_FD,
  DRM_IOCTL_VGEM_FENCE_ATTACH,
  DRM_IOCTL_VGEM_FENCE_SIGNAL,
} from '../../../impl/drm/drm-ioctls.ts';
import { ENODEV } from '../../../impl/kernel/errno.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import { plain } from '../answer.ts';
import { type Operation, operation, slot, word } from '../operation.ts';
import { argumentOf, sameFiles } from './descriptors.ts';

/** Sides of a dumb buffer, and its bits per pixel, when the program does not say. */
const SIDE = 32;

const READ_WRITE: number = O_RDWR | O_CLOEXEC;

/** Graphics devices: their buffers, sharing, and fences. */
export const DRM_OPERATIONS: readonly Operation[] = [
  operation('drm_open', { out: slot, dev: word() }, function* (user, { out, dev }) {
    const device = user.graphics[dev];
    if (device === undefined) return plain(-ENODEV);
    const fd = yield* user.process.fileCalls.openDrm(device);
    if (fd >= 0) yield* user.storeDevice(out, fd);
    return plain(Math.min(0, fd));
  }),

  operation('drm_close', { d: slot }, function* (user, { d }) {
    const fd = user.device(d);
    user.devices.delete(d);
    return plain(yield* user.process.fileCalls.close(fd));
  }),

  operation('cap', { d: slot, cap: word(), badptr: word() }, function* (user, { d, cap, badptr }) {
    const argument = argumentOf({ capability: cap }, badptr);
    const { fileCalls } = user.process;
    const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_GET_CAP, argument);
    if (result < 0) return plain(result);
    return { result, observed: { value: numberField(argument, 'value') } };
  }),

  operation(
    'dumb',
    {
      d: slot,
      w: word(SIDE),
      h: word(SIDE),
      bpp: word(SIDE),
      flags: word(),
      out: slot,
      badptr: word(),
    },
    function* (user, { d, w, h, bpp, flags, out, badptr }) {
      const argument = argumentOf({ width: w, height: h, bpp, flags }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_MODE_CREATE_DUMB, argument);
      if (result < 0) return plain(result);
      user.objects.set(out, { device: d, handle: numberField(argument, 'handle') });
      const pitch = numberField(argument, 'pitch');
      return { result, observed: { pitch, size: numberField(argument, 'size') } };
    },
  ),

  ...(['dumb_destroy', 'gem_close'] as const).map((name) =>
    operation(name, { d: slot, g: slot, pad: word(), badptr: word() }, function* (user, args) {
      const argument = argumentOf({ handle: user.handle(args.g), pad: args.pad }, args.badptr);
      const command = name === 'gem_close' ? DRM_IOCTL_GEM_CLOSE : DRM_IOCTL_MODE_DESTROY_DUMB;
      return plain(yield* user.process.fileCalls.ioctl(user.device(args.d), command, argument));
    }),
  ),

  operation(
    'prime_to_fd',
    { d: slot, g: slot, flags: word(READ_WRITE), out: slot, badptr: word() },
    function* (user, { d, g, flags, out, badptr }) {
      const argument = argumentOf({ handle: user.handle(g), flags }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_PRIME_HANDLE_TO_FD, argument);
      if (result < 0) return plain(result);
      yield* user.store(out, numberField(argument, 'fd'));
      return { result, observed: { same: yield* sameFiles(user, out) } };
    },
  ),

  operation(
    'prime_from_fd',
    { d: slot, fd: slot, flags: word(), out: slot, badptr: word() },
    function* (user, { d, fd, flags, out, badptr }) {
      const argument = argumentOf({ fd: user.fd(fd), flags }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_PRIME_FD_TO_HANDLE, argument);
      if (result < 0) return plain(result);
      const handle = numberField(argument, 'handle');
      user.objects.set(out, { device: d, handle });
      const same = [...user.objects]
        .filter(([other, object]) => {
          return other !== out && object.device === d && object.handle === handle;
        })
        .map(([other]) => other);
      return { result, observed: { same_g: same.toSorted((a, b) => a - b) } };
    },
  ),

  operation(
    'fence_attach',
    { d: slot, g: slot, flags: word(), pad: word(), out: slot, badptr: word() },
    function* (user, { d, g, flags, pad, out, badptr }) {
      const argument = argumentOf({ handle: user.handle(g), flags, pad }, badptr);
      const { fileCalls } = user.process;
      const result = yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_VGEM_FENCE_ATTACH, argument);
      if (result === 0) user.fences.set(out, numberField(argument, 'out_fence'));
      return plain(result);
    },
  ),

  operation(
    'fence_signal',
    { d: slot, v: slot, flags: word(), badptr: word() },
    function* (user, { d, v, flags, badptr }) {
      const argument = argumentOf({ fence: user.fences.get(v) ?? 0, flags }, badptr);
      const { fileCalls } = user.process;
      return plain(yield* fileCalls.ioctl(user.device(d), DRM_IOCTL_VGEM_FENCE_SIGNAL, argument));
    },
  ),
];
