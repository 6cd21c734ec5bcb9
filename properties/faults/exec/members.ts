import { DRM_EXEC_IGNORE_DUPLICATES } from '../../../impl/drm/exec/exec-flags.ts';
import type { ExecObject } from '../../../impl/drm/exec/exec-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EALREADY, ENOMEM } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about duplicates, places for fences, and failures. */
export const MEMBER_FAULTS: readonly Fault[] = [
  fault({
    id: 'exec-004-tracks-twins',
    mistake: 'an object whose reservation is locked already is put on the list, too',
    breaks: ['EXEC-004'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *lockObj(object: ExecObject): KernelTask<number> {
          const isMine = this.objects
            .copy()
            .some((other) => other !== object && other.resv === object.resv);
          const error = yield* super.lockObj(object);
          if (isMine && error === 0) yield* this.track(object);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'exec-004-never-ignores',
    mistake: 'a duplicate is an error whatever the flags say',
    breaks: ['EXEC-004'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override already(): number {
          this.commit('lock.already', -EALREADY);
          return -EALREADY;
        }
      },
    }),
  }),
  fault({
    id: 'exec-004-always-ignores',
    mistake: 'a duplicate is no error whatever the flags say',
    breaks: ['EXEC-004'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override already(): number {
          this.commit('lock.already', 0);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'exec-005-adds-up',
    mistake: 'each reservation of places adds to those before',
    breaks: ['EXEC-005'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        private readonly asked = new Map<unknown, number>();

        override *prepareObj(object: ExecObject, count: number): KernelTask<number> {
          const total = (this.asked.get(object.resv) ?? 0) + count;
          this.asked.set(object.resv, total);
          return yield* super.prepareObj(object, total);
        }
      },
    }),
  }),
  fault({
    id: 'exec-005-only-the-first',
    mistake: 'a duplicate gets no places of its own, however many it asks for',
    breaks: ['EXEC-005'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *prepareObj(object: ExecObject, count: number): KernelTask<number> {
          const isMine = this.objects.copy().some(({ resv }) => resv === object.resv);
          const isIgnored = (this.flags & DRM_EXEC_IGNORE_DUPLICATES) !== 0;
          return isMine && isIgnored ? 0 : yield* super.prepareObj(object, count);
        }
      },
    }),
  }),
  fault({
    id: 'exec-006-stays-locked',
    mistake: 'without memory for places the object stays locked',
    breaks: ['EXEC-006'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *prepareObj(object: ExecObject, count: number): KernelTask<number> {
          const error = yield* this.lockObj(object);
          return error === 0 ? yield* object.resv.reserveFences(count) : error;
        }
      },
    }),
  }),
  fault({
    id: 'exec-006-keeps-the-reference',
    mistake: 'an object that is given back early keeps its reference',
    breaks: ['EXEC-006'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *unlockObj(object: ExecObject): KernelTask<void> {
          if (this.objects.includes(object)) yield* object.get();
          yield* super.unlockObj(object);
        }
      },
    }),
  }),
  fault({
    id: 'exec-006-list-is-full',
    mistake: 'without memory for the list the object is locked, and nobody knows',
    breaks: ['EXEC-006'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *lockObj(object: ExecObject): KernelTask<number> {
          const error = yield* super.lockObj(object);
          if (error === -ENOMEM) yield* object.resv.acquire(this.ticket);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'exec-012-only-by-name',
    mistake: 'what is locked ahead is taken up by the name of the object only',
    breaks: ['EXEC-012'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override isPrelocked(object: ExecObject): boolean {
          return this.prelocked.ask((prelocked) => prelocked === object);
        }
      },
    }),
  }),
  fault({
    id: 'exec-012-never-by-name',
    mistake: 'what is locked ahead counts for its reservation, also where Linux 6.12 is asked for',
    breaks: ['EXEC-012'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override isPrelocked({ resv }: ExecObject): boolean {
          return this.prelocked.ask((prelocked) => prelocked?.resv === resv);
        }
      },
    }),
  }),
  fault({
    id: 'exec-012-forgets-who-waited',
    mistake: 'another object takes the lock over, and the reference of the first one stays',
    breaks: ['EXEC-012'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *claim(object: ExecObject): KernelTask<number> {
          const prelocked = this.prelocked.get();
          if (prelocked !== null && prelocked !== object) yield* prelocked.get();
          return yield* super.claim(object);
        }
      },
    }),
  }),
];
