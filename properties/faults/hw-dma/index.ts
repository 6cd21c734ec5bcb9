import type { CopyJob } from '../../../impl/drm/dma/copy-driver.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of an engine, and of the ways to memory. */
const ENGINE_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-dma-001-skips-errors',
    mistake: 'lines that the bus refuses are left out',
    breaks: ['HW-DMA-001'],
    install: (types) =>
      devices(types, ({ DmaEngineBus }) => ({
        DmaEngineBus: class extends DmaEngineBus {
          private last = 0;

          override *findPage(address: number, isWrite: boolean): KernelTask<number> {
            const page = yield* super.findPage(address, isWrite);
            if (page >= 0) this.last = page;
            return this.last;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-001-needs-no-note',
    mistake: 'a job that is done makes the engine idle by itself',
    breaks: ['HW-DMA-001'],
    install: (types) =>
      devices(types, ({ DmaEngine }) => ({
        DmaEngine: class extends DmaEngine {
          protected override *raise(): KernelTask<void> {
            yield* super.raise();
            this.acknowledge();
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-002-whole-job',
    mistake: 'all lines of a job are one burst',
    breaks: ['HW-DMA-002'],
    install: (types) =>
      devices(types, ({ DmaEngine }) => ({
        DmaEngine: class extends DmaEngine {
          protected override get count(): number {
            return this.linesLeft;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-003-does-not-wait',
    mistake: 'a job is done when its last write is on its way',
    breaks: ['HW-DMA-003'],
    install: (types) =>
      devices(types, ({ DmaEngineBus }) => ({
        DmaEngineBus: class extends DmaEngineBus {
          override *drain(): KernelTask<void> {}
          override *count(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-dma-003-no-count',
    mistake: 'jobs are not counted',
    breaks: ['HW-DMA-003'],
    install: (types) =>
      devices(types, ({ DmaEngineBus }) => ({
        DmaEngineBus: class extends DmaEngineBus {
          override *count(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-dma-004-takes-registers',
    mistake: 'a busy engine takes registers without a word',
    breaks: ['HW-DMA-004'],
    install: (types) =>
      devices(types, ({ DmaEngine }) => ({
        DmaEngine: class extends DmaEngine {
          protected override configure(name: string, value: number): void {
            this.set(name, value);
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-007-any-way',
    mistake: 'every device reaches every other one',
    breaks: ['HW-DMA-007'],
    install: (types) =>
      devices(types, ({ Peers }) => ({
        Peers: class extends Peers {
          override hasRoute(): boolean {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-007-no-host',
    mistake: 'the host passes nothing on, whatever it was told',
    breaks: ['HW-DMA-007'],
    install: (types) =>
      devices(types, ({ Peers }) => ({
        Peers: class extends Peers {
          constructor(...[platform]: ConstructorParameters<typeof Peers>) {
            super(platform, false);
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-008-own-way-only',
    mistake: 'the engine waits for writes to system memory only',
    breaks: ['HW-DMA-008'],
    install: (types) =>
      devices(types, ({ DmaEngineBus }) => ({
        DmaEngineBus: class extends DmaEngineBus {
          override *drain(): KernelTask<void> {
            yield* this.device.dma.toRam.drain();
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-009-nobody-notes',
    mistake: 'a device may be switched off while others use its memory',
    breaks: ['HW-DMA-009'],
    install: (types) =>
      devices(types, ({ Peers }) => ({
        Peers: class extends Peers {
          override map(from: string, to: string): boolean {
            return this.hasRoute(from, to);
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-009-works-on',
    mistake: 'memory of a device without power is there',
    breaks: ['HW-DMA-009'],
    install: (types) =>
      devices(types, ({ Peers }) => ({
        Peers: class extends Peers {
          override reaches(from: string, to: string): boolean {
            return this.hasRoute(from, to);
          }
        },
      })),
  }),
];

/** Mistakes of whoever drives an engine. */
const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-dma-004-no-queue',
    mistake: 'each copy is started at once',
    breaks: ['HW-DMA-004'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          private readonly started = new Set<CopyJob>();

          protected override isTurnOf(): boolean {
            return true;
          }

          protected override *start(job: CopyJob): KernelTask<void> {
            if (!this.started.has(job)) yield* super.start(job);
            this.started.add(job);
          }

          protected override *awaitIdle(): KernelTask<boolean> {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-005-no-error',
    mistake: 'a job that failed is taken for one that is done',
    breaks: ['HW-DMA-005'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          protected override errorOf(): number {
            return 0;
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-006-forgets-others',
    mistake: 'only the job that hangs ends with a reset',
    breaks: ['HW-DMA-006'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          protected override failing(): CopyJob[] {
            return super.failing().slice(0, 1);
          }
        },
      })),
  }),
  fault({
    id: 'hw-dma-006-waits-on',
    mistake: 'nobody looks when a copy takes too long',
    breaks: ['HW-DMA-006'],
    install: (types) =>
      devices(types, ({ CopyDriver }) => ({
        CopyDriver: class extends CopyDriver {
          protected override *timedOut(): KernelTask<void> {}
        },
      })),
  }),
];

/** Mistakes of a copying engine, of its driver, and of ways between devices. */
export const HW_DMA_FAULTS: readonly Fault[] = [...ENGINE_FAULTS, ...DRIVER_FAULTS];
