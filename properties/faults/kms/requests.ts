import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { AtomicState, Change } from '../../../impl/drm/kms/atomic-state.ts';
import type { CrtcState } from '../../../impl/drm/kms/crtc.ts';
import {
  DRM_MODE_ATOMIC_FLAGS,
  DRM_MODE_ATOMIC_TEST_ONLY,
  DRM_MODE_PAGE_FLIP_ASYNC,
  DRM_MODE_PAGE_FLIP_EVENT,
} from '../../../impl/drm/kms/kms-uapi.ts';
import type { ModeConfig } from '../../../impl/drm/kms/mode-config.ts';
import type { Promised, Request } from '../../../impl/drm/kms/out-fences.ts';
import type { PlaneState } from '../../../impl/drm/kms/plane.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** The same request with other fields; what the kernel writes back comes back. */
function* changed(
  argument: UserPointer,
  fields: Record<string, unknown>,
  call: (argument: UserPointer) => KernelTask<number>,
): KernelTask<number> {
  return yield* call({ ...argument, fields: { ...argument.fields, ...fields } });
}

/** Mistakes about what atomic calls refuse. */
export const REQUEST_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-004-test-waits',
    mistake: 'a test waits for the fences of its planes',
    breaks: ['KMS-004'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override *perform(state: AtomicState, flags: number): KernelTask<number> {
          if ((flags & DRM_MODE_ATOMIC_TEST_ONLY) !== 0) {
            yield* this.stack.kms.commits.waitForFences(state, true);
          }
          return yield* super.perform(state, flags);
        }
      },
    }),
  }),
  fault({
    id: 'kms-004-test-commits',
    mistake: 'a test that passes is carried out',
    breaks: ['KMS-004'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override *perform(state: AtomicState, flags: number): KernelTask<number> {
          return yield* super.perform(state, flags & ~DRM_MODE_ATOMIC_TEST_ONLY);
        }
      },
    }),
  }),
  fault({
    id: 'kms-004-tells-the-dark',
    mistake: 'an event may be asked for on a CRTC that is off and stays off',
    breaks: ['KMS-004'],
    install: (types) => ({
      AtomicCheck: class extends types.AtomicCheck {
        protected override mayTell(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'kms-004-tells-of-tests',
    mistake: 'a test may ask for an event',
    breaks: ['KMS-004'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override refuse(
          file: DrmFile,
          config: ModeConfig,
          argument: UserPointer,
        ): number {
          const flags = numberField(argument, 'flags');
          const isTest = (flags & DRM_MODE_ATOMIC_TEST_ONLY) !== 0;
          const fields = { flags: isTest ? flags & ~DRM_MODE_PAGE_FLIP_EVENT : flags };
          return super.refuse(file, config, {
            ...argument,
            fields: { ...argument.fields, ...fields },
          });
        }
      },
    }),
  }),
  fault({
    id: 'kms-004-promises-for-tests',
    mistake: 'a test makes out-fences and their descriptors',
    breaks: ['KMS-004'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        override *prepare(
          state: AtomicState,
          request: Request,
          promised: Promised[],
        ): KernelTask<number> {
          const flags = request.flags & ~DRM_MODE_ATOMIC_TEST_ONLY;
          return yield* super.prepare(state, { ...request, flags }, promised);
        }
      },
    }),
  }),
  fault({
    id: 'kms-005-any-device',
    mistake: 'asynchronous flips are let through on devices that offer none',
    breaks: ['KMS-005'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override refuse(
          file: DrmFile,
          config: ModeConfig,
          argument: UserPointer,
        ): number {
          const flags = numberField(argument, 'flags') & ~DRM_MODE_PAGE_FLIP_ASYNC;
          const fields = { ...argument.fields, flags };
          return super.refuse(file, config, { ...argument, fields });
        }
      },
    }),
  }),
  fault({
    id: 'kms-005-any-value',
    mistake: 'an asynchronous flip ignores what it must not change, instead of refusing it',
    breaks: ['KMS-005'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override unchanged(): number {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-005-overlays-too',
    mistake: 'an asynchronous flip may change overlays',
    breaks: ['KMS-005'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override mayFlip(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'kms-005-not-even-the-same',
    mistake: 'an asynchronous flip must not name other properties at all',
    breaks: ['KMS-005'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override unchanged(): number {
          return -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-any-file',
    mistake: 'files that are not the master may commit',
    breaks: ['KMS-023', 'DEV-013'],
    install: (types) => ({
      Kms: class extends types.Kms {
        protected override *asMaster(
          file: DrmFile,
          argument: UserPointer,
          call: (file: DrmFile, config: ModeConfig, argument: UserPointer) => KernelTask<number>,
        ): KernelTask<number> {
          const { display: config } = file.device;
          if (config === null) return yield* super.asMaster(file, argument, call);
          return yield* call(file, config, argument);
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-any-flags',
    mistake: 'unknown flags are ignored',
    breaks: ['KMS-023', 'DEV-014'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        override *atomic(
          file: DrmFile,
          config: ModeConfig,
          argument: UserPointer,
        ): KernelTask<number> {
          const flags = numberField(argument, 'flags') & DRM_MODE_ATOMIC_FLAGS;
          return yield* changed(argument, { flags }, (known) => super.atomic(file, config, known));
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-any-client',
    mistake: 'clients commit that have not said that they know how',
    breaks: ['KMS-023'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override refuse(
          file: DrmFile,
          config: ModeConfig,
          argument: UserPointer,
        ): number {
          if (!file.display.isAtomic) return 0;
          return super.refuse(file, config, argument);
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-ignores-reserved',
    mistake: 'nobody looks at the reserved field',
    breaks: ['KMS-023'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        override *atomic(
          file: DrmFile,
          config: ModeConfig,
          argument: UserPointer,
        ): KernelTask<number> {
          const fields = { reserved: 0 };
          return yield* changed(argument, fields, (known) => super.atomic(file, config, known));
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-unknown-is-invalid',
    mistake: 'unknown objects and properties give -EINVAL',
    breaks: ['KMS-023'],
    install: (types) => ({
      AtomicCalls: class extends types.AtomicCalls {
        protected override *setProperties(
          state: AtomicState,
          argument: UserPointer,
          flags: number,
        ): KernelTask<number> {
          const error = yield* super.setProperties(state, argument, flags);
          return error === -ENOENT ? -EINVAL : error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-busy-first',
    mistake: 'a commit looks whether the display is free before it is checked',
    breaks: ['KMS-023'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *checkAndCommit(state: AtomicState, isNonblocking: boolean): KernelTask<number> {
          for (const { next } of isNonblocking ? state.crtcs.all() : []) {
            const last = next.crtc.commits.at(0);
            if (last !== null && !(yield* last.flipDone.tryWait())) return -16;
          }
          return yield* super.checkAndCommit(state, isNonblocking);
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-checks-first',
    mistake: 'the state is checked before out-fences are made',
    breaks: ['KMS-023'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        override *prepare(
          state: AtomicState,
          request: Request,
          promised: Promised[],
        ): KernelTask<number> {
          const error = yield* this.stack.kms.check.check(state);
          return error === 0 ? yield* super.prepare(state, request, promised) : error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-half-planes',
    mistake: 'a plane without a framebuffer may stay on a CRTC',
    breaks: ['KMS-023', 'DEV-014'],
    install: (types) => ({
      AtomicCheck: class extends types.AtomicCheck {
        protected override isWhole(plane: PlaneState): boolean {
          return plane.fb.isNull() || super.isWhole(plane);
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-any-mode',
    mistake: 'modes are set without permission',
    breaks: ['KMS-023', 'DEV-014'],
    install: (types) => ({
      AtomicCheck: class extends types.AtomicCheck {
        override *check(state: AtomicState): KernelTask<number> {
          const error = yield* super.check(state);
          const sets = state.crtcs.all().some(({ next }) => next.needsModeset.get());
          return sets && error === -EINVAL && !this.isDoubtful(state) ? 0 : error;
        }

        /** Something else is wrong, too. */
        private isDoubtful(state: AtomicState): boolean {
          const crtcs: readonly Change<CrtcState>[] = state.crtcs.all();
          const planes = state.planes.all();
          return (
            planes.some(({ next }) => !this.isWhole(next)) ||
            crtcs.some(({ next }) => (next.mode.get() !== 0) !== (next.connectorMask.get() !== 0))
          );
        }
      },
    }),
  }),
  fault({
    id: 'kms-023-deaf',
    mistake: 'an event may be asked for where no CRTC is part of the commit',
    breaks: ['KMS-023'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        override *prepare(
          state: AtomicState,
          request: Request,
          promised: Promised[],
        ): KernelTask<number> {
          const isDeaf = state.crtcs.all().length === 0;
          const flags = isDeaf ? request.flags & ~DRM_MODE_PAGE_FLIP_EVENT : request.flags;
          return yield* super.prepare(state, { ...request, flags }, promised);
        }
      },
    }),
  }),
];
