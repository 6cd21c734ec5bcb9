/** States of a task, as the scheduler and wakers see them. */
export const TASK_RUNNING = 0;
export const TASK_INTERRUPTIBLE = 1;
export const TASK_UNINTERRUPTIBLE = 2;

export type TaskState = 0 | 1 | 2;
