import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';

/** How the pixels of an image lie in memory. */
export type Modifier = bigint;

/** Row after row. @kernel DRM_FORMAT_MOD_LINEAR */
export const MODIFIER_LINEAR: Modifier = 0n;
/** Not known to anybody but the driver. @kernel DRM_FORMAT_MOD_INVALID */
export const MODIFIER_INVALID: Modifier = 0x00ff_ffff_ffff_ffffn;

/** One plane of an image: the buffer that it is in, and where. */
export interface ImagePlane {
  readonly fd: number;
  readonly offset: number | null;
  readonly stride: number | null;
}

/** What travels beside the descriptors: a buffer itself says nothing of it. */
export interface ImageDescription {
  readonly format: string | null;
  readonly modifier: Modifier | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly planes: readonly ImagePlane[];
}

/** What programs agree on when they share images. */
export class ImageExchange {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A modifier that all users can deal with, or null: then there is no sharing. @rule BUF-034 */
  negotiate(lists: readonly (readonly Modifier[])[]): Modifier | null {
    const [first = [], ...others] = lists;
    return (
      first.find((one) => one !== MODIFIER_INVALID && others.every((list) => list.includes(one))) ??
      null
    );
  }

  /**
   * One handle for each plane, or a negative error.
   *
   * @rule BUF-033
   * @rule BUF-034
   */
  *import(
    { format, modifier, width, height, planes }: ImageDescription,
    accepts: (modifier: Modifier) => boolean,
  ): KernelTask<readonly number[] | number> {
    if ([format, modifier, width, height].includes(null) || planes.length === 0) return -EINVAL;
    if (planes.some(({ offset, stride }) => offset === null || stride === null)) return -EINVAL;
    if (modifier === null || !accepts(modifier)) return -EINVAL;
    const { buffers } = this.stack;
    const handles: number[] = [];
    for (const { fd } of planes) {
      const buffer = yield* buffers.get(fd);
      if (typeof buffer === 'number') return -EBADF;
      handles.push(handles.length + 1);
      yield* buffers.put(buffer);
    }
    return handles;
  }

  /**
   * Whether all users of one buffer speak of its layout in the same way. An allocation without a
   * modifier may be asked for the one that it got.
   *
   * @rule BUF-035
   */
  isConsistent(chain: readonly Modifier[], isAsked: boolean): boolean {
    const [allocated, ...users] = chain;
    if (allocated === undefined) return true;
    const isImplicit = allocated === MODIFIER_INVALID && !isAsked;
    return users.every((user) => (user === MODIFIER_INVALID) === isImplicit);
  }
}
