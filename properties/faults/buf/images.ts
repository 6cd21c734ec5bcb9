import type { KernelTask } from '../../../impl/kernel/access.ts';
import {
  type ImageDescription,
  type Modifier,
  MODIFIER_INVALID,
  MODIFIER_LINEAR,
} from '../../../impl/uapi/image-exchange.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of programs that share images. */
export const IMAGES_FAULTS: readonly Fault[] = [
  fault({
    id: 'buf-033-guesses-the-stride',
    mistake: 'a stride that is missing is guessed from the width',
    breaks: ['BUF-033'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override *import(
          image: ImageDescription,
          accepts: (modifier: Modifier) => boolean,
        ): KernelTask<readonly number[] | number> {
          const stride = (image.width ?? 0) * 4;
          const planes = image.planes.map((plane) => ({
            ...plane,
            stride: plane.stride ?? stride,
          }));
          return yield* super.import({ ...image, planes }, accepts);
        }
      },
    }),
  }),
  fault({
    id: 'buf-033-one-handle-per-buffer',
    mistake: 'planes in one buffer share one handle',
    breaks: ['BUF-033'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override *import(
          image: ImageDescription,
          accepts: (modifier: Modifier) => boolean,
        ): KernelTask<readonly number[] | number> {
          const handles = yield* super.import(image, accepts);
          if (typeof handles === 'number') return handles;
          const fds = image.planes.map(({ fd }) => fd);
          return fds.map((fd) => fds.indexOf(fd) + 1);
        }
      },
    }),
  }),
  fault({
    id: 'buf-034-first-choice',
    mistake: 'the first choice of the first user is taken',
    breaks: ['BUF-034'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override negotiate(lists: readonly (readonly Modifier[])[]): Modifier | null {
          return super.negotiate(lists) === null ? null : (lists[0]?.[0] ?? null);
        }
      },
    }),
  }),
  fault({
    id: 'buf-034-pairwise',
    mistake: 'it is enough that the first two users agree',
    breaks: ['BUF-034'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override negotiate(lists: readonly (readonly Modifier[])[]): Modifier | null {
          return super.negotiate(lists.slice(0, 2));
        }
      },
    }),
  }),
  fault({
    id: 'buf-035-unknown-is-linear',
    mistake: 'a layout that is not known is taken for linear',
    breaks: ['BUF-035'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override isConsistent(chain: readonly Modifier[], isAsked: boolean): boolean {
          const known = chain.map((one) => (one === MODIFIER_LINEAR ? MODIFIER_INVALID : one));
          return super.isConsistent(known, isAsked);
        }
      },
    }),
  }),
  fault({
    id: 'buf-035-never-upgraded',
    mistake: 'an allocation without a modifier stays one',
    breaks: ['BUF-035'],
    install: (types) => ({
      ImageExchange: class extends types.ImageExchange {
        override isConsistent(chain: readonly Modifier[]): boolean {
          return super.isConsistent(chain, false);
        }
      },
    }),
  }),
];
