import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import type { PostedRegister } from '../../../impl/hw/mmio.ts';
import type { PostedLines } from '../../../impl/hw/write-path.ts';
import type { Token } from '../../../impl/hw/token.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';

/** Mistakes about how processors and devices reach each other. */
export const BUS_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-mem-006-all-visible',
    mistake: 'the aperture shows all of VRAM',
    breaks: ['HW-MEM-006'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          override isReachable(): boolean {
            return true;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-006-silent',
    mistake: 'an access behind the aperture leaves no trace on the bus',
    breaks: ['HW-MEM-006'],
    install: (types) =>
      withHardware(types, {
        CpuMapping: class extends types.hardware.CpuMapping {
          protected override reaches(page: PageNumber): boolean {
            return this.platform.memory.isReachable(page);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-006-peers-pass',
    mistake: 'a peer reads behind the aperture',
    breaks: ['HW-MEM-006'],
    install: (types) =>
      withHardware(types, {
        DmaPort: class extends types.hardware.DmaPort {
          override load(page: PageNumber, line: number): Token {
            const { memory } = this.device.platform;
            return memory.isReachable(page) ? super.load(page, line) : memory.read(page, line);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-007-at-once',
    mistake: 'a register changes with the write, which is not posted',
    breaks: ['HW-MEM-007'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          protected override post(write: PostedRegister): void {
            this.land(write);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-007-newest-first',
    mistake: 'of posted writes the last one lands first',
    breaks: ['HW-MEM-007'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          protected override post(write: PostedRegister): void {
            super.post(write);
            this.posted.unshift(...this.posted.splice(-1));
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-007-read-passes',
    mistake: 'a read overtakes writes that were posted before',
    breaks: ['HW-MEM-007'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          override *read(register: string): KernelTask<number> {
            const value = this.registers.readRegister(register);
            yield* super.read(register);
            return this.device.isGone.get() ? 0xffff_ffff : value;
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-008-registers-stay',
    mistake: 'the registers of a device that is gone still read as before',
    breaks: ['HW-MEM-008'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          override *read(register: string): KernelTask<number> {
            yield* super.read(register);
            return this.registers.readRegister(register);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-008-writes-land',
    mistake: 'a register of a device that is gone still changes',
    breaks: ['HW-MEM-008'],
    install: (types) =>
      withHardware(types, {
        Mmio: class extends types.hardware.Mmio {
          protected override land({ register, value }: PostedRegister): void {
            this.registers.writeRegister(register, value);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-008-goes-on',
    mistake: 'what a device had posted lands although it is gone',
    breaks: ['HW-MEM-008'],
    install: (types) =>
      withHardware(types, {
        WritePath: class extends types.hardware.WritePath {
          override drop(): void {
            // It is on its way.
          }

          protected override store({ page, line, tokens }: PostedLines, index: number): void {
            const token = tokens[index];
            if (token !== undefined) this.device.platform.memory.write(page, line + index, token);
          }
        },
      }),
  }),
  fault({
    id: 'hw-mem-008-interrupts',
    mistake: 'the interrupt of a device that is gone still comes',
    breaks: ['HW-MEM-008'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          override disconnect(): void {
            // The wire hangs loose, and is still one.
          }
        },
      }),
  }),
];
