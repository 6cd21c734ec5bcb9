import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { Crtc } from './crtc.ts';
import { DisplayState } from './display-state.ts';
import type { Framebuffer } from './framebuffer.ts';
import type { ModeConfig } from './mode-config.ts';
import { ModesetLock } from './modeset-lock.ts';

/** What a plane is for. The primary one is what asynchronous and legacy flips are about. */
export type PlaneType = 'primary' | 'overlay';

const OPAQUE = 0xffff;

/** @kernel struct drm_plane_state */
export class PlaneState extends DisplayState {
  readonly plane: Plane;
  readonly crtc: PlainWord<Crtc | null>;
  readonly fb: PlainWord<Framebuffer | null>;
  /** What must signal before the framebuffer is shown. @rule KMS-001 */
  readonly fence: PlainWord<DmaFence | null>;
  /** What has changed of the framebuffer: a number that only user space understands. */
  readonly damage: PlainWord<number>;
  readonly alpha: PlainWord<number>;

  constructor(plane: Plane) {
    super(plane.world, 'planeState');
    this.plane = plane;
    this.crtc = new PlainWord<Crtc | null>(this, 'crtc', null);
    this.fb = new PlainWord<Framebuffer | null>(this, 'fb', null);
    this.fence = new PlainWord<DmaFence | null>(this, 'fence', null);
    this.damage = new PlainWord<number>(this, 'damage', 0);
    this.alpha = new PlainWord<number>(this, 'alpha', OPAQUE);
  }

  /** Fences belong to one commit: the next one has none. @kernel drm_atomic_helper_plane_duplicate_state */
  *duplicate(): KernelTask<PlaneState | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    const copy = new this.plane.config.types.PlaneState(this.plane);
    copy.crtc.set(this.crtc.get());
    copy.alpha.set(this.alpha.get());
    const fb = this.fb.get();
    if (fb !== null) copy.fb.set(yield* fb.get());
    return copy;
  }

  get on(): Crtc | null {
    return this.crtc.get();
  }

  /** @kernel drm_atomic_set_fb_for_plane */
  *setFramebuffer(fb: Framebuffer | null): KernelTask<void> {
    const before = this.fb.get();
    this.fb.set(fb === null ? null : yield* fb.get());
    if (before !== null) yield* before.put();
  }

  /** @kernel drm_atomic_helper_plane_destroy_state */
  override *destroy(): KernelTask<void> {
    const fb = this.fb.get();
    if (fb !== null) yield* fb.put();
    const fence = this.fence.get();
    if (fence !== null) yield* fence.put();
    yield* super.destroy();
  }

  visitState(visit: StateVisitor): void {
    visit('crtc', this.crtc.value);
    visit('fb', this.fb.value);
    visit('fence', this.fence.value);
    visit('damage', this.damage.value);
    visit('alpha', this.alpha.value);
    visit('commit', this.crtcCommit.value);
  }
}

/** A layer that shows one framebuffer on one CRTC. @kernel struct drm_plane */
export class Plane extends KernelObject {
  readonly config: ModeConfig;
  readonly type: PlaneType;
  readonly index: number;
  readonly number: number;
  readonly lock: ModesetLock;
  /** Under `lock`. */
  readonly state: PlainWord<PlaneState>;

  constructor(config: ModeConfig, type: PlaneType, index: number, number: number) {
    super(config.world, 'drmPlane');
    this.isStatic = true;
    this.config = config;
    this.type = type;
    this.index = index;
    this.number = number;
    this.lock = new ModesetLock(config.stack, `plane${number}.mutex`);
    const state = new config.types.PlaneState(this);
    state.isStatic = true;
    this.state = new PlainWord<PlaneState>(this, 'state', state);
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.state.value);
    visit('mutex', this.lock.state);
  }
}
