import { DrmExec } from './drm-exec.ts';
import { GpuVm } from './gpu-vm.ts';

/** Classes about transactions, for the stack to be built from. */
export interface ExecTypes {
  readonly DrmExec: typeof DrmExec;
  readonly GpuVm: typeof GpuVm;
}

/** As they should be. */
export const EXEC_TYPES: ExecTypes = { DrmExec, GpuVm };
