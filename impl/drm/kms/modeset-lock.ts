import type { KernelTask } from '../../kernel/access.ts';
import { EALREADY, EDEADLK } from '../../kernel/errno.ts';
import type { StateValue } from '../../kernel/object.ts';
import type { WwAcquireContext } from '../../kernel/ww-context.ts';
import type { WwMutex } from '../../kernel/ww-mutex.ts';
import type { Stack } from '../../stack.ts';

/**
 * The lock of a plane, of a CRTC with its timings, or of all connectors. The younger of two calls
 * that want the same ones gives way.
 *
 * @kernel struct drm_modeset_lock
 */
export class ModesetLock {
  readonly mutex: WwMutex;
  readonly label: string;

  constructor(stack: Stack, label: string) {
    this.mutex = new stack.types.WwMutex(stack.kms.modesetClass);
    this.mutex.isStatic = true;
    this.mutex.alias = label;
    this.label = label;
  }

  assertHeld(what: string): void {
    this.mutex.assertHeld(what);
  }

  /** For state keys. */
  get state(): StateValue {
    return this.mutex;
  }
}

/** What a call has locked so far, in order. It lives on the stack of the call. @kernel struct drm_modeset_acquire_ctx */
export class ModesetContext {
  readonly ww: WwAcquireContext;
  private readonly isInterruptible: boolean;
  private readonly locked: ModesetLock[] = [];
  private contended: ModesetLock | null = null;

  /** @kernel drm_modeset_acquire_init */
  constructor(stack: Stack, isInterruptible: boolean) {
    this.ww = new stack.types.WwAcquireContext(stack.kms.modesetClass);
    this.isInterruptible = isInterruptible;
  }

  *init(): KernelTask<void> {
    yield* this.ww.init();
  }

  /** 0 also when it is held already; -EDEADLK: back off, and begin again. @kernel drm_modeset_lock */
  *lock(lock: ModesetLock): KernelTask<number> {
    const error = this.isInterruptible
      ? yield* lock.mutex.lockInterruptible(this.ww)
      : yield* lock.mutex.lock(this.ww);
    if (error === -EALREADY) return 0;
    if (error === -EDEADLK) this.contended = lock;
    if (error === 0) this.locked.push(lock);
    return error;
  }

  /**
   * Gives everything back, and waits for what was contended.
   *
   * @kernel drm_modeset_backoff
   * @rule KMS-020
   */
  *backOff(): KernelTask<number> {
    const { contended } = this;
    this.contended = null;
    yield* this.dropLocks();
    if (contended === null) return 0;
    let error = 0;
    if (this.isInterruptible) error = yield* contended.mutex.lockSlowInterruptible(this.ww);
    else yield* contended.mutex.lockSlow(this.ww);
    if (error === 0) this.locked.push(contended);
    return error;
  }

  /** @kernel drm_modeset_drop_locks */
  *dropLocks(): KernelTask<void> {
    for (let lock = this.locked.pop(); lock !== undefined; lock = this.locked.pop()) {
      yield* lock.mutex.unlock();
    }
  }

  /** @kernel drm_modeset_acquire_fini */
  fini(): void {
    this.ww.fini();
  }
}
