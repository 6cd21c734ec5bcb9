import type { KernelTask } from '../../kernel/access.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { DisplayDriver, DisplayHardware } from './display-hardware.ts';
import type { Framebuffer } from './framebuffer.ts';
import type { ModeConfig } from './mode-config.ts';
import type { PlaneState } from './plane.ts';

/** The display of a virtual machine: its host shows what it is told, whenever that is. */
class VirtioDisplay implements DisplayHardware {
  readonly hasVblank = false;
  readonly offersAsyncFlips = false;
  readonly waitsFor = 'vblanks';
  /** What the host was told last, for the only plane. */
  readonly shown: PlainWord<Framebuffer | null>;

  constructor(config: ModeConfig) {
    this.shown = new PlainWord<Framebuffer | null>(config, 'scanout', null, 'full');
  }

  *enable(): KernelTask<void> {}

  *disable(): KernelTask<void> {}

  *begin(): KernelTask<void> {}

  /** @kernel virtio_gpu_primary_plane_update */
  *updatePlane(state: PlaneState): KernelTask<void> {
    this.shown.set(state.fb.get());
  }

  *flush(): KernelTask<void> {}

  enableVblank(): void {}

  disableVblank(): void {}
}

/** @kernel virtio_gpu_modeset_init */
export const VIRTIO_DISPLAY: DisplayDriver = {
  layout: { crtcs: 1, overlays: 0, hasWriteback: false, firstCrtc: 36 },
  make: (config) => new VirtioDisplay(config),
};
