/** The error numbers that machines return, as Linux spells them. */
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EBUSY = 16;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EPIPE = 32;
export const EDEADLK = 35;
export const ETIME = 62;
export const EALREADY = 114;
export const ERESTARTSYS = 512;

const NAMES: ReadonlyMap<number, string> = new Map([
  [ENOENT, 'ENOENT'],
  [EINTR, 'EINTR'],
  [EIO, 'EIO'],
  [EAGAIN, 'EAGAIN'],
  [ENOMEM, 'ENOMEM'],
  [EBUSY, 'EBUSY'],
  [EINVAL, 'EINVAL'],
  [ENOSPC, 'ENOSPC'],
  [EPIPE, 'EPIPE'],
  [EDEADLK, 'EDEADLK'],
  [ETIME, 'ETIME'],
  [EALREADY, 'EALREADY'],
  [ERESTARTSYS, 'ERESTARTSYS'],
]);

/** Names a result for people: `-22` reads `-EINVAL`, other numbers read as they are. */
export function errnoName(result: number): string {
  const name = NAMES.get(-result);
  return result < 0 && name !== undefined ? `-${name}` : String(result);
}
