import type { AccessOrder, Place } from '../../impl/kernel/access.ts';
import { EVERY_FIELD, type Footprint, type TouchKind } from '../../impl/kernel/footprint.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import { type Clock, Clocks } from './race-clocks.ts';
import { describe, type FieldMarks, PlaceMarks, READ, wayOf, WRITE } from './race-marks.ts';
import { RACE_EXPECTED } from './race-rule.ts';

/**
 * A data race as one run shows it, by vector clocks: two accesses that race (`race-rule.ts`) and
 * that nothing orders, whether or not they came close. It hears of everything that a step touches,
 * so also of fields that are read and written behind a lock.
 *
 * What orders: a lock, from its release to its next owner; a release to a later acquire of the same
 * field, and atomic operations both ways; so a wake-up, work, a timer, a reference that is given
 * back; a grace period, from the end of each reader to the free; interrupts that are kept out. Set-up and
 * teardown are ordered with everything. A later store without an order does not take the order of
 * an earlier release away: that misses races and invents none.
 *
 * A free is a plain write of every field, as KCSAN asserts it: it races even with taking a lock. It
 * comes behind what a test of a bit has shown to be over, since the allocator releases what it gets:
 * so `dma_fence_is_signaled` is enough to free what the fence was about, and not to read it.
 */
export class RacesJudge implements Judge, Footprint {
  readonly name = 'races';
  private readonly findings: Finding[] = [];
  private readonly places = new Map<Place, PlaceMarks>();
  /** The place that was touched last is mostly touched again. */
  private place: Place | null = null;
  private marks: PlaceMarks = new PlaceMarks(false);
  private world: World | null = null;
  private clocks: Clocks | null = null;
  private task: Task | null = null;
  /** Of the task that runs; null while the boot task does. */
  private clock: Clock | null = null;

  tasksStart(world: World): void {
    this.world = world;
    this.clocks = new Clocks(world);
    world.accesses = this;
  }

  touched(place: Place, field: string, kind: TouchKind, order: AccessOrder): void {
    if (this.world === null) return;
    const task = this.world.current;
    if (task !== this.task) {
      this.clock = this.clocks?.turnTo(task, this.task, this.clock) ?? null;
      this.task = task;
    }
    const { clock } = this;
    if (clock === null) return;
    if (field === EVERY_FIELD) {
      // Whoever reads every field is a debugger.
      if (kind === 'write') this.free(place, task, clock);
      return;
    }
    const { isMemory } = this.marksOf(place);
    const marks = this.marks.of(field);
    if (kind === 'read') {
      // A read that releases is the end of a reader, in front of a grace period.
      if (order === 'acquire' || order === 'full') marks.acquire(clock);
      else if (order === 'once') marks.see(clock);
      if (isMemory) this.note(place, marks, wayOf(READ, order), order, clock, task);
      if (order === 'release') marks.release(clock);
    } else if (kind === 'write') {
      if (order === 'full') marks.acquire(clock);
      if (isMemory) this.note(place, marks, wayOf(WRITE, order), order, clock, task);
      if (order === 'full' || order === 'release') marks.release(clock);
    } else {
      this.lock(marks, kind === 'lock', clock, task);
    }
  }

  /** Locks that keep interrupts out take turns with these, too. */
  private lock(marks: FieldMarks, isTaken: boolean, clock: Clock, task: Task): void {
    const keepsOut = !task.cpu.irqsEnabled && task.context === 'process';
    if (isTaken) {
      marks.acquire(clock);
      if (keepsOut) clock.acquire(clock.interrupts);
    } else {
      // Who frees it before is told of a use after free here.
      marks.note(WRITE, 'release', clock, task);
      if (keepsOut) clock.release(clock.interrupts);
      marks.release(clock);
    }
  }

  private marksOf(place: Place): PlaceMarks {
    if (place === this.place) return this.marks;
    let marks = this.places.get(place);
    if (marks === undefined) {
      marks = new PlaceMarks(place instanceof KernelObject);
      this.places.set(place, marks);
    }
    this.place = place;
    this.marks = marks;
    return marks;
  }

  private note(
    place: Place,
    marks: FieldMarks,
    way: number,
    order: AccessOrder,
    clock: Clock,
    task: Task,
  ): void {
    const { steps } = task.world;
    const rival = marks.note(way, order, clock, task);
    if (rival < 0) return;
    marks.isReported = true;
    this.report(place, marks, rival, describe(task.name, way, order, marks.field, steps), task);
  }

  /** Nobody may still be at it: an access that nothing orders could as well come behind. */
  private free(place: Place, task: Task, clock: Clock): void {
    const marks = this.places.get(place);
    if (marks === undefined) return;
    const { steps } = task.world;
    for (const field of marks.fields) {
      const rival = field.unordered(clock);
      if (rival < 0) continue;
      this.report(place, field, rival, `${task.name}: free at step ${steps}`, task);
      return;
    }
  }

  private report(
    place: Place,
    marks: FieldMarks,
    rival: number,
    second: string,
    { world }: Task,
  ): void {
    const first = marks.describe(rival, world);
    const message = `data race on ${place.label}: ${first}, and ${second}`;
    const { name: judge } = this;
    this.findings.push({ rules: [], judge, message, step: world.steps, expected: RACE_EXPECTED });
  }

  finish(): readonly Finding[] {
    return this.findings;
  }
}
