/** How an allocation may get its memory. */
export type Gfp =
  | 'GFP_KERNEL'
  | 'GFP_NOFS'
  | 'GFP_NOIO'
  | 'GFP_NOWAIT'
  | 'GFP_ATOMIC'
  | 'GFP_KERNEL|__GFP_NOLOCKDEP';

/** What the allocator may do to make room, and what lock proving may say about that. */
interface GfpFlags {
  /** It may free memory itself, and wait for that. @kernel __GFP_DIRECT_RECLAIM */
  readonly reclaims: boolean;
  /** That may call into filesystems. @kernel __GFP_FS */
  readonly fs: boolean;
  /** Lock proving does not hear of it. @kernel __GFP_NOLOCKDEP */
  readonly isUnproven: boolean;
}

const FLAGS: Readonly<Record<Gfp, GfpFlags>> = {
  GFP_KERNEL: { reclaims: true, fs: true, isUnproven: false },
  GFP_NOFS: { reclaims: true, fs: false, isUnproven: false },
  GFP_NOIO: { reclaims: true, fs: false, isUnproven: false },
  GFP_NOWAIT: { reclaims: false, fs: false, isUnproven: false },
  GFP_ATOMIC: { reclaims: false, fs: false, isUnproven: false },
  'GFP_KERNEL|__GFP_NOLOCKDEP': { reclaims: true, fs: true, isUnproven: true },
};

export function isGfp(name: string): name is Gfp {
  return name in FLAGS;
}

export function flagsOf(gfp: Gfp): GfpFlags {
  return FLAGS[gfp];
}

/** What a task has said about all allocations that it makes from now on. Bits. */
export const PF_MEMALLOC_NOFS = 1;
/** No input or output, so no filesystem either. */
export const PF_MEMALLOC_NOIO = 2;
/** It is part of reclaim itself, and never waits for more of that. */
export const PF_MEMALLOC = 4;
