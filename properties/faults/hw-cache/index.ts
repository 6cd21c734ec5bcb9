import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Cpu } from '../../../impl/kernel/cpu.ts';
import type { DmaMapping } from '../../../impl/hw/dma-mapping.ts';
import { type CacheMove, DIRTY } from '../../../impl/hw/line-cache.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import type { Token } from '../../../impl/hw/token.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';

/** The caches of the processors do some things by themselves, and not others. */
function without(types: StackTypes, isLeftOut: (move: CacheMove) => boolean): Partial<StackTypes> {
  return withHardware(types, {
    CpuCache: class extends types.hardware.CpuCache {
      override moves(lines: number): readonly CacheMove[] {
        return super.moves(lines).filter((move) => !isLeftOut(move));
      }
    },
  });
}

/** Mistakes of caches, and of those who keep them in step. */
export const HW_CACHE_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-cache-001-writes-through',
    mistake: 'a write goes through the cache to memory',
    breaks: ['HW-CACHE-001'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override store(page: PageNumber, line: number, token: Token): void {
            super.store(page, line, token);
            this.clean(page, line);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-001-keeps-no-reads',
    mistake: 'what is read is not kept',
    breaks: ['HW-CACHE-001'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override load(page: PageNumber, line: number): Token {
            const token = super.load(page, line);
            if (this.stateOf(page, line) !== DIRTY) this.invalidate(page, line);
            return token;
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-002-never-written-back',
    mistake: 'a dirty line stays until it is cleaned',
    breaks: ['HW-CACHE-002'],
    install: (types) => without(types, ({ kind }) => kind === 'writeBack' || kind === 'evict'),
  }),
  fault({
    id: 'hw-cache-002-never-fetched',
    mistake: 'only what is asked for is fetched',
    breaks: ['HW-CACHE-002'],
    install: (types) => without(types, ({ kind }) => kind === 'fetch'),
  }),
  fault({
    id: 'hw-cache-002-never-dropped',
    mistake: 'a clean line stays for ever',
    breaks: ['HW-CACHE-002'],
    install: (types) => without(types, ({ kind }) => kind === 'drop'),
  }),
  fault({
    id: 'hw-cache-003-combines-nothing',
    mistake: 'a combining mapping writes directly',
    breaks: ['HW-CACHE-003'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override combine(cpu: Cpu, page: PageNumber, line: number, token: Token): void {
            super.combine(cpu, page, line, token);
            this.drainCombining(cpu);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-003-register-passes',
    mistake: 'a write to a register overtakes what is combined',
    breaks: ['HW-CACHE-003'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          protected override drainCombined(): void {
            // Somebody else will.
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-003-alias-silent',
    mistake: 'nobody notes that a page is mapped in two ways',
    breaks: ['HW-CACHE-003'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          protected override noteAlias(): void {
            // It may work.
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-003-stays-for-ever',
    mistake: 'what is combined does not leave by itself',
    breaks: ['HW-CACHE-003'],
    install: (types) => without(types, ({ kind }) => kind === 'leave'),
  }),
  fault({
    id: 'hw-cache-004-all-coherent',
    mistake: 'every device looks into the cache of the processors',
    breaks: ['HW-CACHE-004'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override get snoops(): boolean {
            return true;
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-004-reads-memory',
    mistake: 'a coherent device reads memory, whatever is in the cache',
    breaks: ['HW-CACHE-004'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override snoopRead(page: PageNumber, line: number): Token {
            return this.fetched(page, line);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-004-hides-writes',
    mistake: 'the cache keeps an old line when a coherent device writes a new one',
    breaks: ['HW-CACHE-004'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override snoopWrite(): void {
            // Memory has it.
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-005-cleans-instead',
    mistake: 'lines that the device will write are written back before',
    breaks: ['HW-CACHE-005'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override maintain(page: PageNumber, cleans: boolean, drops: boolean): void {
            super.maintain(page, cleans || drops, drops);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-005-cleans-nothing',
    mistake: 'lines that the device will read are not cleaned',
    breaks: ['HW-CACHE-005'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override maintain(page: PageNumber, _cleans: boolean, drops: boolean): void {
            super.maintain(page, false, drops);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-005-invalidates-for-the-device',
    mistake: 'what only the processors write is invalidated when they want it back',
    breaks: ['HW-CACHE-005'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          override *syncForCpu(mapping: DmaMapping): KernelTask<void> {
            for (const page of mapping.pages) this.maintain(page, false, true);
            yield* super.syncForCpu(mapping);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-005-once-is-enough',
    mistake: 'lines are invalidated before the device writes, and not once more afterwards',
    breaks: ['HW-CACHE-005'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          override *syncForCpu(): KernelTask<void> {
            // They are not there any more.
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-006-does-not-wait',
    mistake: 'to begin does not wait for fences',
    breaks: ['HW-CACHE-006'],
    install: (types) =>
      withHardware(types, {
        CpuAccess: class extends types.hardware.CpuAccess {
          protected override *waitForOthers(): KernelTask<number> {
            return 0;
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-006-first-page',
    mistake: 'only the first page of a buffer is brought up to date',
    breaks: ['HW-CACHE-006'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          private first: PageNumber | null = null;

          override *syncForCpu(mapping: DmaMapping): KernelTask<void> {
            this.first = mapping.pages[0] ?? null;
            yield* super.syncForCpu(mapping);
            this.first = null;
          }

          protected override maintain(page: PageNumber, cleans: boolean, drops: boolean): void {
            if (this.first === null || page === this.first) super.maintain(page, cleans, drops);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-006-end-does-nothing',
    mistake: 'to end hands nothing over',
    breaks: ['HW-CACHE-006', 'HW-CACHE-009'],
    install: (types) =>
      withHardware(types, {
        CpuAccess: class extends types.hardware.CpuAccess {
          override *end(): KernelTask<void> {
            // The device will see.
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-006-waits-for-writers-only',
    mistake: 'a processor that will write waits for writers, and not for readers',
    breaks: ['HW-CACHE-006'],
    install: (types) =>
      withHardware(types, {
        CpuAccess: class extends types.hardware.CpuAccess {
          protected override *waitForOthers(resv: DmaResv): KernelTask<number> {
            return yield* super.waitForOthers(resv, false);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-007-never-bounces',
    mistake: 'bytes that share lines with others are mapped as they are',
    breaks: ['HW-CACHE-007'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override mustBounce(): boolean {
            return false;
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-007-copies-parts',
    mistake: 'what the device has written is copied by whole lines, whoever else is in them',
    breaks: ['HW-CACHE-007'],
    install: (types) =>
      withHardware(types, {
        BounceMapping: class extends types.hardware.BounceMapping {
          protected override isWhole(): boolean {
            return true;
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-007-keeps-neighbours',
    mistake: 'a line with something dirty in it is not invalidated',
    breaks: ['HW-CACHE-007'],
    install: (types) =>
      withHardware(types, {
        CpuCache: class extends types.hardware.CpuCache {
          override invalidate(page: PageNumber, line: number): void {
            if (this.stateOf(page, line) !== DIRTY) super.invalidate(page, line);
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-008-flush-does-not-wait',
    mistake: 'a flush is complete when its lines are on their way',
    breaks: ['HW-CACHE-008'],
    install: (types) =>
      withHardware(types, {
        DeviceCache: class extends types.hardware.DeviceCache {
          override *flush(): KernelTask<void> {
            this.postDirty();
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-008-flush-forgets',
    mistake: 'a flush leaves the first line of each page',
    breaks: ['HW-CACHE-008', 'HW-CACHE-009'],
    install: (types) =>
      withHardware(types, {
        DeviceCache: class extends types.hardware.DeviceCache {
          override *flush(): KernelTask<void> {
            for (const page of this.cachedPages) this.setClean(page, 0);
            yield* super.flush();
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-008-invalidates-dirty',
    mistake: 'INVALIDATE drops what is dirty, too',
    breaks: ['HW-CACHE-008'],
    install: (types) =>
      withHardware(types, {
        DeviceCache: class extends types.hardware.DeviceCache {
          override invalidateClean(): void {
            this.reset();
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-008-drops-nothing',
    mistake: 'INVALIDATE keeps the first line of each page',
    breaks: ['HW-CACHE-008'],
    install: (types) =>
      withHardware(types, {
        DeviceCache: class extends types.hardware.DeviceCache {
          override invalidateClean(): void {
            for (const page of this.cachedPages) {
              for (let line = 1; line < PAGE_LINES; line += 1) {
                if (this.stateOf(page, line) !== DIRTY) this.invalidate(page, line);
              }
            }
          }
        },
      }),
  }),
  fault({
    id: 'hw-cache-009-is-noticed',
    mistake: 'the bus reports a device that reads memory while the cache has something newer',
    breaks: ['HW-CACHE-009'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          override load(page: PageNumber, line: number): Token {
            const { cpuCache, oracle } = this.device.platform;
            if (!this.snoops && cpuCache.stateOf(page, line) === DIRTY) {
              oracle.note('BUS_ERROR', `page ${page}`, this.device.name);
            }
            return super.load(page, line);
          }
        },
      }),
  }),
];
