/** States of a task, as the scheduler and wakers see them. */
export const TASK_RUNNING = 0;
export const TASK_INTERRUPTIBLE = 1;
export const TASK_UNINTERRUPTIBLE = 2;

/** Only a signal that ends the process wakes it. */
export const TASK_KILLABLE = 3;

export type TaskState = 0 | 1 | 2 | 3;
