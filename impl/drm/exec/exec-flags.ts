/** Signals end lock calls. @kernel DRM_EXEC_INTERRUPTIBLE_WAIT */
export const DRM_EXEC_INTERRUPTIBLE_WAIT = 1;
/** To name a reservation that is locked already is no error. @kernel DRM_EXEC_IGNORE_DUPLICATES */
export const DRM_EXEC_IGNORE_DUPLICATES = 2;
