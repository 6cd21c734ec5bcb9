import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { Crtc } from './crtc.ts';
import { DisplayState } from './display-state.ts';
import type { ModeConfig } from './mode-config.ts';
import type { WritebackQueue } from './writeback-queue.ts';
import type { WritebackJob } from './writeback-job.ts';

/** @kernel struct drm_connector_state */
export class ConnectorState extends DisplayState {
  readonly connector: Connector;
  readonly crtc: PlainWord<Crtc | null>;
  /** What shall be captured; the driver takes it. */
  readonly job: PlainWord<WritebackJob | null>;

  constructor(connector: Connector) {
    super(connector.world, 'connectorState');
    this.connector = connector;
    this.crtc = new PlainWord<Crtc | null>(this, 'crtc', null);
    this.job = new PlainWord<WritebackJob | null>(this, 'writeback_job', null);
  }

  /** @kernel drm_atomic_helper_connector_duplicate_state */
  *duplicate(): KernelTask<ConnectorState | null> {
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return null;
    const copy = new this.connector.config.types.ConnectorState(this.connector);
    copy.crtc.set(this.crtc.get());
    return copy;
  }

  get on(): Crtc | null {
    return this.crtc.get();
  }

  /** @kernel drm_atomic_helper_connector_destroy_state */
  override *destroy(): KernelTask<void> {
    const job = this.job.get();
    if (job !== null) yield* job.cleanUp();
    yield* super.destroy();
  }

  visitState(visit: StateVisitor): void {
    visit('crtc', this.crtc.value);
    visit('job', this.job.value);
    visit('commit', this.crtcCommit.value);
  }
}

/** Where a picture goes: to a screen, or back into memory. @kernel struct drm_connector */
export class Connector extends KernelObject {
  readonly config: ModeConfig;
  readonly index: number;
  readonly number: number;
  /** Under the connection lock. */
  readonly state: PlainWord<ConnectorState>;
  /** Null for a screen. */
  readonly writeback: WritebackQueue | null;

  constructor(config: ModeConfig, index: number, number: number, isWriteback: boolean) {
    super(config.world, 'drmConnector');
    this.isStatic = true;
    this.config = config;
    this.index = index;
    this.number = number;
    const state = new config.types.ConnectorState(this);
    state.isStatic = true;
    this.state = new PlainWord<ConnectorState>(this, 'state', state);
    this.writeback = isWriteback ? new config.types.WritebackQueue(this) : null;
  }

  visitState(visit: StateVisitor): void {
    visit('state', this.state.value);
    visit('writeback', this.writeback);
  }
}
