import type { KernelTask } from '../../kernel/access.ts';
import { EBUSY, EDEADLK, EINVAL, ENOENT, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';
import type { DrmFile } from '../drm-file.ts';
import type { Crtc } from './crtc.ts';
import type { Framebuffer } from './framebuffer.ts';
import {
  DRM_MODE_PAGE_FLIP_ASYNC,
  DRM_MODE_PAGE_FLIP_EVENT,
  DRM_MODE_PAGE_FLIP_FLAGS,
} from './kms-uapi.ts';
import type { ModeConfig } from './mode-config.ts';
import { ModesetContext } from './modeset-lock.ts';
import type { VblankEvent } from './vblank-event.ts';

/** A flip, on the stack of its call. */
export interface Flip {
  readonly file: DrmFile;
  readonly config: ModeConfig;
  readonly crtc: Crtc;
  readonly context: ModesetContext;
  readonly argument: UserPointer;
  /** What was looked up, with a reference. */
  fb: Framebuffer | null;
}

/** The older way to show another framebuffer on a CRTC: never blocks, sets no mode. */
export class PageFlips {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_mode_page_flip_ioctl */
  *pageFlip(file: DrmFile, config: ModeConfig, argument: UserPointer): KernelTask<number> {
    const flags = numberField(argument, 'flags');
    if ((flags & ~DRM_MODE_PAGE_FLIP_FLAGS) !== 0) return -EINVAL;
    if (numberField(argument, 'reserved') !== 0) return -EINVAL;
    const isAsync = (flags & DRM_MODE_PAGE_FLIP_ASYNC) !== 0;
    if (isAsync && !config.hardware.offersAsyncFlips) return -EINVAL;
    const number = numberField(argument, 'crtc_id');
    const crtc = config.crtcs.find((known) => known.number === number);
    if (crtc === undefined) return -ENOENT;
    const context = new ModesetContext(this.stack, true);
    yield* context.init();
    const flip: Flip = { file, config, crtc, context, argument, fb: null };
    const result = yield* this.attempts(flip);
    yield* context.dropLocks();
    context.fini();
    return result;
  }

  protected *attempts(flip: Flip): KernelTask<number> {
    for (;;) {
      const result = yield* this.attempt(flip);
      yield* this.letGo(flip);
      if (result !== -EDEADLK) return result;
      const error = yield* flip.context.backOff();
      if (error !== 0) return error;
    }
  }

  /** Drops what was looked up; the next attempt looks anew, or ends before that. */
  protected *letGo(flip: Flip): KernelTask<void> {
    const { fb } = flip;
    flip.fb = null;
    if (fb !== null) yield* fb.put();
  }

  protected *attempt(flip: Flip): KernelTask<number> {
    const { crtc, config, context, argument } = flip;
    const plane = config.primaryOf(crtc);
    for (const lock of [crtc.lock, plane.lock]) {
      const error = yield* context.lock(lock);
      if (error !== 0) return error;
    }
    // There is nothing to flip from.
    if (plane.state.get().fb.isNull()) return -EBUSY;
    flip.fb = yield* config.lookup(numberField(argument, 'fb_id'));
    if (flip.fb === null) return -ENOENT;
    const wantsEvent = (numberField(argument, 'flags') & DRM_MODE_PAGE_FLIP_EVENT) !== 0;
    const event = wantsEvent ? yield* this.makeEvent(flip) : null;
    if (typeof event === 'number') return event;
    return yield* this.commit(flip, flip.fb, event);
  }

  protected *makeEvent({ crtc, config, file, argument }: Flip): KernelTask<VblankEvent | number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const event = new this.stack.types.VblankEvent(crtc, numberField(argument, 'user_data'));
    const error = yield* config.events.reserve(event, file);
    if (error === 0) return event;
    this.stack.world.memory.free(event);
    return error;
  }

  /** @kernel drm_atomic_helper_page_flip */
  protected *commit(flip: Flip, fb: Framebuffer, event: VblankEvent | null): KernelTask<number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) {
      if (event !== null) yield* event.cancel();
      return -ENOMEM;
    }
    const state = new this.stack.types.AtomicState(flip.config, flip.context, false);
    let result = 0;
    const crtc = yield* state.crtcState(flip.crtc);
    if (typeof crtc === 'number') {
      result = crtc;
      if (event !== null) yield* event.cancel();
    } else {
      crtc.event.set(event);
      crtc.isAsync.set((numberField(flip.argument, 'flags') & DRM_MODE_PAGE_FLIP_ASYNC) !== 0);
      const plane = yield* state.planeState(flip.config.primaryOf(flip.crtc));
      if (typeof plane === 'number') result = plane;
      else yield* plane.setFramebuffer(fb);
      if (result === 0 && !crtc.active.get()) result = -EINVAL;
      if (result === 0) result = yield* this.stack.kms.commits.checkAndCommit(state, true);
      if (result !== 0) yield* this.dropEvent(crtc.event.get());
      if (result !== 0) crtc.event.set(null);
    }
    yield* state.put();
    return result;
  }

  protected *dropEvent(event: VblankEvent | null): KernelTask<void> {
    if (event !== null) yield* event.cancel();
  }
}
