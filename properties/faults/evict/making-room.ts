import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { TtmWalk } from '../../../impl/drm/ttm/ttm-evictions.ts';
import type { TtmLruEntry } from '../../../impl/drm/ttm/ttm-lru.ts';
import type { TtmBulkRange } from '../../../impl/drm/ttm/ttm-bulk-move.ts';
import type { TtmPlace } from '../../../impl/drm/ttm/ttm-place.ts';
import type { TtmResource } from '../../../impl/drm/ttm/ttm-resource.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, EDEADLK, ENOSPC } from '../../../impl/kernel/errno.ts';
import type { PlainList } from '../../../impl/kernel/plain.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about whom to evict, and how. */
export const MAKING_ROOM_FAULTS: readonly Fault[] = [
  fault({
    id: 'evict-001-newest-first',
    mistake: 'a new object stands in front of the others',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmLru: class extends types.TtmLru {
        override add(resource: TtmResource): void {
          this.listFor(resource).unshift(resource);
        }
      },
    }),
  }),
  fault({
    id: 'evict-001-use-is-not-noted',
    mistake: 'an object that is used keeps its place in the order',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmLru: class extends types.TtmLru {
        override moveToTail(resource: TtmResource): void {
          if (resource.object.get().pinCount.get() > 0) super.moveToTail(resource);
        }
      },
    }),
  }),
  fault({
    id: 'evict-001-takes-pinned',
    mistake: 'pinned objects stand among the others, and nobody asks for their pins',
    breaks: ['EVICT-001', 'EVICT-007'],
    install: (types) => ({
      TtmLru: class extends types.TtmLru {
        protected override listFor(resource: TtmResource): PlainList<TtmLruEntry> {
          return resource.manager.lru;
        }
      },
      TtmEvictions: class extends types.TtmEvictions {
        protected override isPinned(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-001-any-range',
    mistake: 'objects are evicted that are not in the way',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override overlaps(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'evict-001-waits-for-locks',
    mistake: 'the reservation of the oldest object is waited for, whoever has it',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override mayBlock(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-05',
    mistake: 'a range keeps its first entry when that goes to its end',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmLru: class extends types.TtmLru {
        protected override advanceFirst(_range: TtmBulkRange, _resource: TtmResource): void {}
      },
    }),
  }),
  fault({
    id: 'evict-002-only-tries',
    mistake: 'who holds a ticket waits for nobody',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override mayBlock(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-002-one-pass',
    mistake: 'there is no further pass, though the last one evicted something',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override hasProgressed(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'evict-002-edeadlk-comes-out',
    mistake: 'who has to give way is told so by the victim',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override *ticketLock(walk: TtmWalk, resv: DmaResv): KernelTask<number> {
          const error = yield* super.ticketLock(walk, resv);
          return error === -ENOSPC ? -EDEADLK : error;
        }
      },
    }),
  }),
  fault({
    id: 'evict-002-impatient-waits',
    mistake: 'who must not wait waits for a locked victim',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override mayBlock({ ticket, isTryOnly }: TtmWalk): boolean {
          return ticket !== null && !isTryOnly;
        }
      },
    }),
  }),
  fault({
    id: 'evict-001-begins-anywhere',
    mistake: 'where a range may begin is forgotten',
    breaks: ['EVICT-001'],
    install: (types) => ({
      TtmManager: class extends types.TtmManager {
        protected override *findRoom(resource: TtmResource, place: TtmPlace): KernelTask<boolean> {
          return yield* super.findRoom(resource, { ...place, first: 0 });
        }
      },
    }),
  }),
  fault({
    id: 'evict-002-wherever-it-is',
    mistake: 'a victim that has gone elsewhere meanwhile is evicted from there',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override isStillIn(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-TTM-04',
    mistake: 'a victim that cannot be waited for is to be tried again, and so for ever',
    breaks: ['EVICT-002'],
    install: (types) => ({
      TtmEvictions: class extends types.TtmEvictions {
        protected override *ticketLock(walk: TtmWalk, resv: DmaResv): KernelTask<number> {
          const error = yield* super.ticketLock(walk, resv);
          if (error !== -ENOSPC) return error;
          walk.evicted += 1;
          return -EBUSY;
        }
        protected override hasProgressed(walk: TtmWalk): boolean {
          // Explorers need not know how often it was here.
          this.device.world.current.forget();
          return super.hasProgressed(walk);
        }
      },
    }),
  }),
];
