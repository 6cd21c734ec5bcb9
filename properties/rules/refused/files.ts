import type { AskingCalls } from './no-memory.ts';
import type { Refusal } from './refusals.ts';

const ENOENT = -2;
const EBADF = -9;
const EAGAIN = -11;
const ENOMEM = -12;
const EPERM = -1;
const EACCES = -13;
const EFAULT = -14;
const EEXIST = -17;
const ENODEV = -19;
const EINVAL = -22;
const ENOTTY = -25;
const ESPIPE = -29;

/** A request that no file knows. */
const UNKNOWN = 0x7a7a7a;

/** Calls on descriptors that are closed, or of the wrong kind, and what these calls refuse. */
export const FILES_SETUP = `t = sys.timeline(); f = sys.createFence(t, 1); e = sys.eventfd()
  p = sys.epoll(); sys.epollAdd(p, e); m = sys.memfd(4096); s = sys.memfd(4096, flags: closeOnExec)
  u = sys.mmap(m)`;

export const FILES: readonly Refusal[] = [
  ['sys.close(99)', EBADF],
  ['sys.close(-1)', EBADF],
  ['sys.dup(99)', EBADF],
  ['sys.same(99, e)', EBADF],
  ['sys.same(e, 99)', EBADF],
  ['sys.modes(99)', EBADF],
  ['sys.fdinfo(99)', EBADF],
  ['buf.link(99)', EBADF],
  ['buf.link(e)', EINVAL],
  ['sys.size(99)', EBADF],
  ['sys.read(99)', EBADF],
  ['sys.write(99)', EBADF],
  ['sys.pread(e)', ESPIPE],
  ['sys.pwrite(e)', ESPIPE],
  ['sys.lseek(e, 0, 0)', ESPIPE],
  ['sys.lseek(e, 0, 9)', EINVAL],
  ['sys.lseek(99, 0, 9)', EBADF],
  ['sys.lseek(m, -1, 0)', EINVAL],
  ['sys.lseek(f, 0, 0)', ESPIPE],
  ['sys.ioctl(99, 0)', EBADF],
  [`sys.ioctl(e, ${UNKNOWN})`, ENOTTY],
  [`sys.ioctl(m, ${UNKNOWN})`, ENOTTY],
  ['sys.readCount(e)', EAGAIN],
  ['sys.readCount(e, 4)', EINVAL],
  ['sys.readCount(99)', EBADF],
  ['sys.addCount(99)', EBADF],
  ['sys.addCount(f)', EBADF],
  ['sys.truncate(m, -1)', EINVAL],
  ['sys.truncate(e, 0)', EINVAL],
  ['sys.truncate(99, 0)', EBADF],
  ['sys.memfd(4096, flags: 64)', EINVAL],
  ['sys.addSeals(m, 64)', EINVAL],
  ['sys.addSeals(m, 8)', -16],
  ['sys.addSeals(s, 2)', EPERM],
  ['sys.addSeals(e, 2)', EINVAL],
  ['sys.addSeals(99, 2)', EBADF],
  ['sys.seals(e)', EINVAL],
  ['sys.mmap(99)', EBADF],
  ['sys.mmap(m, 0)', EINVAL],
  ['sys.mmap(m, offset: 1)', EINVAL],
  ['sys.mmap(e)', ENODEV],
  ['sys.mmap(f)', EACCES],
  ['sys.mmap(f, prot: read)', ENODEV],
  ['sys.epollAdd(p, 99)', EBADF],
  ['sys.epollAdd(99, e)', EBADF],
  ['sys.epollAdd(p, e)', EEXIST],
  ['sys.epollAdd(p, t)', EPERM],
  ['sys.epollAdd(e, f)', EINVAL],
  ['sys.epollAdd(p, p)', EINVAL],
  ['sys.epollModify(p, f)', ENOENT],
  ['sys.epollRemove(p, f)', ENOENT],
  ['sys.epollWait(e)', EINVAL],
  ['sys.epollWait(99)', EBADF],
  ['sys.send(99, main)', EBADF],
  ['sys.receive(false)', EAGAIN],
];

/** Two points of one timeline, and a descriptor of something else. */
export const SYNC_SETUP = `t = sys.timeline(); f = sys.createFence(t, 1); g = sys.createFence(t, 2)
  e = sys.eventfd(); k = sys.merge(f, g)`;

