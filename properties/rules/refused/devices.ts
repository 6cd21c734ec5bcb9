import type { Refusal } from './refusals.ts';

const ENOENT = -2;
const EBADF = -9;
const EFAULT = -14;
const EBUSY = -16;
const EINVAL = -22;
const ENOTTY = -25;
const EOPNOTSUPP = -95;

/** Three devices; a buffer of vgem that vkms has, too, and that somebody writes to. */
export const DEVICES_SETUP = `v = drm.device(vgem); d = drm.open(v); w = drm.device(vkms)
  k = drm.open(w); s = drm.device(virtio_gpu); t = drm.open(s); e = sys.eventfd()
  g = dumb.create(d); b = prime.export(d, g); h = prime.import(k, b); f = vgem.attach(d, g, true)
  o = dumb.offset(d, g); n = gem.flink(d, g); x = drm.device(bare); y = drm.open(x)
  l = dumb.create(y); c = prime.export(y, l)`;

export const DEVICES: readonly Refusal[] = [
  ['drm.cap(d, 1)', EOPNOTSUPP],
  ['drm.cap(k, 153)', EINVAL],
  ['drm.cap(d, 5, bad)', EFAULT],
  ['drm.cap(99, 5)', EBADF],
  ['drm.ioctl(d, 1074291203)', ENOTTY],
  ['drm.ioctl(d, 1074291203, bad)', ENOTTY],
  ['drm.ioctl(d, 3221775615)', EINVAL],
  ['drm.ioctl(e, 1074291203)', ENOTTY],
  ['dumb.create(d, 0)', EINVAL],
  ['dumb.create(d, 65536, 65536)', EINVAL],
  ['dumb.create(t, 32, 32, 16)', EINVAL],
  ['dumb.create(d, memory: bad)', EFAULT],
  ['dumb.create(e)', ENOTTY],
  ['dumb.create(99)', EBADF],
  ['dumb.offset(d, 9)', ENOENT],
  ['dumb.offset(k, h)', EINVAL],
  ['dumb.offset(d, g, bad)', EFAULT],
  ['dumb.destroy(d, 9)', EINVAL],
  ['dumb.destroy(d, 0)', EINVAL],
  ['gem.close(d, 9)', EINVAL],
  ['gem.close(d, g, memory: bad)', EFAULT],
  ['gem.close(99, g)', EBADF],
  ['gem.flink(d, 9)', ENOENT],
  ['gem.flink(d, g, bad)', EFAULT],
  ['gem.open(d, 9)', ENOENT],
  ['gem.open(d, n, bad)', EFAULT],
  ['gem.open(k, n)', ENOENT],
  ['prime.export(d, 9)', ENOENT],
  ['prime.export(d, g, 4)', EINVAL],
  ['prime.export(d, g, memory: bad)', EFAULT],
  ['prime.export(99, g)', EBADF],
  ['prime.import(k, 99)', EBADF],
  ['prime.import(k, e)', EINVAL],
  ['prime.import(k, k)', EINVAL],
  ['prime.import(t, b)', -19],
  ['prime.import(y, b)', EINVAL],
  ['prime.import(d, c)', -38],
  ['prime.import(k, b, memory: bad)', EFAULT],
  ['vgem.attach(d, 9)', ENOENT],
  ['vgem.attach(d, g, flags: 2)', EINVAL],
  ['vgem.attach(d, g, pad: 1)', EINVAL],
  ['vgem.attach(d, g)', EBUSY],
  ['vgem.attach(d, g, true)', EBUSY],
  ['vgem.attach(d, g, memory: bad)', EFAULT],
  ['vgem.attach(k, h)', EINVAL],
  ['vgem.signal(d, 9)', ENOENT],
  ['vgem.signal(d, f, 1)', EINVAL],
  ['vgem.signal(d, f, memory: bad)', EFAULT],
  ['vgem.signal(k, f)', EINVAL],
  ['sys.mmap(d, 8192, offset: o)', EINVAL],
  ['sys.mmap(d, private: true, offset: o)', EINVAL],
  ['sys.mmap(k, offset: o)', EINVAL],
  ['sys.mmap(b, 8192)', EINVAL],
  ['sys.mmap(b, private: true)', EINVAL],
  ['sys.ioctl(b, 0)', ENOTTY],
  ['sys.lseek(b, 1, 0)', EINVAL],
  ['sys.lseek(b, 0, 1)', EINVAL],
];
