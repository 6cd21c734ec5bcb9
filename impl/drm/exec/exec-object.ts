import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { KernelObject } from '../../kernel/object.ts';

/** As much of a buffer object as locking needs: its reservation, and references that keep it. */
export interface ExecObject extends KernelObject {
  readonly resv: DmaResv;
  get(): KernelTask<unknown>;
  put(): KernelTask<void>;
}
