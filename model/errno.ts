/** The error numbers that machines return, as Linux spells them. */
export const ENOENT = 2;
export const ENOMEM = 12;
export const EINVAL = 22;
export const EDEADLK = 35;
export const ERESTARTSYS = 512;
