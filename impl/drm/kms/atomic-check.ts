import type { KernelTask } from '../../kernel/access.ts';
import { EINVAL } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { AtomicState, Change } from './atomic-state.ts';
import type { CrtcState } from './crtc.ts';
import type { PlaneState } from './plane.ts';

/** Whether what is asked for makes sense, and can be done. */
export class AtomicCheck {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_atomic_check_only @rule KMS-004 @rule KMS-023 */
  *check(state: AtomicState): KernelTask<number> {
    for (const { next } of state.planes.all()) if (!this.isWhole(next)) return -EINVAL;
    for (const change of state.crtcs.all()) if (!this.mayTell(change)) return -EINVAL;
    for (const { next } of state.connectors.all()) {
      const error = yield* this.stack.kms.writebacks.check(state, next);
      if (error !== 0) return error;
    }
    const error = yield* this.checkHardware(state);
    if (error !== 0) return error;
    const needsModeset = state.crtcs.all().some(({ next }) => next.needsModeset.get());
    return needsModeset && !state.allowsModeset ? -EINVAL : 0;
  }

  /** A picture has a place, and a place a picture. @kernel drm_atomic_plane_check */
  protected isWhole(plane: PlaneState): boolean {
    return plane.crtc.isNull() === plane.fb.isNull();
  }

  /** Nothing happens on what is off and stays off: there is nothing to tell. @kernel drm_atomic_crtc_check */
  protected mayTell({ next, old }: Change<CrtcState>): boolean {
    if (next.active.get() && next.mode.get() === 0) return false;
    return next.event.isNull() || next.active.get() || old.active.get();
  }

  /** @kernel drm_atomic_helper_check */
  protected *checkHardware(state: AtomicState): KernelTask<number> {
    const { hardware } = state.config;
    for (const { next, old } of state.crtcs.all()) {
      const isLit = next.mode.get() !== 0;
      next.needsModeset.set(this.needsModeset(next, old));
      if (isLit !== next.connectorMask.ask((mask) => mask !== 0)) return -EINVAL;
      const error = yield* this.addAffected(state, next);
      if (error !== 0) return error;
    }
    for (const { next } of state.crtcs.all()) {
      const error = hardware.check === undefined ? 0 : yield* hardware.check(state, next);
      if (error !== 0) return error;
    }
    return 0;
  }

  /** @kernel drm_atomic_helper_check_modeset */
  protected needsModeset(next: CrtcState, old: CrtcState): boolean {
    if (next.mode.get() !== old.mode.get() || next.active.get() !== old.active.get()) return true;
    return next.connectorMask.get() !== old.connectorMask.get();
  }

  /** All that is on a CRTC is part of its mode set. */
  protected *addAffected(state: AtomicState, next: CrtcState): KernelTask<number> {
    if (!next.needsModeset.get()) return 0;
    const error = yield* state.addConnectorsOf(next.crtc);
    return error === 0 ? yield* state.addPlanesOf(next) : error;
  }
}
