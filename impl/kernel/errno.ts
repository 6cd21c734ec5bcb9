/** Linux error numbers, as the kernel spells them. Code writes `return -EINVAL;`. */
export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const EINTR = 4;
export const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const EMFILE = 24;
export const ENOTTY = 25;
export const EFBIG = 27;
export const ENOSPC = 28;
export const ESPIPE = 29;
export const EPIPE = 32;
export const EDEADLK = 35;
export const ENOSYS = 38;
export const ETIME = 62;
export const EOVERFLOW = 75;
export const EBADFD = 77;
export const EOPNOTSUPP = 95;
export const ETIMEDOUT = 110;
export const EALREADY = 114;
export const ECANCELED = 125;
export const ERESTARTSYS = 512;

const NAMES: ReadonlyMap<number, string> = new Map([
  [EPERM, 'EPERM'],
  [ENOENT, 'ENOENT'],
  [ESRCH, 'ESRCH'],
  [EINTR, 'EINTR'],
  [EIO, 'EIO'],
  [EBADF, 'EBADF'],
  [EAGAIN, 'EAGAIN'],
  [ENOMEM, 'ENOMEM'],
  [EACCES, 'EACCES'],
  [EFAULT, 'EFAULT'],
  [EBUSY, 'EBUSY'],
  [EEXIST, 'EEXIST'],
  [ENODEV, 'ENODEV'],
  [EINVAL, 'EINVAL'],
  [EMFILE, 'EMFILE'],
  [ENOTTY, 'ENOTTY'],
  [EFBIG, 'EFBIG'],
  [ENOSPC, 'ENOSPC'],
  [ESPIPE, 'ESPIPE'],
  [EPIPE, 'EPIPE'],
  [EDEADLK, 'EDEADLK'],
  [ENOSYS, 'ENOSYS'],
  [ETIME, 'ETIME'],
  [EOVERFLOW, 'EOVERFLOW'],
  [EBADFD, 'EBADFD'],
  [EOPNOTSUPP, 'EOPNOTSUPP'],
  [ETIMEDOUT, 'ETIMEDOUT'],
  [EALREADY, 'EALREADY'],
  [ECANCELED, 'ECANCELED'],
  [ERESTARTSYS, 'ERESTARTSYS'],
]);

/** The largest number that the kernel encodes as an error (`MAX_ERRNO`). */
export const MAX_ERRNO = 4095;

/** Names a result for people: `-22` reads `-EINVAL`, other numbers read as they are. */
export function errnoName(result: number): string {
  const name = NAMES.get(-result);
  return result < 0 && name !== undefined ? `-${name}` : String(result);
}
