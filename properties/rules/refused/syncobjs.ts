import type { Refusal } from './refusals.ts';

const ENOENT = -2;
const EBADF = -9;
const EFAULT = -14;
const EINVAL = -22;
const ENOTTY = -25;
const ETIME = -62;
const EOPNOTSUPP = -95;

/** An object of each kind: empty, with a fence that is pending, done, and a timeline. */
export const SYNCOBJS_SETUP = `s = drm.device(virtio_gpu); t = drm.open(s); v = drm.device(vgem)
  d = drm.open(v); f = fence.create(); a = so.create(t); b = so.create(t); c = so.create(t, 1)
  l = so.create(t); syncobj.replace(b.syncobj, f); so.timelineSignal(t, [l], [5])
  x = so.toFd(t, b); y = so.toFd(t, c, 1); e = sys.eventfd()
  so.wait(t, [b]); so.query(t, [l])`;

export const SYNCOBJS: readonly Refusal[] = [
  ['so.create(t, 2)', EINVAL],
  ['so.create(t, memory: bad)', EFAULT],
  ['so.create(d)', EOPNOTSUPP],
  ['so.create(99)', EBADF],
  ['so.create(e)', ENOTTY],
  ['so.destroy(t, 9)', EINVAL],
  ['so.destroy(t, b, 1)', EINVAL],
  ['so.destroy(t, b, memory: bad)', EFAULT],
  ['so.toFd(t, 9)', EINVAL],
  ['so.toFd(t, b, 2)', EINVAL],
  ['so.toFd(t, b, pad: 1)', EINVAL],
  ['so.toFd(t, 9, 1)', ENOENT],
  ['so.toFd(t, a, 1)', EINVAL],
  ['so.fromFd(t, 99)', EINVAL],
  ['so.fromFd(t, y)', EINVAL],
  ['so.fromFd(t, x, 2)', EINVAL],
  ['so.fromFd(t, x, pad: 1)', EINVAL],
  ['so.fromFd(t, x, 1, a)', EINVAL],
  ['so.fromFd(t, y, 1, 9)', ENOENT],
  ['so.fromFd(t, 99, 1, 9)', EINVAL],
  ['so.wait(t, [b])', ETIME],
  ['so.wait(t, [b, c], all, 3)', ETIME],
  ['so.wait(t, [a, c])', EINVAL],
  ['so.wait(t, [c, 9])', ENOENT],
  ['so.wait(t, [c], mapped: 0)', EFAULT],
  ['so.wait(t, [c], available)', EINVAL],
  ['so.wait(t, [a, a], submit, 3)', ETIME],
  ['so.timelineWait(t, [a, b], [3, 4], all+available, 3)', ETIME],
  ['so.timelineWait(t, [l], [6])', EINVAL],
  ['so.timelineWait(t, [c], [1], mappedPoints: 0)', EFAULT],
  ['so.reset(t, [b, 9])', ENOENT],
  ['so.reset(t, [b], pad: 1)', EINVAL],
  ['so.reset(t, [b], count: 0)', EINVAL],
  ['so.reset(t, [b, c], mapped: 1)', EFAULT],
  ['so.signal(t, [9, b])', ENOENT],
  ['so.signal(t, [b], pad: 1)', EINVAL],
  ['so.signal(t, [b], memory: bad)', EFAULT],
  ['so.timelineSignal(t, [b, 9], [1, 2])', ENOENT],
  ['so.timelineSignal(t, [b], [1], 1)', EINVAL],
  ['so.timelineSignal(t, [b, c], [1, 2], mappedPoints: 1)', EFAULT],
  ['so.query(t, [l, 9])', ENOENT],
  ['so.query(t, [l], 2)', EINVAL],
  ['so.query(t, [l], mappedPoints: 0)', EFAULT],
  ['so.transfer(t, c, 0, 9, 0)', ENOENT],
  ['so.transfer(t, 9, 0, b, 0)', ENOENT],
  ['so.transfer(t, c, 0, b, 0, 4)', EINVAL],
  ['so.transfer(t, c, 0, b, 0, pad: 1)', EINVAL],
  ['so.transfer(t, a, 0, b, 3)', EINVAL],
  ['so.transfer(t, l, 6, b, 3)', EINVAL],
  ['so.transfer(t, a, 0, b, 3, submit)', ETIME],
  ['so.eventfd(t, 9, 0, e)', ENOENT],
  ['so.eventfd(t, a, 0, 99)', EBADF],
  ['so.eventfd(t, a, 0, x)', EINVAL],
  ['so.eventfd(t, a, 0, e, 1)', EINVAL],
  ['so.eventfd(t, a, 0, e, pad: 1)', EINVAL],
  ['so.findFence(t, 9)', ENOENT],
  ['so.findFence(t, a)', EINVAL],
  ['so.findFence(t, b, 1)', EINVAL],
  ['so.findFence(t, b, 0, 4)', EINVAL],
  ['sys.read(x)', EINVAL],
  ['sys.ioctl(x, 0)', ENOTTY],
];
