import {
  CRTC_FRAME_COUNT,
  CRTC_GO,
  CRTC_IRQ_STATUS,
  PLANE_ON,
  shadowOf,
} from '../../hw/display/display-registers.ts';
import type { Mmio } from '../../hw/mmio.ts';
import type { KernelTask } from '../../kernel/access.ts';

/** What a plane will show, or that it will show nothing, once that is taken over. */
export function* programPlane(mmio: Mmio, plane: number, address: number | null): KernelTask<void> {
  if (address !== null) yield* mmio.write(shadowOf(plane, 'ADDR'), address);
  yield* mmio.write(shadowOf(plane, 'CTL'), address === null ? 0 : PLANE_ON);
}

/**
 * Whether what was asked for at frame `askedAt` is shown: a frame has begun since, and nothing waits
 * to be taken over any more.
 *
 * @rule HW-DISP-010
 */
export function* isShownSince(mmio: Mmio, askedAt: number): KernelTask<boolean> {
  if ((yield* mmio.read(CRTC_FRAME_COUNT)) === askedAt) return false;
  return (yield* mmio.read(CRTC_GO)) === 0;
}

/** The interrupt is taken; later ones come again. */
export function* acknowledge(mmio: Mmio): KernelTask<void> {
  const status = yield* mmio.read(CRTC_IRQ_STATUS);
  yield* mmio.write(CRTC_IRQ_STATUS, status);
}
