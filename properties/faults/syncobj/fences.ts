import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import type { SyncobjWaitEntry } from '../../../impl/drm/syncobj-wait-entry.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import { arrayField } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** What is told to those that wait. */
type Change = 'replace.null' | 'replace.plain' | 'replace.timeline' | 'addPoint';

/** Mistakes about what is in an object, and how it is changed. */
export const FENCE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-010-points-tell-nobody',
    mistake: 'nobody hears of a point that is added',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellAll(event: Change): KernelTask<void> {
          if (event !== 'addPoint') return yield* super.tellAll(event);
          this.tells(true, event);
          this.told();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-010-tells-first',
    mistake: 'those that wait are told before the fence is there',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          if (fence !== null) yield* fence.get();
          yield* this.lock.acquire();
          const before = this.fence.readStable();
          if (fence === before) this.commit('replace.same');
          else yield* this.tellAll(this.eventOf(fence));
          yield* this.fence.write(fence);
          this.lock.release();
          if (before !== null) yield* before.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-010-without-lock',
    mistake: 'a fence is replaced without the lock',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          if (fence !== null) yield* fence.get();
          const before = yield* this.fence.read();
          yield* this.fence.write(fence);
          yield* this.lock.acquire();
          if (fence === before) this.commit('replace.same');
          else yield* this.tellAll(this.eventOf(fence));
          this.lock.release();
          if (before !== null) yield* before.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-010-leaks-the-old',
    mistake: 'the reference on what was replaced is forgotten',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          yield* this.fenceGet();
          yield* super.replaceFence(fence);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-010-tells-again',
    mistake: 'the same fence once more is told to all',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *replaceFence(fence: DmaFence | null): KernelTask<void> {
          if (fence !== null) yield* fence.get();
          yield* this.lock.acquire();
          const before = this.fence.readStable();
          yield* this.fence.write(fence);
          yield* this.tellAll(this.eventOf(fence));
          this.lock.release();
          if (before !== null) yield* before.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-010-newest-first',
    mistake: 'who has registered last hears first',
    breaks: ['SYNCOBJ-010'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellAll(event: Change): KernelTask<void> {
          this.tells(true, event);
          for (const entry of this.waiters.copy().toReversed()) yield* this.tellWaiter(entry);
          for (const entry of this.eventfds.copy().toReversed()) yield* this.tellEventfd(entry);
          this.told();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-019-wakes-one',
    mistake: 'only the first of those that wait hears of a fence',
    breaks: ['SYNCOBJ-019'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        private heard: SyncobjWaitEntry | null = null;

        protected override *tellAll(event: Change): KernelTask<void> {
          this.heard = this.waiters.at(0);
          yield* super.tellAll(event);
        }

        protected override *tellWaiter(entry: SyncobjWaitEntry): KernelTask<void> {
          if (entry === this.heard) yield* super.tellWaiter(entry);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-011-one-by-one',
    mistake: 'a reset changes each object as soon as it has found it',
    breaks: ['SYNCOBJ-011'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *reset(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const count = numberField(argument, 'count_handles');
          const handles = arrayField(argument, 'handles')?.read(count) ?? [];
          for (const handle of handles) {
            const syncobj = yield* file.syncobjs.find(Number(handle));
            if (syncobj === null) return -ENOENT;
            yield* syncobj.replaceFence(null);
            yield* syncobj.put();
          }
          return yield* super.reset(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-011-einval',
    mistake: 'a reset says -EINVAL for an unknown handle',
    breaks: ['SYNCOBJ-011'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *reset(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const result = yield* super.reset(file, argument);
          return result === -ENOENT ? -EINVAL : result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-011-nothing-to-do',
    mistake: 'no handles at all are done at once',
    breaks: ['SYNCOBJ-011'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        protected override *findPadded(
          file: DrmFile,
          argument: UserPointer,
        ): KernelTask<readonly Syncobj[] | number> {
          if (numberField(argument, 'count_handles') === 0) return [];
          return yield* super.findPadded(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-011-handles-first',
    mistake: 'handles are looked up before padding is looked at',
    breaks: ['SYNCOBJ-011'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        protected override *findPadded(
          file: DrmFile,
          argument: UserPointer,
        ): KernelTask<readonly Syncobj[] | number> {
          const found = yield* this.find(file, argument);
          if (typeof found === 'number') return found;
          yield* this.putAll(found);
          return yield* super.findPadded(file, argument);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-011-keeps-references',
    mistake: 'a call that fails keeps what it has found by then',
    breaks: ['SYNCOBJ-011'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        protected override *find(
          file: DrmFile,
          argument: UserPointer,
        ): KernelTask<readonly Syncobj[] | number> {
          const found = yield* super.find(file, argument);
          if (found !== -ENOENT) return found;
          const [first] = arrayField(argument, 'handles')?.read(1) ?? [];
          yield* file.syncobjs.find(Number(first ?? 0));
          return found;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-012-signals-the-fence',
    mistake: 'a signal signals the fence that is there',
    breaks: ['SYNCOBJ-012'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *signal(syncobj: Syncobj): KernelTask<number> {
          const fence = yield* syncobj.fenceGet();
          const result = yield* super.signal(syncobj);
          if (fence === null) return result;
          yield* fence.signal();
          yield* fence.put();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-012-keeps-timeline',
    mistake: 'a signal of a timeline adds a point to it',
    breaks: ['SYNCOBJ-012'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *signal(syncobj: Syncobj): KernelTask<number> {
          const { chains, stubs } = this.stack;
          const head = yield* syncobj.fenceGet();
          const memory = chains.chainOf(head) === null ? null : yield* chains.alloc();
          if (memory !== null && head !== null) {
            const stub = yield* stubs.getStub();
            yield* syncobj.addPoint(memory, stub, head.seqno + 1n);
            yield* stub.put();
          }
          if (head !== null) yield* head.put();
          return memory === null ? yield* super.signal(syncobj) : 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-002-shared-stub',
    mistake: "a signal installs the machine's one stub, which has the time of its birth",
    breaks: ['SYNCOBJ-002', 'SYNCOBJ-012'],
    install: (types) => ({
      Syncobjs: class extends types.Syncobjs {
        override *signal(syncobj: Syncobj): KernelTask<number> {
          const stub = yield* this.stack.stubs.getStub();
          yield* syncobj.replaceFence(stub);
          yield* stub.put();
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-012-goes-on',
    mistake: 'a signal goes on behind an object for which there was no memory',
    breaks: ['SYNCOBJ-012'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *signal(file: DrmFile, argument: UserPointer): KernelTask<number> {
          const syncobjs = yield* this.findPadded(file, argument);
          if (typeof syncobjs === 'number') return syncobjs;
          let result = 0;
          for (const one of syncobjs) result = yield* this.stack.syncobjs.signal(one);
          yield* this.putAll(syncobjs);
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-012-reset-is-a-stub',
    mistake: 'a reset leaves a stub behind',
    breaks: ['SYNCOBJ-012'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *reset(file: DrmFile, argument: UserPointer): KernelTask<number> {
          return yield* this.signal(file, argument);
        }
      },
    }),
  }),
];
