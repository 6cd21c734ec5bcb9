import type { KernelTask } from '../../kernel/access.ts';
import type { AtomicState } from './atomic-state.ts';
import type { Connector } from './connector.ts';
import type { Crtc, CrtcState } from './crtc.ts';
import type { ModeConfig } from './mode-config.ts';
import type { PlaneState } from './plane.ts';
import type { WritebackJob } from './writeback-job.ts';

/** How many of each a device has, and from where their numbers go. */
export interface DisplayLayout {
  readonly crtcs: number;
  /** Besides the primary plane, for each CRTC. */
  readonly overlays: number;
  /** The last connector captures. */
  readonly hasWriteback: boolean;
  /** Object number of the first CRTC; planes are numbered below, connectors behind. */
  readonly firstCrtc: number;
}

/**
 * What the common code asks of a display driver.
 *
 * @kernel struct drm_mode_config_helper_funcs struct drm_crtc_helper_funcs struct drm_plane_helper_funcs
 */
export interface DisplayHardware {
  readonly hasVblank: boolean;
  readonly offersAsyncFlips: boolean;
  /** What a commit waits for before it cleans up. @kernel atomic_commit_tail */
  readonly waitsFor: 'vblanks' | 'flips';
  /** Checks of its own, which may want more locks. @kernel atomic_check */
  check?(state: AtomicState, crtc: CrtcState): KernelTask<number>;
  /** @kernel atomic_enable */
  enable(crtc: Crtc): KernelTask<void>;
  /** @kernel atomic_disable */
  disable(crtc: Crtc): KernelTask<void>;
  /** Planes of the CRTC are going to change. @kernel atomic_begin */
  begin(crtc: Crtc): KernelTask<void>;
  /** @kernel atomic_update atomic_disable */
  updatePlane(state: PlaneState): KernelTask<void>;
  /** Lets the changes happen at once, and takes care of the event. @kernel atomic_flush */
  flush(crtc: Crtc, state: CrtcState): KernelTask<void>;
  /** Begins to capture. @kernel atomic_commit */
  capture?(connector: Connector, crtc: Crtc, job: WritebackJob): KernelTask<void>;
  /** Something of the driver still uses the old state. */
  drain?(crtc: Crtc): KernelTask<void>;
  /** Interrupts come from now on; a spin lock is held. @kernel enable_vblank */
  enableVblank(crtc: Crtc): void;
  disableVblank(crtc: Crtc): void;
}

/** Makes the hardware of a device, once its planes and CRTCs are there. */
export type DisplayDriver = {
  readonly layout: DisplayLayout;
  readonly make: (config: ModeConfig) => DisplayHardware;
};
