import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { ResvCursor } from '../../../impl/dma-buf/resv-walk.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

type Install = (types: StackTypes) => Partial<StackTypes>;

/** How a replacement goes wrong. */
interface Mistake {
  /** No reference for the slot. */
  readonly borrows?: boolean;
  readonly firstOnly?: boolean;
  /** Only by a later fence. */
  readonly laterOnly?: boolean;
  readonly anyContext?: boolean;
  readonly keepsUsage?: boolean;
  readonly pollsFirst?: boolean;
}

function replacing(mistake: Mistake): Install {
  return (types) => ({
    DmaResv: class extends types.DmaResv {
      override *replaceFences(
        context: number,
        fence: DmaFence,
        usage: ResvUsage,
      ): KernelTask<void> {
        this.lock.assertHeld('dma_resv_replace_fences');
        const list = this.fences.readStable();
        const count = list === null ? 0 : list.count.readStable();
        this.world.emit(this, 'replace.begin', null, context);
        for (let index = 0; list !== null && index < count; index += 1) {
          const old = list.slot(index);
          if (old.fence.context !== context && mistake.anyContext !== true) continue;
          if (mistake.laterOnly === true && fence.seqno <= old.fence.seqno) continue;
          if (mistake.pollsFirst === true && (yield* old.fence.isSignaled())) continue;
          const kept = mistake.keepsUsage === true ? old.usage : usage;
          if (mistake.borrows !== true) yield* fence.get();
          yield* list.writeSlot(index, fence, kept);
          this.world.emit(this, 'replace', null, kept, fence);
          yield* old.fence.put();
          if (mistake.firstOnly === true) break;
        }
        this.world.emit(this, 'replace.end');
      }
    },
  });
}

/** Copies fences into an object. `usage`: those up to it. */
function copying(mistake: { readonly usage?: ResvUsage; readonly keepsOld?: boolean }): Install {
  return (types) => ({
    ResvWalk: class extends types.ResvWalk {
      override begin(resv: DmaResv, usage: ResvUsage): ResvCursor {
        return super.begin(resv, usage === 3 ? (mistake.usage ?? usage) : usage);
      }
    },
    DmaResv: class extends types.DmaResv {
      override *exchangeList(list: ResvList | null): KernelTask<void> {
        const old = this.fences.readStable();
        if (mistake.keepsOld === true && old !== null) {
          for (let index = 0; index < old.count.readStable(); index += 1) {
            yield* old.slot(index).fence.get();
          }
        }
        yield* super.exchangeList(list);
      }
    },
  });
}

/** Mistakes about replacing fences, and about copies. */
export const REWRITING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-RESV-04',
    mistake: 'a replacement takes no reference for its slot',
    breaks: ['RESV-033'],
    install: replacing({ borrows: true }),
  }),
  fault({
    id: 'resv-033-first-only',
    mistake: 'only the first fence of the context is replaced',
    breaks: ['RESV-033'],
    install: replacing({ firstOnly: true }),
  }),
  fault({
    id: 'resv-033-later-only',
    mistake: 'a fence is replaced by a later one only',
    breaks: ['RESV-033'],
    install: replacing({ laterOnly: true }),
  }),
  fault({
    id: 'resv-033-any-context',
    mistake: 'the fences of all contexts are replaced',
    breaks: ['RESV-033', 'RESV-034'],
    install: replacing({ anyContext: true }),
  }),
  fault({
    id: 'resv-033-keeps-usage',
    mistake: 'a replacement is used as the fence before it was',
    breaks: ['RESV-033'],
    install: replacing({ keepsUsage: true }),
  }),
  fault({
    id: 'resv-062-replace-polls',
    mistake: 'what is to be replaced is polled before',
    breaks: ['RESV-062'],
    install: replacing({ pollsFirst: true }),
  }),
  fault({
    id: 'resv-046-implicit-only',
    mistake: 'fences that nobody waits for implicitly are not copied',
    breaks: ['RESV-046'],
    install: copying({ usage: 2 }),
  }),
  fault({
    id: 'resv-046-keeps-the-old',
    mistake: 'a copy forgets the references of the list before it',
    breaks: ['RESV-046'],
    install: copying({ keepsOld: true }),
  }),
  fault({
    id: 'resv-047-clears-first',
    mistake: 'the object is emptied before there is memory for the copy',
    breaks: ['RESV-047'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        override *copyFences(into: DmaResv, from: DmaResv): KernelTask<number> {
          const old = into.fences.readStable();
          yield* into.fences.write(null);
          if (old !== null) yield* old.free();
          return yield* super.copyFences(into, from);
        }
      },
    }),
  }),
  fault({
    id: 'resv-048-promises-more',
    mistake: 'the list of a copy has more room than the source has fences',
    breaks: ['RESV-048'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        protected override *listFor(cursor: ResvCursor): KernelTask<ResvList | null> {
          const list = yield* super.listFor(cursor);
          list?.max.change((max) => max + 4);
          return list;
        }
      },
    }),
  }),
];
