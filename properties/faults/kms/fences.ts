import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import {
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { AtomicState } from '../../../impl/drm/kms/atomic-state.ts';
import type { CrtcState } from '../../../impl/drm/kms/crtc.ts';
import type { Framebuffer } from '../../../impl/drm/kms/framebuffer.ts';
import type { Promised } from '../../../impl/drm/kms/out-fences.ts';
import type { PlaneState } from '../../../impl/drm/kms/plane.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import type { UserPointer } from '../../../impl/uapi/user-memory.ts';
import type { UserWord } from '../../../impl/uapi/user-word.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what commits wait for, and about what they promise. */
export const FENCE_FAULTS: readonly Fault[] = [
  fault({
    id: 'kms-001-last-one-wins',
    mistake: 'a second in-fence replaces the first one',
    breaks: ['KMS-001'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override *setInFence(plane: PlaneState, fd: number): KernelTask<number> {
          const before = plane.fence.get();
          if (before !== null) yield* before.put();
          plane.fence.set(null);
          return yield* super.setInFence(plane, fd);
        }
      },
    }),
  }),
  fault({
    id: 'kms-001-inherited',
    mistake: 'the next state of a plane gets the fence of the one before',
    breaks: ['KMS-001'],
    install: (types) => ({
      PlaneState: class extends types.PlaneState {
        override *duplicate(): KernelTask<PlaneState | null> {
          const copy = yield* super.duplicate();
          const fence = this.fence.get();
          if (copy !== null && fence !== null) copy.fence.set(yield* fence.get());
          return copy;
        }
      },
    }),
  }),
  fault({
    id: 'kms-001-consumes',
    mistake: 'the descriptor of an in-fence is closed',
    breaks: ['KMS-001'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override *setInFence(plane: PlaneState, fd: number): KernelTask<number> {
          const error = yield* super.setInFence(plane, fd);
          if (error === 0 && fd >= 0) yield* FileTable.ofCurrent(this.stack.world).close(fd);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-001-anything-in-tests',
    mistake: 'a number that is no sync_file stands for none',
    breaks: ['KMS-001'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override *setInFence(plane: PlaneState, fd: number): KernelTask<number> {
          const error = yield* super.setInFence(plane, fd);
          return error !== 0 && plane.fence.isNull() ? 0 : error;
        }
      },
    }),
  }),
  fault({
    id: 'kms-001-on-the-buffer',
    mistake: 'the in-fence is put on the reservation of what is shown',
    breaks: ['KMS-001'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        override *prepare(state: PlaneState): KernelTask<number> {
          const fence = state.fence.get();
          const object = state.fb.get()?.objects[0] ?? null;
          if (fence !== null && object !== null) {
            yield* object.resv.acquire();
            yield* object.resv.reserveFences(1);
            yield* object.resv.addFence(fence, DMA_RESV_USAGE_WRITE);
            yield* object.resv.release();
          }
          return yield* super.prepare(state);
        }
      },
    }),
  }),
  fault({
    id: 'kms-001-keeps-a-reference',
    mistake: 'a commit that has waited keeps its reference on the fence',
    breaks: ['KMS-001'],
    install: (types) => ({
      AtomicCommits: class extends types.AtomicCommits {
        override *waitForFences(state: AtomicState, isBeforeSwap: boolean): KernelTask<number> {
          for (const { next } of state.planes.all()) {
            const fence = next.fence.get();
            if (fence !== null) yield* fence.get();
          }
          return yield* super.waitForFences(state, isBeforeSwap);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-KMS-01',
    mistake: 'an event whose out-fence could not be set up is forgotten, and not freed',
    breaks: ['KMS-002'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *dropEvent(next: CrtcState): KernelTask<void> {
          const event = next.event.get();
          // Only what has a fence or a file by now is known to be ours.
          const isOurs = event !== null && !(event.fence.isNull() && event.file.isNull());
          if (isOurs || event === null) yield* super.dropEvent(next);
          else next.event.set(null);
        }
      },
    }),
  }),
  fault({
    id: 'kms-002-keeps-the-number',
    mistake: 'after a failure the number of the descriptor stays in memory',
    breaks: ['KMS-002'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *takeBack({ fd, syncFile }: Promised): KernelTask<void> {
          if (syncFile !== null) yield* syncFile.file.put();
          if (fd >= 0) yield* FileTable.ofCurrent(this.stack.world).putUnused(fd);
        }
      },
    }),
  }),
  fault({
    id: 'kms-002-wastes-numbers',
    mistake: 'after a failure the number stays reserved',
    breaks: ['KMS-002'],
    install: (types) => ({
      OutFences: class extends types.OutFences {
        protected override *takeBack(one: Promised): KernelTask<void> {
          yield* super.takeBack({ ...one, fd: -1 });
        }
      },
    }),
  }),
  fault({
    id: 'kms-002-unmapped-is-fine',
    mistake: 'nobody notices that the word is not mapped',
    breaks: ['KMS-002'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override *setPointer(
          pointers: AtomicState['crtcPointers'],
          index: number,
          argument: UserPointer,
          address: bigint,
        ): KernelTask<number> {
          yield* super.setPointer(pointers, index, argument, address);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-002-late',
    mistake: 'the word is written when the fence is made, and not before',
    breaks: ['KMS-002'],
    install: (types) => ({
      AtomicProperties: class extends types.AtomicProperties {
        protected override *setPointer(
          pointers: AtomicState['crtcPointers'],
          index: number,
          argument: UserPointer,
          address: bigint,
        ): KernelTask<number> {
          const words = argument.fields['words'];
          const word: unknown = Array.isArray(words) ? words[Number(address) - 1] : undefined;
          if (!(word instanceof Object) || !('isMapped' in word) || word.isMapped !== true) {
            return yield* super.setPointer(pointers, index, argument, address);
          }
          pointers.set(index, word as UserWord); // nothing else is in such a list
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-006-waits-for-readers',
    mistake: 'a commit waits for readers of the buffer, too',
    breaks: ['KMS-006'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override usageFor(given: DmaFence | null): ResvUsage {
          return given === null ? DMA_RESV_USAGE_READ : super.usageFor(given);
        }
      },
    }),
  }),
  fault({
    id: 'kms-006-first-object-only',
    mistake: 'only the first object of a framebuffer is looked at',
    breaks: ['KMS-006'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override *collect(state: PlaneState, fb: Framebuffer): KernelTask<number> {
          const first = Object.create(fb) as Framebuffer; // with all that it has but the others
          Object.defineProperty(first, 'objects', { value: fb.objects.slice(0, 1) });
          return yield* super.collect(state, first);
        }
      },
    }),
  }),
  fault({
    id: 'kms-006-last-fence-only',
    mistake: 'of the fences of several objects only the last one is kept',
    breaks: ['KMS-006'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override *add(state: PlaneState, found: DmaFence): KernelTask<number> {
          const before = state.fence.get();
          if (before !== null) yield* before.put();
          state.fence.set(found);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-007-writers-too',
    mistake: 'writes are waited for although a fence is named',
    breaks: ['KMS-007', 'DEV-015'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override usageFor(): ResvUsage {
          return DMA_RESV_USAGE_WRITE;
        }
      },
    }),
  }),
  fault({
    id: 'kms-007-no-moves',
    mistake: 'who names a fence waits for nothing else, not even for moves',
    breaks: ['KMS-007'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override *collect(state: PlaneState, fb: Framebuffer): KernelTask<number> {
          return state.fence.isNull() ? yield* super.collect(state, fb) : 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-007-forgets-the-named',
    mistake: 'a move replaces the fence that was named',
    breaks: ['KMS-007'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override *collect(state: PlaneState, fb: Framebuffer): KernelTask<number> {
          const given = state.fence.get();
          if (given === null) return yield* super.collect(state, fb);
          state.fence.set(null);
          const error = yield* this.collectMoves(state, fb);
          if (!state.fence.isNull()) yield* given.put();
          else state.fence.set(given);
          return error;
        }

        private *collectMoves(state: PlaneState, fb: Framebuffer): KernelTask<number> {
          for (const { resv } of fb.objects) {
            const { resvQueries } = this.stack;
            const found = yield* resvQueries.getSingleton(resv, DMA_RESV_USAGE_KERNEL);
            if (typeof found === 'number') return found;
            if (found !== null) yield* this.add(state, found);
          }
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'kms-007-keeps-what-it-found',
    mistake:
      'without memory to join two fences the one that was found is forgotten, and not dropped',
    breaks: ['KMS-007'],
    install: (types) => ({
      PlaneFences: class extends types.PlaneFences {
        protected override *add(state: PlaneState, found: DmaFence): KernelTask<number> {
          yield* found.get();
          const error = yield* super.add(state, found);
          if (error === 0) yield* found.put();
          return error;
        }
      },
    }),
  }),
];
