import '../programs/operations/index.ts';
import { DISPLAY_ROWS } from './display.ts';
import { DMA_ROWS } from './dma.ts';
import { GPU_ROWS } from './gpu.ts';
import { MEMORY_ROWS } from './memory.ts';
import type { MatrixRow } from './row.ts';
import { SOFTWARE_ROWS } from './software.ts';
import { VIDEO_ROWS } from './video.ts';

/** All rows of the fault matrix. */
export const MATRIX: readonly MatrixRow[] = [
  ...GPU_ROWS,
  ...DMA_ROWS,
  ...MEMORY_ROWS,
  ...DISPLAY_ROWS,
  ...SOFTWARE_ROWS,
  ...VIDEO_ROWS,
];
