import type { ExecObject } from '../../../impl/drm/exec/exec-object.ts';
import type { GpuRange } from '../../../impl/drm/exec/gpu-vm.ts';
import type { DrmExec } from '../../../impl/drm/exec/drm-exec.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINTR } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about signals, about the end, and about ranges of addresses. */
export const ENDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'exec-007-deaf',
    mistake: 'the normal lock waits on when a signal comes',
    breaks: ['EXEC-007'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *acquireInterruptible(
          ...[context]: Parameters<InstanceType<typeof types.DmaResv>['acquire']>
        ): KernelTask<number> {
          return yield* this.acquire(context);
        }
      },
    }),
  }),
  fault({
    id: 'exec-007-slow-is-deaf',
    mistake: 'the lock of what was in the way waits on when a signal comes',
    breaks: ['EXEC-007'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *lockSlow({ resv }: ExecObject): KernelTask<number> {
          yield* resv.lockSlow(this.ticket);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'exec-007-keeps-the-mark',
    mistake: 'an interrupted wait leaves the mark: the loop begins again instead of ending',
    breaks: ['EXEC-007'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *lockContended(): KernelTask<number> {
          const object = this.contended.get();
          const error = yield* super.lockContended();
          if (object !== null && error === -EINTR) {
            yield* object.get();
            this.contended.set(object);
          }
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'exec-007-keeps-the-reference',
    mistake: 'an interrupted wait keeps the reference of what was in the way',
    breaks: ['EXEC-007'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *lockSlow(object: ExecObject): KernelTask<number> {
          const error = yield* super.lockSlow(object);
          if (error === -EINTR) yield* object.get();
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'exec-010-stays-open',
    mistake: 'the end of the loop does not close the ticket',
    breaks: ['EXEC-010'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override close(): void {
          this.commit('close');
        }
      },
    }),
  }),
  fault({
    id: 'exec-010-stays-locked',
    mistake: 'the end of a transaction leaves its objects locked',
    breaks: ['EXEC-010'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *unlockAll(): KernelTask<void> {
          if (!this.contended.isNull()) yield* super.unlockAll();
          else for (const object of this.objects.takeAll()) yield* object.put();
        }
      },
    }),
  }),
  fault({
    id: 'exec-010-keeps-references',
    mistake: 'the end of a transaction keeps the references on its objects',
    breaks: ['EXEC-010'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *fini(): KernelTask<void> {
          for (const object of this.objects.copy()) yield* object.get();
          yield* super.fini();
        }
      },
    }),
  }),
  fault({
    id: 'exec-010-keeps-the-ticket',
    mistake: 'the end of a transaction does not end its ticket',
    breaks: ['EXEC-010'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *fini(): KernelTask<void> {
          yield* this.unlockAll();
          this.world.memory.free(this);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-EXEC-01',
    mistake: 'a mapping of a range is locked whether there is an object behind it or not',
    breaks: ['EXEC-010'],
    install: (types) => ({
      GpuVm: class extends types.GpuVm {
        protected override *prepare(
          exec: DrmExec,
          object: ExecObject | null,
          count: number,
        ): KernelTask<number> {
          if (object !== null) return yield* super.prepare(exec, object, count);
          return this.world.fault('bug', 'NULL dereference: a mapping has no object', this);
        }
      },
    }),
  }),
  fault({
    id: 'exec-010-range-ends-early',
    mistake: 'a mapping without an object ends the walk along a range',
    breaks: ['EXEC-010'],
    install: (types) => ({
      GpuVm: class extends types.GpuVm {
        override *prepareRange(exec: DrmExec, range: GpuRange, count: number): KernelTask<number> {
          const bare = this.mappings.find(
            ({ object, range: { start } }) => object === null && start > range.start,
          );
          const { start } = range;
          const end = bare === null ? start + range.length : bare.range.start;
          const length = Math.min(range.length, end - start);
          return yield* super.prepareRange(exec, { start, length }, count);
        }
      },
    }),
  }),
];
