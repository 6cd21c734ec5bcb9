import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { DmaMapping } from '../../../impl/hw/dma-mapping.ts';
import { ABORT } from '../../../impl/hw/dma-port.ts';
import type { Released, Waiting } from '../../../impl/hw/dma-mapper.ts';
import type {
  DmaAccess,
  IommuDomain,
  IommuEntry,
  IovaPage,
} from '../../../impl/hw/iommu-domain.ts';
import type { Invalidation, InvalidationOutcome, IommuFault } from '../../../impl/hw/iommu.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import type { Token } from '../../../impl/hw/token.ts';
import { ONES } from '../../../impl/hw/token.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';

/** Mistakes of the IOMMU, and of those who give addresses to devices. */
export const HW_IOMMU_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-iommu-001-all-rights',
    mistake: 'every mapping may be read and written',
    breaks: ['HW-IOMMU-001'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override rights(): { canRead: boolean; canWrite: boolean } {
            return { canRead: true, canWrite: true };
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-001-epoch-0',
    mistake: 'an entry does not say which epoch of the page it is about',
    breaks: ['HW-IOMMU-001'],
    install: (types) =>
      withHardware(types, {
        IommuDomain: class extends types.hardware.IommuDomain {
          protected override epochOf(): number {
            return 0;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-001-no-guard',
    mistake: 'ranges of addresses touch each other',
    breaks: ['HW-IOMMU-001'],
    install: (types) =>
      withHardware(types, {
        IovaSpace: class extends types.hardware.IovaSpace {
          protected override get guardPages(): number {
            return 0;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-002-least-recent-out',
    mistake: 'the entry that was not used for longest makes room, and not the oldest one',
    breaks: ['HW-IOMMU-002'],
    install: (types) =>
      withHardware(types, {
        IommuDomain: class extends types.hardware.IommuDomain {
          override look(iova: IovaPage): IommuEntry | null {
            const entry = super.look(iova);
            if (entry !== null) {
              this.cached.delete(iova);
              this.cached.set(iova, entry);
            }
            return entry;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-002-nothing-cached',
    mistake: 'every access walks the table',
    breaks: ['HW-IOMMU-002'],
    install: (types) =>
      withHardware(types, {
        IommuDomain: class extends types.hardware.IommuDomain {
          override look(): IommuEntry | null {
            return null;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-002-each-line',
    mistake: 'a burst asks for its translation with each line',
    breaks: ['HW-IOMMU-002'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          override load(page: PageNumber, line: number): Token {
            const { domain } = this.device;
            const isMapped = domain?.entries.some(([, entry]) => entry.page === page) ?? true;
            return isMapped ? super.load(page, line) : ONES;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-003-silent',
    mistake: 'an access that goes nowhere leaves no record',
    breaks: ['HW-IOMMU-003'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          override *fault(): KernelTask<void> {
            yield* this.interrupt.assert();
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-003-no-interrupt',
    mistake: 'a recorded fault raises no interrupt',
    breaks: ['HW-IOMMU-003'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          override *fault(
            domain: IommuDomain,
            iova: number,
            access: DmaAccess,
            reason: IommuFault['reason'],
          ): KernelTask<void> {
            this.record(domain, iova, access, reason);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-003-write-lands',
    mistake: 'a write without the right to it is recorded, and lands',
    breaks: ['HW-IOMMU-003'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override aborted(entry: IommuEntry | null): PageNumber {
            return entry?.page ?? ABORT;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-003-lost-records-do-not-count',
    mistake: 'a fault for which the queue has no room is forgotten',
    breaks: ['HW-IOMMU-003'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          protected override lose(): void {
            this.faultsTotal -= 1;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-003-rights-are-not-asked',
    mistake: 'whoever has an address may read and write there',
    breaks: ['HW-IOMMU-003'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override permits(): boolean {
            return true;
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-004-clear-invalidates',
    mistake: 'what is taken out of the table is not in the cache any more',
    breaks: ['HW-IOMMU-004'],
    install: (types) =>
      withHardware(types, {
        IommuDomain: class extends types.hardware.IommuDomain {
          override clear(iova: IovaPage): IommuEntry | null {
            this.invalidate(iova);
            return super.clear(iova);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-004-await-does-not-wait',
    mistake: 'an invalidation counts as complete when it has been given',
    breaks: ['HW-IOMMU-004'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          override *await(): KernelTask<void> {
            // It will be done.
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-004-invalidates-nothing',
    mistake: 'an invalidation of everything leaves what is cached',
    breaks: ['HW-IOMMU-004'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          protected override perform(command: Invalidation): void {
            if (command.iova !== null) super.perform(command);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-005-silent',
    mistake: 'nobody notes that a translation was used that is gone',
    breaks: ['HW-IOMMU-005'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override compare(): void {
            // It worked.
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-005-always-a-warning',
    mistake: 'a translation that leads to a freed page is noted like any other',
    breaks: ['HW-IOMMU-005'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override compare(cached: IommuEntry): void {
            const { epoch } = this.device.platform.memory.record(cached.page);
            super.compare({ ...cached, epoch });
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-005-hit-aborts',
    mistake: 'a cached translation does not work any more when the table has none',
    breaks: ['HW-IOMMU-005'],
    install: (types) =>
      withHardware(types, {
        IommuDomain: class extends types.hardware.IommuDomain {
          override look(iova: IovaPage): IommuEntry | null {
            return this.walk(iova) === null ? null : super.look(iova);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-006-does-not-wait',
    mistake: 'unmapping gives the page back without waiting for the invalidation',
    breaks: ['HW-IOMMU-006'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override *invalidate({ device, iova, pages }: DmaMapping): KernelTask<void> {
            for (let index = 0; index < pages.length && device.domain !== null; index += 1) {
              yield* this.platform.iommu.invalidate(device.domain, iova + index);
            }
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-006-deferred-frees-at-once',
    mistake: 'deferred unmapping gives the page back before the flush',
    breaks: ['HW-IOMMU-006'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          override *unmap(mapping: DmaMapping, released: Released | null = null): KernelTask<void> {
            for (const page of mapping.pages) this.platform.memory.removeMap(page, mapping.user);
            if (released !== null) yield* released();
            yield* super.unmap(mapping);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-006-flush-too-late',
    mistake: 'a flush that is due starts its time anew with each unmapping',
    breaks: ['HW-IOMMU-006'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          private timers = 0;

          protected override *defer(one: Waiting): KernelTask<void> {
            this.timers += 1;
            yield* super.defer(one);
            if (this.timers > 1) this.armFlush();
          }

          override *flush(): KernelTask<void> {
            this.timers -= 1;
            if (this.timers === 0) yield* super.flush();
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-006-address-first',
    mistake: 'an address may be given out again before the flush',
    breaks: ['HW-IOMMU-006'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          protected override *defer(one: Waiting): KernelTask<void> {
            this.spaceOf(one.mapping.device).giveBack(one.mapping.iova);
            yield* super.defer(one);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-007-no-mistakes',
    mistake: 'an invalidation is never dropped, and never early',
    breaks: ['HW-IOMMU-007'],
    install: (types) =>
      withHardware(types, {
        Iommu: class extends types.hardware.Iommu {
          protected override *decide(): KernelTask<InvalidationOutcome> {
            return 'done';
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-007-reset-keeps',
    mistake: 'a device that is reset keeps the translations that it has cached',
    breaks: ['HW-IOMMU-007'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          override reset(): void {
            this.toRam.drop();
            this.toPeer.drop();
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-008-one-table',
    mistake: 'to unmap a page for one device takes it from all',
    breaks: ['HW-IOMMU-008'],
    install: (types) =>
      withHardware(types, {
        DmaMapper: class extends types.hardware.DmaMapper {
          override *unmap(mapping: DmaMapping, released: Released | null = null): KernelTask<void> {
            for (const { domain } of this.platform.devices) {
              for (const [iova, { page }] of domain?.entries ?? []) {
                if (mapping.pages.includes(page)) domain?.clear(iova);
              }
              domain?.invalidate(null);
            }
            yield* super.unmap(mapping, released);
          }
        },
      }),
  }),
  fault({
    id: 'hw-iommu-008-wrong-is-fine',
    mistake: 'nobody notes that the address of another device led to another buffer',
    breaks: ['HW-IOMMU-008'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          protected override compareBuffer(): void {
            // Some buffer it was.
          }
        },
      }),
  }),
];
