import type { KernelTask } from '../../kernel/access.ts';
import { Completion } from '../../kernel/completion.ts';
import { EDEADLK, EINVAL, ENOENT, ENOMEM, EOPNOTSUPP } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { Stack } from '../../stack.ts';
import { numberField, type UserPointer } from '../../uapi/user-memory.ts';
import type { DrmFile } from '../drm-file.ts';
import type { GemObject } from '../gem-object.ts';
import type { AtomicState } from './atomic-state.ts';
import type { Crtc } from './crtc.ts';
import type { Framebuffer } from './framebuffer.ts';
import { DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888 } from './kms-uapi.ts';
import { ModesetContext } from './modeset-lock.ts';

/** Fields that name the objects of a framebuffer; those behind the first may be 0. */
const HANDLES = ['handle', 'handle1', 'handle2', 'handle3'] as const;

/** A removal that a worker does, on the stack of the call that waits for it. */
class Removal extends KernelObject {
  readonly done: Completion;

  constructor(world: KernelObject['world']) {
    super(world, 'removal');
    this.done = new Completion(this, 'done');
  }

  visitState(visit: StateVisitor): void {
    visit('done', this.done.state);
  }
}

/** Making framebuffers, and taking them off screens again. */
export class Framebuffers {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_mode_addfb2 @rule DEV-013 */
  *add(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { driver, display: config } = file.device;
    if (config === null) return -EOPNOTSUPP;
    const isVirtio = driver.isDumb32Only;
    if (numberField(argument, 'handle') === 0) return -EINVAL;
    const objects: GemObject[] = [];
    let error = 0;
    for (const name of HANDLES) {
      const handle = numberField(argument, name);
      if (handle === 0) continue;
      const object = yield* file.lookup(handle);
      if (object === null) error = isVirtio ? -EINVAL : -ENOENT;
      else objects.push(object);
    }
    if (isVirtio && !isPlainFormat(numberField(argument, 'format'))) error = -ENOENT;
    if (error === 0 && !(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) error = -ENOMEM;
    if (error !== 0) {
      for (const object of objects) yield* object.put();
      return error;
    }
    const { types } = this.stack;
    const fb = yield* config.register((number) => new types.Framebuffer(config, objects, number));
    yield* config.fileListLock.acquire();
    file.display.framebuffers.push(fb);
    config.fileListLock.release();
    argument.fields['fb_id'] = fb.number;
    return 0;
  }

  /** @kernel drm_mode_rmfb */
  *remove(file: DrmFile, argument: UserPointer): KernelTask<number> {
    const { display: config } = file.device;
    if (config === null) return -EOPNOTSUPP;
    const fb = yield* config.lookup(numberField(argument, 'fb_id'));
    if (fb === null) return -ENOENT;
    yield* config.fileListLock.acquire();
    const isOwn = file.display.framebuffers.includes(fb);
    if (isOwn) file.display.framebuffers.remove(fb);
    config.fileListLock.release();
    yield* fb.put();
    if (!isOwn) return -ENOENT;
    yield* this.release([fb]);
    return 0;
  }

  /** With its file nothing of it is shown any more. @kernel drm_fb_release */
  *close(file: DrmFile): KernelTask<void> {
    yield* this.release(file.display.framebuffers.takeAll());
  }

  /** What is shown is taken off by a worker, which no signal can interrupt. */
  protected *release(framebuffers: readonly Framebuffer[]): KernelTask<void> {
    const shown: Framebuffer[] = [];
    for (const fb of framebuffers) {
      if ((yield* fb.references.read()) > 1) shown.push(fb);
      else yield* fb.put();
    }
    if (shown.length === 0) return;
    const removal = new Removal(this.stack.world);
    this.stack.delayedWork.queue({
      label: `remove ${shown.map(({ label }) => label).join()}`,
      run: () => this.takeOff(shown, removal),
    });
    yield* removal.done.waitTimeout(Number.MAX_SAFE_INTEGER);
    this.stack.world.memory.free(removal);
  }

  /** @kernel drm_mode_rmfb_work_fn */
  protected *takeOff(framebuffers: readonly Framebuffer[], removal: Removal): KernelTask<void> {
    for (const fb of framebuffers) {
      if ((yield* fb.references.read()) > 1) yield* this.disable(fb);
      yield* fb.put();
    }
    yield* removal.done.completeAll();
  }

  /** @kernel atomic_remove_fb */
  protected *disable(fb: Framebuffer): KernelTask<void> {
    const error = yield* this.attempts(fb, false);
    const again = error === -EINVAL ? yield* this.attempts(fb, true) : error;
    this.stack.world.warnOn(again !== 0, `a framebuffer stays on: ${again}`, fb);
  }

  /** First its planes only; where that is refused, what they are on as well. */
  protected *attempts(fb: Framebuffer, withCrtcs: boolean): KernelTask<number> {
    const { config } = fb;
    const context = new ModesetContext(this.stack, false);
    yield* context.init();
    const state = new this.stack.types.AtomicState(config, context, true);
    let error = yield* this.attempt(state, context, fb, withCrtcs);
    while (error === -EDEADLK) {
      yield* state.clear();
      yield* context.backOff();
      error = yield* this.attempt(state, context, fb, withCrtcs);
    }
    yield* state.put();
    yield* context.dropLocks();
    context.fini();
    return error;
  }

  protected *attempt(
    state: AtomicState,
    context: ModesetContext,
    fb: Framebuffer,
    withCrtcs: boolean,
  ): KernelTask<number> {
    const { properties, commits } = this.stack.kms;
    let isFound = false;
    for (const plane of fb.config.planes) {
      const error = yield* context.lock(plane.lock);
      if (error !== 0) return error;
      if (plane.state.get().fb.get() !== fb) continue;
      isFound = true;
      const next = yield* state.planeState(plane);
      if (typeof next === 'number') return next;
      const crtc = next.crtc.get();
      if (withCrtcs && crtc !== null && plane.type === 'primary') {
        const stuck = yield* this.switchOff(state, crtc);
        if (stuck !== 0) return stuck;
      }
      yield* next.setFramebuffer(null);
      const moved = yield* properties.movePlane(state, next, null);
      if (moved !== 0) return moved;
    }
    return isFound ? yield* commits.checkAndCommit(state, false) : 0;
  }

  protected *switchOff(state: AtomicState, crtc: Crtc): KernelTask<number> {
    const next = yield* state.crtcState(crtc);
    if (typeof next === 'number') return next;
    const error = yield* state.addConnectorsOf(crtc);
    if (error !== 0) return error;
    next.active.set(false);
    next.mode.set(0);
    for (const connector of state.connectors.all()) {
      if (connector.next.crtc.get() !== crtc) continue;
      yield* this.stack.kms.properties.moveConnector(state, connector.next, null);
    }
    return 0;
  }
}

function isPlainFormat(format: number): boolean {
  return format === DRM_FORMAT_XRGB8888 || format === DRM_FORMAT_ARGB8888;
}
