import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { JIFFY_NS } from '../../kernel/clock.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { CrtcCommit } from './crtc-commit.ts';
import { DisplayState } from './display-state.ts';
import type { ModeConfig } from './mode-config.ts';
import { ModesetLock } from './modeset-lock.ts';
import { FenceTimeline } from './fence-timeline.ts';
import type { VblankEvent } from './vblank-event.ts';
import type { Vblank } from './vblank.ts';

/** @kernel struct drm_crtc_state */
export class CrtcState extends DisplayState {
  readonly crtc: Crtc;
  readonly active: PlainWord<boolean>;
  /** Number of the mode; 0: none, and nothing is lit. @kernel mode_blob enable */
  readonly mode: PlainWord<number>;
  /** Planes and connectors that belong to it, a bit for each index. */
  readonly planeMask: PlainWord<number>;
  readonly connectorMask: PlainWord<number>;
  /** Timings, power or connectors change. @kernel drm_atomic_crtc_needs_modeset */
  readonly needsModeset: PlainWord<boolean>;
  readonly isAsync: PlainWord<boolean>;
  /** To be sent when the state is shown; the driver takes it. @kernel event */
  readonly event: PlainWord<VblankEvent | null>;

  constructor(crtc: Crtc) {
    super(crtc.world, 'crtcState');
    this.crtc = crtc;
    this.active = new PlainWord<boolean>(this, 'active', false);
    this.mode = new PlainWord<number>(this, 'mode', 0);
    this.planeMask = new PlainWord<number>(this, 'planeMask', 0);
    this.connectorMask = new PlainWord<number>(this, 'connectorMask', 0);
    this.needsModeset = new PlainWord<boolean>(this, 'needsModeset', false);
    this.isAsync = new PlainWord<boolean>(this, 'async', false);
    this.event = new PlainWord<VblankEvent | null>(this, 'event', null);
  }

  /** @kernel drm_atomic_helper_crtc_duplicate_state */
  *duplicate(): KernelTask<CrtcState | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    const copy = new this.crtc.config.types.CrtcState(this.crtc);
    copy.active.set(this.active.get());
    copy.mode.set(this.mode.get());
    copy.planeMask.set(this.planeMask.get());
    copy.connectorMask.set(this.connectorMask.get());
    return copy;
  }

  get on(): Crtc {
    return this.crtc;
  }

  /** An event that was not sent goes with it. @kernel __drm_atomic_helper_crtc_destroy_state */
  override *destroy(): KernelTask<void> {
    const event = this.event.get();
    if (event !== null) yield* event.cancel();
    yield* super.destroy();
  }

  visitState(visit: StateVisitor): void {
    visit('active', this.active.value);
    visit('mode', this.mode.value);
    visit('planeMask', this.planeMask.value);
    visit('connectorMask', this.connectorMask.value);
    visit('needsModeset', this.needsModeset.value);
    visit('async', this.isAsync.value);
    visit('event', this.event.value);
    visit('commit', this.crtcCommit.value);
  }
}

/** What makes a picture of its planes, again and again. @kernel struct drm_crtc */
export class Crtc extends KernelObject implements FenceOps {
  readonly config: ModeConfig;
  readonly index: number;
  readonly number: number;
  readonly lock: ModesetLock;
  /** Under `lock`. */
  readonly state: PlainWord<CrtcState>;
  readonly commitLock: SpinLock;
  /** Commits that are not cleaned up, newest first. Under `commitLock`. @kernel commit_list */
  readonly commits: PlainList<CrtcCommit>;
  readonly timeline: FenceTimeline;
  /** Whose turn it is of two workers. Under `lock`. */
  readonly turn: PlainWord<number>;
  /** Null where the hardware has no vertical blank. */
  readonly vblank: Vblank | null;

  constructor(config: ModeConfig, index: number, number: number) {
    super(config.world, 'drmCrtc');
    this.isStatic = true;
    this.config = config;
    this.index = index;
    this.number = number;
    this.lock = new ModesetLock(config.stack, `crtc${number}.mutex`);
    const state = new config.types.CrtcState(this);
    state.isStatic = true;
    this.state = new PlainWord<CrtcState>(this, 'state', state);
    this.commitLock = new SpinLock(this, 'commit_lock', '&crtc->commit_lock');
    this.commits = new PlainList<CrtcCommit>(this, 'commit_list');
    this.timeline = new FenceTimeline(this, '&crtc->fence_lock');
    this.turn = new PlainWord<number>(this, 'turn', 0);
    this.vblank = config.hardware.hasVblank ? new config.types.Vblank(this) : null;
  }

  /** How long it shows one picture. */
  get periodNs(): number {
    return this.state.get().mode.get() * JIFFY_NS;
  }

  getDriverName(): string {
    return this.config.device.name;
  }

  getTimelineName(): string {
    return `CRTC:${this.number}-crtc-${this.index}`;
  }

  /** The next fence of its timeline, or null. @kernel drm_crtc_create_fence @rule KMS-013 */
  *createFence(): KernelTask<DmaFence | null> {
    return yield* this.timeline.create(this.config.stack, this);
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.state.value);
    visit('mutex', this.lock.state);
    visit('commit_lock', this.commitLock.holder?.index ?? -1);
    visit('commits', [...this.commits.value]);
    visit('turn', this.turn.value);
    visit('vblank', this.vblank);
    this.timeline.visitState(visit);
  }
}
