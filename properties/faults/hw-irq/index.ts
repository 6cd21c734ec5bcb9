import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Cpu } from '../../../impl/kernel/cpu.ts';
import type { Task } from '../../../impl/kernel/task.ts';
import type { InterruptLine } from '../../../impl/hw/interrupt-line.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware } from '../hardware-parts.ts';

/** Mistakes of the interrupt controller. */
export const HW_IRQ_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-irq-001-edges-are-counted',
    mistake: 'every edge is a delivery of its own, however close they come',
    breaks: ['HW-IRQ-001'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          private owed = 0;

          protected override become(latencyNs: number): void {
            if (this.isPending.value) this.owed += 1;
            super.become(latencyNs);
          }

          protected override end(): void {
            if (this.owed > 0) this.isPending.set(true);
            this.owed = Math.max(0, this.owed - 1);
            super.end();
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-001-level-comes-once',
    mistake: 'a level that still stands at the end of its interrupt does not come again',
    breaks: ['HW-IRQ-001'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override end(): void {
            this.isInService.set(false);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-001-level-is-remembered',
    mistake: 'a level that was taken back comes all the same',
    breaks: ['HW-IRQ-001'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override become(latencyNs: number): void {
            const { type, asserts } = this.options;
            if (type === 'edge' || asserts?.() === true) super.become(latencyNs);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-002-at-once',
    mistake: 'an interrupt takes no time',
    breaks: ['HW-IRQ-002'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override deliver(): void {
            super.deliver(0);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-002-only-when-idle',
    mistake: 'an interrupt waits until the task on its processor has come to its end',
    breaks: ['HW-IRQ-002'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override deliver(latencyNs: number): void {
            const runs = this.world.tasks.some(
              ({ cpu, pending }) => cpu === this.cpu && pending !== null,
            );
            if (!runs) super.deliver(latencyNs);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-002-one-latency',
    mistake: 'every interrupt takes the same time',
    breaks: ['HW-IRQ-002'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override latencyNs(): number {
            return super.latencyNs(0);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-003-forgets',
    mistake: 'an edge while the line is masked is lost',
    breaks: ['HW-IRQ-003'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override become(latencyNs: number): void {
            if (!this.isMasked.get()) super.become(latencyNs);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-003-mask-does-nothing',
    mistake: 'what is on its way when the line is masked is delivered',
    breaks: ['HW-IRQ-003'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override unlatch(): void {
            // It has left the controller.
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-003-lossy-remembers',
    mistake: 'a controller that loses masked edges does not',
    breaks: ['HW-IRQ-003'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override become(latencyNs: number): void {
            super.become(latencyNs);
            this.isPending.set(true);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-004-two-processors',
    mistake: 'a line that was sent elsewhere is delivered there while its handler runs',
    breaks: ['HW-IRQ-004'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override canDeliver(): boolean {
            return this.isPending.get() && !this.isMasked.get() && !this.isLatched.get();
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-004-one-at-a-time',
    mistake: 'while one handler runs, no other line is delivered on any processor',
    breaks: ['HW-IRQ-004'],
    install: (types) =>
      withHardware(types, {
        InterruptController: class extends types.hardware.InterruptController {
          private readonly onlyCpu = super.ownCpu(0);

          override ownCpu(): Cpu {
            return this.onlyCpu;
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-004-task-goes-on',
    mistake: 'the task of a processor goes on while a handler runs there',
    breaks: ['HW-IRQ-004'],
    install: (types) =>
      withHardware(types, {
        InterruptController: class extends types.hardware.InterruptController {
          override laneFor(line: InterruptLine): Task {
            return super.laneFor(line, this.ownCpu(line.number));
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-005-forgets-latched',
    mistake: 'synchronising does not wait for a delivery that is on its way',
    breaks: ['HW-IRQ-005'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override hasSettled(): boolean {
            return !this.isInService.value;
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-005-forgets-running',
    mistake: 'synchronising does not wait for the handler that runs',
    breaks: ['HW-IRQ-005'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override hasSettled(before: number | null): boolean {
            const { isLatched, deliveries } = this;
            return before === null || !isLatched.value || deliveries.value !== before;
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-005-free-goes-on',
    mistake: 'a driver that frees its interrupt does not wait for its handler',
    breaks: ['HW-IRQ-005'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          override *release(): KernelTask<void> {
            yield* this.mask();
            this.handler = null;
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-006-handler-is-a-task',
    mistake: 'handlers run like tasks, and may sleep',
    breaks: ['HW-IRQ-006'],
    install: (types) =>
      withHardware(types, {
        InterruptController: class extends types.hardware.InterruptController {
          override laneFor(line: InterruptLine, cpu: Cpu): Task {
            const index = 2 ** 19 + line.number;
            return this.world.addLane(line.label, index, 'process', cpu);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-007-elsewhere',
    mistake: 'interrupts go to a processor that does nothing else, wherever they were sent',
    breaks: ['HW-IRQ-007'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          override routeTo(): void {
            // Somebody else will take it.
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-007-everywhere',
    mistake: 'a processor without interrupts delays those of all',
    breaks: ['HW-IRQ-007'],
    install: (types) =>
      withHardware(types, {
        InterruptController: class extends types.hardware.InterruptController {
          override ownCpu(number: number): Cpu {
            return this.world.cpus.at(-1) ?? super.ownCpu(number);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-008-never-lost',
    mistake: 'no assertion is ever lost',
    breaks: ['HW-IRQ-008'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override lose(): void {
            this.become(this.latencyNs(0));
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-008-late-is-lost',
    mistake: 'an interrupt that is late does not come at all',
    breaks: ['HW-IRQ-008'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override become(latencyNs: number): void {
            if (latencyNs < this.controller.options.lateInterruptNs) super.become(latencyNs);
          }
        },
      }),
  }),
  fault({
    id: 'hw-irq-008-in-order',
    mistake: 'no interrupt overtakes one of another line',
    breaks: ['HW-IRQ-008'],
    install: (types) =>
      withHardware(types, {
        InterruptLine: class extends types.hardware.InterruptLine {
          protected override deliver(latencyNs: number): void {
            const others = this.controller.lines.map(({ latched }) => latched?.alarm.dueNs ?? 0);
            const { valueNs } = this.world.clock;
            super.deliver(Math.max(latencyNs, ...others.map((dueNs) => dueNs - valueNs)));
          }
        },
      }),
  }),
];
