import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DeviceLane } from '../../../impl/hw/device-lane.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import { GARBAGE, POISON, type Token, ZERO } from '../../../impl/hw/token.ts';
import type { PostedLines } from '../../../impl/hw/write-path.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';

/** Mistakes about pages and what is in them. */
export const MEMORY_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-mem-001-burst-is-atomic',
    mistake: 'all lines of a burst become visible in one step',
    breaks: ['HW-MEM-001'],
    install: (types) =>
      withHardware(types, {
        WritePath: class extends types.hardware.WritePath {
          protected override *land(_lane: DeviceLane, first: PostedLines): KernelTask<void> {
            for (let index = 0; index < first.tokens.length; index += 1) this.store(first, index);
            this.finish();
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-001-line-in-two-steps',
    mistake: 'a line that is being written can be seen before it holds anything sensible',
    breaks: ['HW-MEM-001'],
    install: (types) =>
      withHardware(types, {
        WritePath: class extends types.hardware.WritePath {
          protected override *land(lane: DeviceLane, first: PostedLines): KernelTask<void> {
            const { page, line } = first;
            this.device.dma.store(page, line, GARBAGE);
            yield* lane.work(0);
            yield* super.land(lane, first);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-002-no-poison',
    mistake: 'a freed page keeps what was in it',
    breaks: ['HW-MEM-002'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override take(page: PageNumber): void {
            super.take(page);
            this.record(page).lines.fill(ZERO);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-002-epoch-of-allocations',
    mistake: 'the epoch of a page rises only when it is allocated',
    breaks: ['HW-MEM-002'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override take(page: PageNumber): void {
            super.take(page);
            this.record(page).epoch -= 1;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-002-no-quarantine',
    mistake: 'a freed page is behind the others, and may be used with the next allocation',
    breaks: ['HW-MEM-002'],
    install: (types) =>
      withHardware(types, {
        PageAllocator: class extends types.hardware.PageAllocator {
          protected override takeBack(page: PageNumber): void {
            super.takeBack(page);
            this.frees += this.memory.options.quarantinePages;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-002-newest-first',
    mistake: 'when only the quarantine is left, the page that was freed last is taken',
    breaks: ['HW-MEM-002'],
    install: (types) =>
      withHardware(types, {
        PageAllocator: class extends types.hardware.PageAllocator {
          protected override lastResort(zone: 'system' | 'cma' | 'vram'): PageNumber | null {
            return this.quarantine[zone].pop()?.page ?? null;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-002-silent',
    mistake: 'nobody notes that poison is read',
    breaks: ['HW-MEM-002'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override read(page: PageNumber, line: number): Token {
            const { owner, lines } = this.record(page);
            return owner === 0 && lines[line] === POISON ? POISON : super.read(page, line);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-003-no-clear',
    mistake: 'system pages come with what was in them',
    breaks: ['HW-MEM-003'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override take(page: PageNumber): void {
            const left = this.record(page).lines.slice();
            super.take(page);
            this.record(page).kept = left;
          }

          override give(page: PageNumber, owner: number, isCleared: boolean): void {
            super.give(page, owner, isCleared && this.zoneOf(page) !== 'system');
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-003-always-clears',
    mistake: 'VRAM comes cleared, whatever the allocator does',
    breaks: ['HW-MEM-003'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override give(page: PageNumber, owner: number): void {
            super.give(page, owner, true);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-003-silent',
    mistake: 'nobody notes that a former owner’s content is read',
    breaks: ['HW-MEM-003'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override give(page: PageNumber, owner: number, isCleared: boolean): void {
            super.give(page, owner, isCleared);
            this.record(page).isFormer.fill(0);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-004-moves-pinned',
    mistake: 'a pinned page is moved out of the contiguous range',
    breaks: ['HW-MEM-004'],
    install: (types) =>
      withHardware(types, {
        PageAllocator: class extends types.hardware.PageAllocator {
          protected override canMove(page: PageNumber): boolean {
            return this.memory.record(page).isMovable;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-004-content-stays',
    mistake: 'a page that moves leaves its content behind',
    breaks: ['HW-MEM-004'],
    install: (types) =>
      withHardware(types, {
        PageAllocator: class extends types.hardware.PageAllocator {
          protected override copy(): void {
            // The page is where it should be, and nothing is in it.
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-004-not-in-a-row',
    mistake: 'pages of the contiguous range are taken one by one',
    breaks: ['HW-MEM-004'],
    install: (types) =>
      withHardware(types, {
        PageAllocator: class extends types.hardware.PageAllocator {
          protected override pickRun(count: number): readonly PageNumber[] | number {
            const pages: PageNumber[] = [];
            while (pages.length < count) {
              const page = this.next('cma') ?? this.lastResort('cma');
              if (page === null) break;
              pages.push(page);
            }
            return pages.length === count ? pages : super.pickRun(count);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-005-silent',
    mistake: 'nobody notes that a mapped page is freed',
    breaks: ['HW-MEM-005'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override take(page: PageNumber): void {
            const record = this.record(page);
            const maps = record.maps.splice(0);
            const { pins } = record;
            record.pins = 0;
            super.take(page);
            record.maps.push(...maps);
            record.pins = pins;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-005-map-not-in-ledger',
    mistake: 'the ledger does not know what processors have mapped',
    breaks: ['HW-MEM-005'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override addMap(page: PageNumber, by: string): void {
            if (!by.startsWith('cpuMapping')) super.addMap(page, by);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-005-pins-do-not-count',
    mistake: 'a pinned page may be freed',
    breaks: ['HW-MEM-005'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override take(page: PageNumber): void {
            const record = this.record(page);
            const { pins } = record;
            record.pins = 0;
            super.take(page);
            record.pins = pins;
          }
        },
      }),
  }),
];
