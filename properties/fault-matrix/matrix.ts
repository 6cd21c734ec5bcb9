import '../programs/operations/index.ts';
import { DISPLAY_ROWS } from './display.ts';
import { DMA_ROWS } from './dma.ts';
import { GPU_ROWS } from './gpu.ts';
import { MEMORY_ROWS } from './memory.ts';
import type { MatrixRow } from './row.ts';
import { SOFTWARE_ROWS } from './software.ts';

/** Rows of the fault matrix that can be played. */
export const MATRIX: readonly MatrixRow[] = [
  ...GPU_ROWS,
  ...DMA_ROWS,
  ...MEMORY_ROWS,
  ...DISPLAY_ROWS,
  ...SOFTWARE_ROWS,
];

/** Those that cannot yet, and what they wait for. */
export const OPEN_ROWS: Readonly<Record<string, string>> = {
  'cam.earlyDone': 'a camera',
  'cam.lostDone': 'a camera',
  'cam.fault': 'a camera',
  'cam.overrun': 'a camera',
  'codec.partialWrite': 'a codec',
  'codec.refOverwrite': 'a codec',
  'codec.hang': 'a codec',
};
