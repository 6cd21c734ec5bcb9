import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { CRTC_FRAME_COUNT, CRTC_GO, shadowOf } from '../../../impl/hw/display/display-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of a screen itself. */
const SCREEN_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-disp-001-counts-first',
    mistake: 'a frame is counted before registers are taken over',
    breaks: ['HW-DISP-001'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override betweenFrames(): void {
            if (this.state === 'on') this.world.emit(this, 'count');
            super.betweenFrames();
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-001-line-of-frame',
    mistake: 'the line register counts on through all frames',
    breaks: ['HW-DISP-001'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override get line(): number {
            return super.line + this.count * 3;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-002-never-asked',
    mistake: 'registers are taken over whether that is asked for or not',
    breaks: ['HW-DISP-002'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override betweenFrames(): void {
            this.takeOver();
            super.betweenFrames();
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-002-keeps-asking',
    mistake: 'what was asked for is taken over again and again',
    breaks: ['HW-DISP-002'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override betweenFrames(): void {
            const wasAsked = this.isAsked;
            super.betweenFrames();
            if (wasAsked && this.state === 'on') this.ask();
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-003-waits',
    mistake: 'hardware that cannot be asked waits until it is',
    breaks: ['HW-DISP-003'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override takeEach(): void {}
        },
      })),
  }),
  fault({
    id: 'hw-disp-004-reads-nothing-ahead',
    mistake: 'nothing is read in advance',
    breaks: ['HW-DISP-004'],
    install: (types) =>
      devices(types, ({ Scanner }) => ({
        Scanner: class extends Scanner {
          protected override get readAhead(): number {
            return 0;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-004-whole-frame',
    mistake: 'all of the next line is read in advance',
    breaks: ['HW-DISP-004'],
    install: (types) =>
      devices(types, ({ Scanner }) => ({
        Scanner: class extends Scanner {
          protected override get readAhead(): number {
            return this.crtc.options.lineTokens;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-005-unmarked',
    mistake: 'lines behind a change at once are not marked',
    breaks: ['HW-DISP-005'],
    install: (types) =>
      devices(types, ({ Scanner }) => ({
        Scanner: class extends Scanner {
          override mark(): void {}
        },
      })),
  }),
  fault({
    id: 'hw-disp-007-stops',
    mistake: 'a refused line ends the frame',
    breaks: ['HW-DISP-007'],
    install: (types) =>
      devices(types, ({ Scanner }) => ({
        Scanner: class extends Scanner {
          private isBroken = false;

          override *readLine(line: number): KernelTask<boolean> {
            if (!this.isBroken) this.isBroken = !(yield* super.readLine(line));
            return !this.isBroken;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-007-silent',
    mistake: 'a late line is shown as if it had been read',
    breaks: ['HW-DISP-007'],
    install: (types) =>
      devices(types, ({ Scanner }) => ({
        Scanner: class extends Scanner {
          protected override get lateMark(): number {
            return 0;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-011-at-once',
    mistake: 'a screen that is switched off stops at once',
    breaks: ['HW-DISP-011'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override disable(): void {
            super.disable();
            if (this.state === 'stopping') this.end('off');
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-012-keeps-asking',
    mistake: 'what was asked for while the screen was off is done later',
    breaks: ['HW-DISP-012'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          protected override enable(): void {
            const wasAsked = this.isAsked;
            super.enable();
            if (wasAsked) this.ask();
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-012-waits',
    mistake: 'what was programmed is shown after the first frame only',
    breaks: ['HW-DISP-012'],
    install: (types) =>
      devices(types, ({ Crtc }) => ({
        Crtc: class extends Crtc {
          private isEnabling = false;

          protected override enable(): void {
            this.isEnabling = this.count > 0;
            super.enable();
            this.isEnabling = false;
          }

          protected override takeOver(): void {
            if (!this.isEnabling) super.takeOver();
          }
        },
      })),
  }),
];

/** Mistakes of whoever drives a screen. */
const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-disp-006-arms-late',
    mistake: 'who asks for a frame waits for it to be taken over before he asks to be told',
    breaks: ['HW-DISP-006'],
    install: (types) =>
      devices(types, ({ CrtcDriver }) => ({
        CrtcDriver: class extends CrtcDriver {
          protected override *program(address: number, fence: DmaFence): KernelTask<void> {
            const { mmio, crtc } = this.hardware;
            const { clock } = this.world;
            yield* mmio.write(shadowOf(0, 'ADDR'), address);
            yield* mmio.write(shadowOf(0, 'CTL'), 1);
            yield* mmio.write(CRTC_GO, 1);
            yield* clock.waitUntil(clock.valueNs + crtc.periodNs);
            yield* this.arm(fence);
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-008-old-frame',
    mistake: 'the driver asks for the frame that is shown already',
    breaks: ['HW-DISP-008'],
    install: (types) =>
      devices(types, ({ CrtcDriver }) => ({
        CrtcDriver: class extends CrtcDriver {
          protected override *program(_address: number, fence: DmaFence): KernelTask<void> {
            yield* this.arm(fence);
            yield* this.hardware.mmio.write(CRTC_GO, 1);
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-009-this-frame-only',
    mistake: 'the handler expects that it is told of each frame',
    breaks: ['HW-DISP-009'],
    install: (types) =>
      devices(types, ({ CrtcDriver }) => ({
        CrtcDriver: class extends CrtcDriver {
          protected override *isShown(): KernelTask<boolean> {
            const count = yield* this.hardware.mmio.read(CRTC_FRAME_COUNT);
            return count === this.askedAt.get() + 1;
          }
        },
      })),
  }),
  fault({
    id: 'hw-disp-010-believes',
    mistake: 'the handler takes each interrupt for the end of a frame',
    breaks: ['HW-DISP-010', 'HW-DISP-006'],
    install: (types) =>
      devices(types, ({ CrtcDriver }) => ({
        CrtcDriver: class extends CrtcDriver {
          protected override *isShown(): KernelTask<boolean> {
            return true;
          }
        },
      })),
  }),
];

/** Mistakes of a screen, and of its driver. */
export const HW_DISP_FAULTS: readonly Fault[] = [...SCREEN_FAULTS, ...DRIVER_FAULTS];
