import type { ArrayWait, ArrayWaited, Waiting } from '../../../impl/drm/syncobj-waits.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about what is held, and about the end of files. */
export const DUTY_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-033-only-when-waiting',
    mistake: 'held locks are looked at only when there is something to wait for',
    breaks: ['SYNCOBJ-033'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override mightWaitForUser(what: string): void {
          if (!what.includes('array_wait')) super.mightWaitForUser(what);
        }

        protected override *sleep(waiting: Waiting): KernelTask<number> {
          if (this.isRegistering(waiting.flags)) super.mightWaitForUser('sleep');
          return yield* super.sleep(waiting);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-033-lookups-may',
    mistake: 'lookups that wait do not look at held locks',
    breaks: ['SYNCOBJ-033'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override mightWaitForUser(what: string): void {
          if (!what.includes('find_fence')) super.mightWaitForUser(what);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-033-always',
    mistake: 'every wait complains about held locks',
    breaks: ['SYNCOBJ-033'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(wait: ArrayWait): KernelTask<ArrayWaited> {
          this.mightWaitForUser('drm_syncobj_array_wait_timeout');
          return yield* super.waitAll(wait);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-033-anywhere',
    mistake: 'only held locks are looked at, and not whether the task may sleep',
    breaks: ['SYNCOBJ-033'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override mightWaitForUser(what: string): void {
          if (this.stack.world.current.held.length > 0) super.mightWaitForUser(what);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-borrows',
    mistake: 'a wait has no references on its objects while it sleeps',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(wait: ArrayWait): KernelTask<ArrayWaited> {
          for (const syncobj of wait.syncobjs) yield* syncobj.put();
          const waited = yield* super.waitAll(wait);
          for (const syncobj of wait.syncobjs) yield* syncobj.get();
          return waited;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-034-not-released',
    mistake: 'a file that ends keeps its objects',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *release(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'syncobj-034-twice',
    mistake: 'a file that ends drops the first of its objects twice',
    breaks: ['SYNCOBJ-034'],
    install: (types) => ({
      SyncobjTable: class extends types.SyncobjTable {
        override *release(): KernelTask<void> {
          const first = this.syncobjs.entries().find(([, syncobj]) => syncobj !== null)?.[1];
          yield* super.release();
          if (first !== undefined && first !== null) yield* first.put();
        }
      },
    }),
  }),
];
