import type { ExecObject } from '../../../impl/drm/exec/exec-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EDEADLK } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes in the loop, and with what was in the way. */
export const LOOPING_FAULTS: readonly Fault[] = [
  fault({
    id: 'exec-001-first-one-first',
    mistake: 'objects are given back in the order in which they were locked',
    breaks: ['EXEC-001'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *unlockAll(): KernelTask<void> {
          for (const [at, object] of this.objects.copy().entries()) {
            this.objects.remove(object);
            yield* object.resv.release();
            this.commit('unlock', null, at);
            yield* object.put();
          }
          yield* this.dropPrelocked();
        }
      },
    }),
  }),
  fault({
    id: 'exec-001-new-ticket',
    mistake: 'a new pass begins with a new ticket: the transaction never gets old',
    breaks: ['EXEC-001'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *unlockAll(): KernelTask<void> {
          yield* super.unlockAll();
          const contended = this.contended.get();
          if (contended === null) return;
          this.ticket.fini();
          const { stack } = this;
          const ticket = new stack.types.WwAcquireContext(stack.reservationClass);
          yield* ticket.init();
          Object.assign(this, { ticket });
          // So that the slow lock has its reason.
          ticket.contending.set(contended.resv.lock);
        }
      },
    }),
  }),
  fault({
    id: 'exec-001-keeps-the-first',
    mistake: 'a restart gives back all objects but the first one',
    breaks: ['EXEC-001'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *unlockAll(): KernelTask<void> {
          const isRestart = !this.contended.isNull();
          const first = this.objects.at(0);
          if (isRestart && first !== null) this.objects.remove(first);
          yield* super.unlockAll();
          if (isRestart && first !== null) this.objects.push(first);
        }
      },
    }),
  }),
  fault({
    id: 'exec-002-others-first',
    mistake: 'what was in the way is waited for when it is named, and not before',
    breaks: ['EXEC-002'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        private named: ExecObject | null = null;

        override *lockObj(object: ExecObject): KernelTask<number> {
          this.named = object;
          return yield* super.lockObj(object);
        }

        protected override *lockContended(): KernelTask<number> {
          const contended = this.contended.get();
          if (contended !== null && contended !== this.named) return 0;
          return yield* super.lockContended();
        }
      },
    }),
  }),
  fault({
    id: 'exec-002-no-reference',
    mistake: 'what was in the way is remembered without a reference',
    breaks: ['EXEC-002'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *contend(object: ExecObject): KernelTask<number> {
          this.contended.set(object);
          this.commit('lock.contended', -EDEADLK);
          return -EDEADLK;
        }
      },
    }),
  }),
  fault({
    id: 'exec-002-does-not-wait',
    mistake: 'the next pass simply tries again, without waiting for what was in the way',
    breaks: ['EXEC-002', 'EXEC-009'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *lockContended(): KernelTask<number> {
          const contended = this.contended.get();
          this.contended.set(null);
          this.ticket.contending.set(null);
          if (contended !== null) yield* contended.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-EXEC-02',
    mistake: 'what was waited for is a member at once, whether it is named again or not',
    breaks: ['EXEC-003'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *lockSlow(object: ExecObject): KernelTask<number> {
          const error = yield* super.lockSlow(object);
          if (error === 0) yield* this.track(object);
          return error;
        }

        protected override *claim(): KernelTask<number> {
          const object = this.prelocked.get();
          this.prelocked.set(null);
          this.commit('claim', 0);
          if (object !== null) yield* object.put();
          return 0;
        }

        protected override *dropPrelocked(): KernelTask<void> {
          const object = this.prelocked.get();
          if (object === null) return;
          this.prelocked.set(null);
          this.commit('drop');
          yield* object.put();
        }
      },
    }),
  }),
  fault({
    id: 'exec-003-keeps-it',
    mistake: 'at the end of the loop what is locked ahead stays so',
    breaks: ['EXEC-003'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *cleanup(): KernelTask<boolean> {
          const { value: prelocked } = this.prelocked;
          if (prelocked === null || !this.contended.isNull()) return yield* super.cleanup();
          this.close();
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'exec-003-keeps-its-reference',
    mistake: 'what was locked ahead for nothing keeps its reference',
    breaks: ['EXEC-003'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        protected override *dropPrelocked(): KernelTask<void> {
          const object = this.prelocked.get();
          if (object !== null) yield* object.get();
          yield* super.dropPrelocked();
        }
      },
    }),
  }),
  fault({
    id: 'exec-008-spins',
    mistake: 'an empty list waits for nothing: the loop begins again, for ever',
    breaks: ['EXEC-008'],
    install: (types) => ({
      DrmExec: class extends types.DrmExec {
        override *prepareArray(objects: readonly ExecObject[], count: number): KernelTask<number> {
          return objects.length === 0 ? 0 : yield* super.prepareArray(objects, count);
        }
      },
    }),
  }),
];
