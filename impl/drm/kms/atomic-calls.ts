import type { KernelTask } from '../../kernel/access.ts';
import { EDEADLK, EFAULT, EINVAL, ENOENT, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import { arrayField } from '../../uapi/user-array.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';
import type { DrmFile } from '../drm-file.ts';
import type { AtomicState } from './atomic-state.ts';
import {
  DRM_MODE_ATOMIC_ALLOW_MODESET,
  DRM_MODE_ATOMIC_FLAGS,
  DRM_MODE_ATOMIC_NONBLOCK,
  DRM_MODE_ATOMIC_TEST_ONLY,
  DRM_MODE_PAGE_FLIP_ASYNC,
  DRM_MODE_PAGE_FLIP_EVENT,
} from './kms-uapi.ts';
import type { ModeConfig } from './mode-config.ts';
import { ModesetContext } from './modeset-lock.ts';
import type { Promised, Request } from './out-fences.ts';

/** The atomic call. */
export class AtomicCalls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_mode_atomic_ioctl @rule KMS-023 */
  *atomic(file: DrmFile, config: ModeConfig, argument: UserPointer): KernelTask<number> {
    const refused = this.refuse(file, config, argument);
    if (refused !== 0) return refused;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const context = new ModesetContext(this.stack, true);
    const flags = numberField(argument, 'flags');
    const allowsModeset = (flags & DRM_MODE_ATOMIC_ALLOW_MODESET) !== 0;
    const state = new this.stack.types.AtomicState(config, context, allowsModeset);
    yield* context.init();
    const request = { file, flags, userData: numberField(argument, 'user_data') };
    const result = yield* this.attempts(state, context, argument, request);
    yield* state.put();
    yield* context.dropLocks();
    context.fini();
    return result;
  }

  /** What is wrong whatever the properties are. */
  protected refuse(file: DrmFile, config: ModeConfig, argument: UserPointer): number {
    const flags = numberField(argument, 'flags');
    const has = (flag: number): boolean => (flags & flag) !== 0;
    if (!file.display.isAtomic) return -EINVAL;
    if (has(~DRM_MODE_ATOMIC_FLAGS)) return -EINVAL;
    if (numberField(argument, 'reserved') !== 0) return -EINVAL;
    if (has(DRM_MODE_PAGE_FLIP_ASYNC) && !config.hardware.offersAsyncFlips) return -EINVAL;
    if (has(DRM_MODE_ATOMIC_TEST_ONLY) && has(DRM_MODE_PAGE_FLIP_EVENT)) return -EINVAL;
    return 0;
  }

  /** Who has to give way begins anew, and reads everything again. @rule KMS-020 */
  protected *attempts(
    state: AtomicState,
    context: ModesetContext,
    argument: UserPointer,
    request: Request,
  ): KernelTask<number> {
    for (;;) {
      const result = yield* this.attempt(state, argument, request);
      if (result !== -EDEADLK) return result;
      yield* state.clear();
      const error = yield* context.backOff();
      if (error !== 0) return error;
    }
  }

  protected *attempt(
    state: AtomicState,
    argument: UserPointer,
    request: Request,
  ): KernelTask<number> {
    const { outFences } = this.stack.kms;
    const promised: Promised[] = [];
    let result = yield* this.setProperties(state, argument, request.flags);
    if (result === 0) result = yield* outFences.prepare(state, request, promised);
    if (result === 0) result = yield* this.perform(state, request.flags);
    yield* outFences.complete(state, promised, result === 0);
    return result;
  }

  protected *perform(state: AtomicState, flags: number): KernelTask<number> {
    const { check, commits } = this.stack.kms;
    if ((flags & DRM_MODE_ATOMIC_TEST_ONLY) !== 0) return yield* check.check(state);
    return yield* commits.checkAndCommit(state, (flags & DRM_MODE_ATOMIC_NONBLOCK) !== 0);
  }

  /** Object by object, each with its properties, in the order given. */
  protected *setProperties(
    state: AtomicState,
    argument: UserPointer,
    flags: number,
  ): KernelTask<number> {
    const { properties } = this.stack.kms;
    const objects = arrayField(argument, 'objs_ptr');
    const counts = arrayField(argument, 'count_props_ptr');
    const isAsync = (flags & DRM_MODE_PAGE_FLIP_ASYNC) !== 0;
    let at = 0;
    for (let index = 0; index < numberField(argument, 'count_objs'); index += 1) {
      const number = objects?.at(index) ?? null;
      if (number === null) return -EFAULT;
      const object = properties.find(state.config, Number(number));
      if (object === null) return -ENOENT;
      const count = counts?.at(index) ?? null;
      if (count === null) return -EFAULT;
      for (const end = at + Number(count); at < end; at += 1) {
        const id = arrayField(argument, 'props_ptr')?.at(at) ?? null;
        if (id === null) return -EFAULT;
        const name = properties.property(object, Number(id));
        if (name === null) return -ENOENT;
        const word = arrayField(argument, 'prop_values_ptr')?.at(at) ?? null;
        if (word === null) return -EFAULT;
        const setting = { argument, name, word, isAsync };
        const error = yield* properties.set(state, object, setting);
        if (error !== 0) return error;
      }
    }
    return 0;
  }
}
