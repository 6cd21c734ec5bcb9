import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Alarm } from '../../../impl/kernel/alarm.ts';
import type { Timer } from '../../../impl/kernel/clock.ts';
import type { Task } from '../../../impl/kernel/task.ts';
import type { PageNumber } from '../../../impl/hw/physical-memory.ts';
import { PAGE_LINES } from '../../../impl/hw/platform-options.ts';
import type { Token } from '../../../impl/hw/token.ts';
import { type Fault, fault } from '../fault.ts';
import { withHardware, withWorld } from '../hardware-parts.ts';

/** Mistakes of virtual time, and of what happens in it. */
export const HW_TIME_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-time-001-steps-take-time',
    mistake: 'what a device does takes a nanosecond more than it was arranged for',
    breaks: ['HW-TIME-001'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override reach(ns: number): void {
            super.reach(ns + 1);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-001-goes-back',
    mistake: 'what comes late sets the clock to when it was due',
    breaks: ['HW-TIME-001'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override reach(ns: number): void {
            super.reach(ns);
            this.ns = ns;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-001-microseconds',
    mistake: 'time is counted in microseconds',
    breaks: ['HW-TIME-001'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override reach(ns: number): void {
            super.reach(Math.ceil(ns / 1000) * 1000);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-002-first-only',
    mistake: 'of what is due together only the first can be next',
    breaks: ['HW-TIME-002'],
    install: (types) =>
      withWorld(types, {
        Alarms: class extends types.world.Alarms {
          override first(): readonly Task[] {
            return super.first().slice(0, 1);
          }
        },
        Clock: class extends types.world.Clock {
          override isDue(alarm: Alarm): boolean {
            return super.isDue(alarm) && this.alarms.list[0] === alarm;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-002-newest-first',
    mistake: 'of what is due together the last that was arranged comes first',
    breaks: ['HW-TIME-002'],
    install: (types) =>
      withWorld(types, {
        Alarms: class extends types.world.Alarms {
          override first(): readonly Task[] {
            return super.first().toReversed();
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-003-discrete-races',
    mistake: 'time passes while tasks can run, though it should only jump',
    breaks: ['HW-TIME-003'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override isDue(alarm: Alarm): boolean {
            return super.isDue(alarm) || this.alarms.isFirst(alarm);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-003-free-waits',
    mistake: 'time waits for tasks, though it should race with them',
    breaks: ['HW-TIME-003'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override isDue(alarm: Alarm): boolean {
            return alarm.dueNs <= this.ns;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-004-early',
    mistake: 'a timer fires a jiffy before its time',
    breaks: ['HW-TIME-004'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          override arm(timer: Timer): void {
            super.arm(timer);
            const at = this.timers.indexOf(timer);
            const early = {
              label: timer.label,
              expires: timer.expires - 1,
              run: () => timer.run(),
            };
            this.timers.splice(at, 1, early);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-004-cancel-says-yes',
    mistake: 'cancelling says that a timer was pending which had fired',
    breaks: ['HW-TIME-004'],
    install: (types) =>
      withHardware(types, {
        KernelTimer: class extends types.hardware.KernelTimer {
          override *cancel(): KernelTask<boolean> {
            yield* super.cancel();
            return true;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-004-does-not-wait',
    mistake: 'cancelling synchronously does not wait for a function that runs',
    breaks: ['HW-TIME-004'],
    install: (types) =>
      withHardware(types, {
        KernelTimer: class extends types.hardware.KernelTimer {
          override *cancelSync(): KernelTask<boolean> {
            return yield* this.cancel();
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-004-any-delay',
    mistake: 'a timer may be late by more than a tick',
    breaks: ['HW-TIME-004'],
    install: (types) =>
      withWorld(types, {
        Clock: class extends types.world.Clock {
          protected override expiryNs(slackNs: number): number {
            return slackNs === 0 ? super.expiryNs(0) : Infinity;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-004-fires-again',
    mistake: 'a timer that has fired is armed again',
    breaks: ['HW-TIME-004'],
    install: (types) =>
      withHardware(types, {
        KernelTimer: class extends types.hardware.KernelTimer {
          private times = 0;

          override *run(): KernelTask<void> {
            yield* super.run();
            this.times += 1;
            if (this.times < 3) yield* this.arm(this.world.clock.now + 1);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-005-lines-are-secret',
    mistake: 'steps do not say which lines of memory they read and write',
    breaks: ['HW-TIME-005'],
    install: (types) =>
      withHardware(types, {
        PhysicalMemory: class extends types.hardware.PhysicalMemory {
          protected override touch(): void {
            // Nobody has to know.
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-006-never-over',
    mistake: 'what comes again for ever keeps a run going',
    breaks: ['HW-TIME-006'],
    install: (types) =>
      withWorld(types, {
        Alarms: class extends types.world.Alarms {
          protected override isOver(): boolean {
            return false;
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-006-too-soon',
    mistake: 'a run is over as soon as only what comes again is left',
    breaks: ['HW-TIME-006'],
    install: (types) =>
      withWorld(types, {
        Alarms: class extends types.world.Alarms {
          protected override isOver(): boolean {
            return this.list.length > 0 && this.list.every(({ periodNs }) => periodNs > 0);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-007-reads-are-no-steps',
    mistake: 'a read of a line is part of the step before it',
    breaks: ['HW-TIME-007'],
    install: (types) =>
      withHardware(types, {
        CpuMapping: class extends types.hardware.CpuMapping {
          override *read(line: number): KernelTask<Token> {
            return this.platform.memory.read(pageOf(this.pages, line), line % PAGE_LINES);
          }
        },
      }),
  }),
  fault({
    id: 'hw-time-007-writes-are-no-steps',
    mistake: 'a write of a line is part of the step before it',
    breaks: ['HW-TIME-007'],
    install: (types) =>
      withHardware(types, {
        CpuMapping: class extends types.hardware.CpuMapping {
          override *write(line: number, token: Token): KernelTask<void> {
            this.platform.memory.write(pageOf(this.pages, line), line % PAGE_LINES, token);
          }
        },
      }),
  }),
];

function pageOf(pages: readonly PageNumber[], line: number): PageNumber {
  return pages[Math.floor(line / PAGE_LINES)] ?? 0;
}
