import { CAM_IRQ_DONE } from '../../../impl/hw/camera/camera-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of a camera itself. */
const CAMERA_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-cam-001-counts-stored',
    mistake: 'frames that have no place are not counted',
    breaks: ['HW-CAM-001', 'E2E-018'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override count(isStored: boolean): void {
            if (isStored) super.count(isStored);
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-001-waits-for-buffers',
    mistake: 'the sensor stands still until there is a place',
    breaks: ['HW-CAM-001'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override *begin(): KernelTask<void> {
            const { frame } = this;
            yield* super.begin();
            if (this.state === 'waiting') this.frame = frame;
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-002-stops-in-frame',
    mistake: 'a stop ends the frame that is stored',
    breaks: ['HW-CAM-002'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override stop(): void {
            super.stop();
            if (this.state !== 'off') this.end('off');
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-002-keeps-addresses',
    mistake: 'addresses of before a stop are used after it',
    breaks: ['HW-CAM-002'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override end(state: 'off' | 'gone'): void {
            const kept = [...this.queue];
            super.end(state);
            if (state === 'off') this.queue.push(...kept);
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-003-follows-the-queue',
    mistake: 'a new address counts for the frame that is stored',
    breaks: ['HW-CAM-003'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override get target(): number {
            return this.queue[0] ?? super.target;
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-003-whole-frame',
    mistake: 'all lines of a frame come at once',
    breaks: ['HW-CAM-003'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override *storeLine(): KernelTask<void> {
            while (this.state === 'capture') yield* super.storeLine();
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-004-does-not-wait',
    mistake: 'a frame is done when its last line is on its way',
    breaks: ['HW-CAM-004'],
    install: (types) =>
      devices(types, ({ VideoBus }) => ({
        VideoBus: class extends VideoBus {
          override *drain(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-cam-004-keeps-the-first',
    mistake: 'a frame that nobody has asked about keeps its place from the next one',
    breaks: ['HW-CAM-004'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override describe(): void {
            if ((this.irqStatus & CAM_IRQ_DONE) === 0) super.describe();
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-006-abort-waits',
    mistake: 'an abort is a stop',
    breaks: ['HW-CAM-006'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override abort(): void {
            this.stop();
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-007-silent',
    mistake: 'the status does not tell that the bus has refused',
    breaks: ['HW-CAM-007'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override breakOff(): void {
            this.settle('fault');
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-008-one-address',
    mistake: 'there is place for one address only',
    breaks: ['HW-CAM-008'],
    install: (types) =>
      devices(types, ({ Camera }) => ({
        Camera: class extends Camera {
          protected override offer(address: number): void {
            if (this.queue.length > 0) this.world.emit(this, 'queue.full');
            else super.offer(address);
          }
        },
      })),
  }),
];

/** Mistakes of whoever drives one. */
const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-cam-004-one-frame-only',
    mistake: 'the driver ends the frame that the camera speaks of, and none before',
    breaks: ['HW-CAM-004'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          protected override finishedAt(address: number): Vb2Buffer[] {
            return super.finishedAt(address).slice(-1);
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-004-counts-back',
    mistake:
      'frames are numbered backwards from the last one, also where some were dropped between',
    breaks: ['HW-CAM-004', 'E2E-015'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          protected override *catchUp(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-cam-005-no-read-back',
    mistake: 'the driver gives a frame out without a look at what is on its way',
    breaks: ['HW-CAM-005'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          protected override *hasSettled(): KernelTask<boolean> {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-006-leaves-it-on',
    mistake: 'the driver takes buffers back from a camera that goes on',
    breaks: ['HW-CAM-006'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          override *stopStreaming(): KernelTask<void> {
            yield* this.giveBack('error');
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-007-takes-it-for-good',
    mistake: 'a frame that the bus has ended is given out as a good one',
    breaks: ['HW-CAM-007'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          protected override tellsOfFault(): boolean {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'hw-cam-008-feeds-too-late',
    mistake: 'the camera gets buffers only when user space queues one',
    breaks: ['HW-CAM-008'],
    install: (types) =>
      devices(types, ({ CameraDriver }) => ({
        CameraDriver: class extends CameraDriver {
          protected override *feedMore(): KernelTask<void> {}
        },
      })),
  }),
];

/** Mistakes of a camera, and of its driver. */
export const HW_CAM_FAULTS: readonly Fault[] = [...CAMERA_FAULTS, ...DRIVER_FAULTS];
