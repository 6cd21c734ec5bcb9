/** How a fence uses the buffer; smaller is stronger. @kernel enum dma_resv_usage @rule RESV-009 */
export const DMA_RESV_USAGE_KERNEL = 0;
export const DMA_RESV_USAGE_WRITE = 1;
export const DMA_RESV_USAGE_READ = 2;
export const DMA_RESV_USAGE_BOOKKEEP = 3;

export type ResvUsage = 0 | 1 | 2 | 3;
