import { DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import { DRM_FORMAT_XRGB8888 } from '../../../impl/drm/kms/kms-uapi.ts';
import type { PlaneState } from '../../../impl/drm/kms/plane.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM, EOPNOTSUPP } from '../../../impl/kernel/errno.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about displays of devices. */
export const DISPLAY_DEVICE_FAULTS: readonly Fault[] = [
  fault({
    id: 'dev-013-any-device',
    mistake: 'a device without a display says that a capability of displays is wrong',
    breaks: ['DEV-013'],
    install: (types) => ({
      DrmIoctls: class extends types.DrmIoctls {
        override *dispatch(
          file: DrmFile,
          command: number,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.dispatch(file, command, argument);
          const isSetCap = (command & 0xff) === 0x0d;
          return isSetCap && result === -EOPNOTSUPP ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'dev-013-any-format',
    mistake: 'virtio_gpu makes framebuffers of any format',
    breaks: ['DEV-013'],
    install: (types) => ({
      Framebuffers: class extends types.Framebuffers {
        override *add(file: DrmFile, argument: UserPointer): KernelTask<number> {
          argument.fields['format'] = DRM_FORMAT_XRGB8888;
          return yield* super.add(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'dev-013-object-stays',
    mistake: 'a framebuffer for which there is no memory keeps its object',
    breaks: ['DEV-013'],
    install: (types) => ({
      Framebuffers: class extends types.Framebuffers {
        override *add(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const object = yield* file.lookup(numberField(argument, 'handle'));
          const error = yield* super.add(file, argument);
          if (object !== null && error !== -ENOMEM) yield* object.put();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'dev-013-master-for-ever',
    mistake: 'a file that is closed stays the master',
    breaks: ['DEV-013'],
    install: (types) => ({
      DrmFile: class extends types.DrmFile {
        override *release(): KernelTask<void> {
          const { display } = this.device;
          const master = display?.master.get() ?? null;
          yield* super.release();
          display?.master.set(master);
        }
      },
    }),
  }),
  fault({
    id: 'dev-015-fence-on-the-buffer',
    mistake: 'what is shown looks busy: the out-fence is put on its buffer',
    breaks: ['DEV-015'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        override *prepare(state: PlaneState): KernelTask<number> {
          const error = yield* super.prepare(state);
          const { crtc, fb } = { crtc: state.crtc.get(), fb: state.fb.get() };
          const [object] = fb?.objects ?? [];
          if (error !== 0 || crtc === null || object === undefined) return error;
          const fence = yield* crtc.createFence();
          if (fence === null) return -ENOMEM;
          yield* object.resv.acquire();
          yield* object.resv.reserveFences(1);
          yield* object.resv.addFence(fence, DMA_RESV_USAGE_WRITE);
          yield* object.resv.release();
          yield* fence.put();
          return 0;
        }
      },
    }),
  }),
];
