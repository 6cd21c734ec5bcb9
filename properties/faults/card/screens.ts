import type { VblankEvent } from '../../../impl/drm/kms/vblank-event.ts';
import type { Crtc, CrtcState } from '../../../impl/drm/kms/crtc.ts';
import { CRTC_GO } from '../../../impl/hw/display/display-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** What a pending event has besides the event itself. Unit: bytes. */
const SURROUNDINGS = 24;

/** Mistakes of a display driver on top of simulated hardware. */
export const SCREEN_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-015-screen-believes',
    mistake: 'every interrupt of a screen is taken for the one that was waited for',
    breaks: ['KMS-015'],
    install: (types) =>
      devices(types, ({ ScreenDisplay }) => ({
        ScreenDisplay: class extends ScreenDisplay {
          protected override isNews(): boolean {
            return true;
          }

          protected override *isShown(): KernelTask<boolean> {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'kms-015-screen-arms-early',
    mistake: 'the event is armed long before the registers are to be taken over',
    breaks: ['KMS-015'],
    install: (types) =>
      devices(types, ({ ScreenDisplay }) => ({
        ScreenDisplay: class extends ScreenDisplay {
          override *flush(crtc: Crtc, state: CrtcState): KernelTask<void> {
            const event: VblankEvent | null = state.event.get();
            state.event.set(null);
            yield* this.config.eventLock.acquireIrq();
            yield* this.arm(crtc, event);
            this.config.eventLock.releaseIrq();
            yield* this.awaitEnd();
            yield* this.hardware.mmio.write(CRTC_GO, 1);
          }
        },
      })),
  }),
  fault({
    id: 'kms-017-screen-does-not-wait',
    mistake: 'a screen that was told to stop is taken for one that has',
    breaks: ['KMS-017'],
    install: (types) =>
      devices(types, ({ ScreenDisplay }) => ({
        ScreenDisplay: class extends ScreenDisplay {
          protected override *awaitEnd(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'BUG-DRV-01',
    mistake: 'an event says that it is as long as what surrounds it in the kernel',
    breaks: ['KMS-019'],
    install: ({ VblankEvent: Event }) => ({
      VblankEvent: class extends Event {
        override get length(): number {
          return super.length + SURROUNDINGS;
        }
      },
    }),
  }),
];
