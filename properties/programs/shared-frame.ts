import type { DmaResv } from '../../impl/dma-buf/dma-resv.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { FrameBuffer } from './display-bench.ts';
import type { BenchBuffer } from './gpu-bench.ts';

/** A frame that an engine draws and a screen shows, and the fences that it carries. */
export class SharedFrame extends KernelObject {
  readonly drawn: BenchBuffer;
  readonly shown: FrameBuffer;
  readonly resv: DmaResv;

  constructor(drawn: BenchBuffer, shown: FrameBuffer, resv: DmaResv) {
    super(drawn.world, 'sharedFrame');
    this.isStatic = true;
    this.drawn = drawn;
    this.shown = shown;
    this.resv = resv;
  }

  visitState(): void {}
}