export const SYNC_FILES: readonly Refusal[] = [
  ['sys.createFence(t, 3, memory: bad)', EFAULT],
  ['sys.createFence(t, 3, memory: readOnly)', EFAULT],
  ['sys.createFence(99, 3)', EBADF],
  ['sys.createFence(f, 3)', ENOTTY],
  ['sys.createFence(e, 3)', ENOTTY],
  ['sys.inc(t, 1, bad)', EFAULT],
  ['sys.inc(f, 1)', ENOTTY],
  ['sys.inc(99, 1)', EBADF],
  ['sys.merge(f, g, memory: bad)', EFAULT],
  ['sys.merge(f, g, memory: readOnly)', EFAULT],
  ['sys.merge(f, 99)', ENOENT],
  ['sys.merge(f, e)', ENOENT],
  ['sys.merge(f, -1)', ENOENT],
  ['sys.merge(99, f)', EBADF],
  ['sys.merge(t, f)', ENOTTY],
  ['sys.merge(f, g, flags: 1)', EINVAL],
  ['sys.merge(f, g, pad: 1)', EINVAL],
  ['sys.merge(f, 99, pad: 1)', EINVAL],
  ['sys.info(f, 0, memory: bad)', EFAULT],
  ['sys.info(f, 0, flags: 1)', EINVAL],
  ['sys.info(f, 0, pad: 1)', EINVAL],
  ['sys.info(k, 1, memory: readOnly)', EFAULT],
  ['sys.info(k, 1, records: bad)', EFAULT],
  ['sys.info(t, 0)', ENOTTY],
  ['sys.info(99, 0)', EBADF],
  ['sys.deadline(f, 5, pad: 1)', EINVAL],
  ['sys.deadline(f, 5, memory: bad)', EFAULT],
  ['sys.deadline(t, 5)', ENOTTY],
  ['sys.deadline(99, 5)', EBADF],
  ['sys.getDeadline(t, f)', ENOENT],
  ['sys.getDeadline(t, f, pad: 1)', EINVAL],
  ['sys.getDeadline(t, f, 7)', EINVAL],
  ['sys.getDeadline(t, e)', EINVAL],
  ['sys.getDeadline(t, 99)', EINVAL],
  ['sys.getDeadline(t, k)', ENOENT],
  ['sys.getDeadline(t, f, memory: bad)', EFAULT],
  ['sys.getDeadline(f, f)', ENOTTY],
  [`sys.ioctl(t, ${UNKNOWN})`, ENOTTY],
  [`sys.ioctl(f, ${UNKNOWN})`, ENOTTY],
  ['sys.read(f)', EINVAL],
  ['sys.write(f)', EBADF],
  ['sys.pread(f)', ESPIPE],
  ['sys.lseek(f, 0, 0)', ESPIPE],
  ['sys.read(t)', EINVAL],
  ['sys.lseek(t, 0, 0)', ESPIPE],
];

/** What files are made of, and sets that they are put into. */
export const ASKING_SETUP = `t = sys.timeline(); f = sys.createFence(t, 1); u = sys.timeline()
  g = sys.createFence(u, 2); e = sys.eventfd(); p = sys.epoll(); heap.addAll()
  h = heap.open(); m = sys.memfd(4096, 2)`;

export const ASKING_FILES: AskingCalls = {
  timeline: ['sys.timeline()', ENOMEM, 0],
  point: ['sys.createFence(t, 3)', ENOMEM, 0],
  merge: ['sys.merge(f, g)', ENOMEM, 0],
  info: ['sys.info(f, 1)', ENOMEM, 'sw_sync-init1-1 0 1 | sw_sync init 0 0'],
  eventfd: ['sys.eventfd()', ENOMEM, 0],
  epoll: ['sys.epoll()', ENOMEM, 0],
  'epoll-add': ['sys.epollAdd(p, f)', ENOMEM, 0],
  'epoll-counter': ['sys.epollAdd(p, e)', ENOMEM, 0],
  memfd: ['sys.memfd(4096)', ENOMEM, 0],
  heap: ['heap.alloc(h, 4096)', ENOMEM, 0],
  udmabuf: ['udmabuf.create(m, 0, 4096)', ENOMEM, 0],
};
