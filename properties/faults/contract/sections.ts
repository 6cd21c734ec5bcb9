import type { Gfp } from '../../../impl/kernel/gfp.ts';
import { PseudoLock } from '../../../impl/kernel/pseudo-lock.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** A machine on which allocations say something else to lock proving than they do. */
function allocatingAs(said: (gfp: Gfp, scope: number) => Gfp): Fault['install'] {
  return (types: StackTypes): Partial<StackTypes> => ({
    FenceFunctions: class extends types.FenceFunctions {
      constructor(stack: Stack) {
        super(stack);
        const { world } = stack;
        const right = world.memory.mightAllocate.bind(world.memory);
        world.memory.mightAllocate = (gfp): void => {
          const { current } = world;
          const scope = current.allocationScope;
          // Its scope may not count: what is said is everything.
          current.allocationScope = 0;
          right(said(gfp, scope));
          current.allocationScope = scope;
        };
      }
    },
  });
}

/** What flags come to in a scope without filesystems, or in one of reclaim itself. */
function scoped(gfp: Gfp, scope: number): Gfp {
  if ((scope & 4) !== 0) return 'GFP_NOWAIT';
  return scope !== 0 && gfp === 'GFP_KERNEL' ? 'GFP_NOFS' : gfp;
}

/** Mistakes about signalling sections, waits, and what allocations say. */
export const SECTION_FAULTS: readonly Fault[] = [
  fault({
    id: 'contract-021-records-in-atomic',
    mistake: 'a section that begins in atomic context is recorded',
    breaks: ['CONTRACT-021'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override beginSignalling(): boolean {
          const task = this.world.current;
          const isRecorded = super.beginSignalling();
          if (!isRecorded || !task.isAtomic || this.signallingMap.isHeld) return isRecorded;
          task.held.push(this.signallingMap.sharedTried);
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'contract-021-no-nesting',
    mistake: 'a section inside of another one is recorded once more',
    breaks: ['CONTRACT-021'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override beginSignalling(): boolean {
          const wasHeld = this.signallingMap.isHeld;
          const isNested = super.beginSignalling();
          if (!wasHeld || !isNested) return isNested;
          this.world.current.held.push(this.signallingMap.sharedTried);
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'contract-021-irqs-off',
    mistake: 'a section that begins with interrupts disabled is not recorded',
    breaks: ['CONTRACT-021'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override beginSignalling(): boolean {
          const { current } = this.world;
          if (current.cpu.irqsEnabled) return super.beginSignalling();
          current.signallingDepth += 1;
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'contract-022-inner-ends',
    mistake: 'the end of an inner section gives back what the outer one holds',
    breaks: ['CONTRACT-022'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override endSignalling(): void {
          super.endSignalling(!this.signallingMap.isHeld);
        }
      },
    }),
  }),
  fault({
    id: 'contract-022-keeps',
    mistake: 'the end of a section gives nothing back',
    breaks: ['CONTRACT-022'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override endSignalling(): void {
          super.endSignalling(true);
        }
      },
    }),
  }),
  fault({
    id: 'contract-022-records-unproven',
    mistake: 'a section is recorded also where nobody proves locks any more',
    breaks: ['CONTRACT-022'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override beginSignalling(): boolean {
          const isSilent = !this.world.build.lockProving || this.world.lockdep.isSilent;
          const isRecorded = super.beginSignalling();
          if (!isSilent) return isRecorded;
          this.world.current.held.push(this.signallingMap.sharedTried);
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'contract-023-own-section',
    mistake: "a wait does not set the waiter's own section aside",
    breaks: ['CONTRACT-023'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override mightWait(): void {
          if (this.world.build.lockProving) this.signallingMap.pass();
        }
      },
    }),
  }),
  fault({
    id: 'contract-023-shares',
    mistake: 'a wait in a section is not seen at all',
    breaks: ['CONTRACT-023'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override mightWait(): void {
          if (!this.signallingMap.isHeld) super.mightWait();
        }
      },
    }),
  }),
  fault({
    id: 'contract-023-forgets-section',
    mistake: 'a wait in a section ends the section',
    breaks: ['CONTRACT-023'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override mightWait(): void {
          const { held } = this.world.current;
          super.mightWait();
          const at = held.indexOf(this.signallingMap.sharedTried);
          if (at >= 0) held.splice(at, 1);
        }
      },
    }),
  }),
  fault({
    id: 'contract-024-waits-unseen',
    mistake: 'lock proving does not hear of waits',
    breaks: ['CONTRACT-024'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override mightWait(): void {}
      },
    }),
  }),
  fault({
    id: 'contract-024-only-inside',
    mistake: 'locks that are taken in sections are ordered behind other locks only',
    breaks: ['CONTRACT-024'],
    install: (types) => ({
      FenceFunctions: class extends types.FenceFunctions {
        override beginSignalling(): boolean {
          this.world.current.signallingDepth += 1;
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'contract-025-no-wait-taught',
    mistake: 'the boot does not teach that notifiers wait for fences',
    breaks: ['CONTRACT-025'],
    install: (types) => ({
      ResvLockdep: class extends types.ResvLockdep {
        override teach(reservations: Parameters<typeof this.waits>[0]): void {
          super.teach(reservations, this.waits(reservations));
        }

        private waits({ world }: Stack['reservationClass']): PseudoLock {
          return new PseudoLock(world, 'nothing');
        }
      },
    }),
  }),
  fault({
    id: 'contract-026-only-filesystems',
    mistake: 'an allocation without filesystems says nothing',
    breaks: ['CONTRACT-026'],
    install: allocatingAs((gfp, scope) => {
      const said = scoped(gfp, scope);
      return said === 'GFP_KERNEL' ? said : 'GFP_NOWAIT';
    }),
  }),
  fault({
    id: 'contract-026-ignores-scope',
    mistake: 'what a task has said about its allocations does not count',
    breaks: ['CONTRACT-026'],
    install: allocatingAs((gfp) => gfp),
  }),
  fault({
    id: 'contract-026-reclaimer',
    mistake: 'who is part of reclaim is taken for one who waits for it',
    breaks: ['CONTRACT-026'],
    install: allocatingAs((gfp, scope) => scoped(gfp, scope & 3)),
  }),
  fault({
    id: 'contract-026-opted-out',
    mistake: 'an allocation that opts out is looked at',
    breaks: ['CONTRACT-026'],
    install: allocatingAs((gfp, scope) =>
      scoped(gfp === 'GFP_KERNEL|__GFP_NOLOCKDEP' ? 'GFP_KERNEL' : gfp, scope),
    ),
  }),
];
