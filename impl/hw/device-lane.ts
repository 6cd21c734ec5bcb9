import { Access, type Gate, type KernelTask } from '../kernel/access.ts';
import type { KernelObject } from '../kernel/object.ts';
import type { Task } from '../kernel/task.ts';
import type { World } from '../kernel/world.ts';

/** Lanes of the machine are numbered; those of hardware come after those of store buffers. */
const HARDWARE_LANE = 16_384;
/** So many lanes one device may have. */
const LANES_OF_DEVICE = 16;

/** What a lane does: from its start on, for ever or until the device is idle again. */
export type LaneBody = () => KernelTask<void>;

/**
 * Something of a device that goes on by itself beside the processors: an engine, a bus. It is a
 * task of the world with a processor of its own, so that everything that can be said of tasks can
 * be said of it. It waits for a gate or for a time, and that is no deadlock.
 */
export class DeviceLane {
  readonly task: Task;
  readonly world: World;

  /** `number`: which lane of that device. */
  constructor(device: KernelObject, name: string, deviceNumber: number, number: number) {
    this.world = device.world;
    const index = HARDWARE_LANE + deviceNumber * LANES_OF_DEVICE + number;
    this.task = this.world.addLane(name, index, 'process');
    this.task.isNatures = true;
  }

  /** `body` begins now, up to its first access. */
  start(body: LaneBody): void {
    this.task.idleAt ??= this.task.alarm.access;
    this.task.start(body());
  }

  /** An access that waits for `gate`: to be built once. */
  waitFor(place: KernelObject, verb: string, gate: Gate): Access {
    return new Access('wait', 'once', place, '', verb, gate);
  }

  /**
   * Waits for a gate, at the head of the lane's loop: what the lane has seen decides nothing, but
   * for what it says.
   */
  *idle(access: Access, ...live: readonly number[]): KernelTask<void> {
    const { task } = this;
    task.forget(...live);
    task.idleAt = access;
    yield access;
    task.idleAt = task.alarm.access;
  }

  /** At the head of a loop that waits for times only. */
  forget(...live: readonly number[]): void {
    this.task.forget(...live);
  }

  /** Works for so long, unless somebody `wake`s it. */
  *work(ns: number): KernelTask<void> {
    const { clock } = this.world;
    yield* clock.waitUntil(clock.valueNs + ns);
  }

  workUntil(dueNs: number, periodNs: number = 0): KernelTask<void> {
    return this.world.clock.waitUntil(dueNs, periodNs);
  }

  /** Ends its work early: it goes on now, and looks at what has changed. */
  wake(): void {
    this.world.clock.wake(this.task);
  }

  /**
   * Does `count` equal pieces of work that take `stepNs` each; `piece` does one, and may not let
   * anybody else go on, ask nature, or wait. False from it ends the burst. Each piece is a step.
   * But where time is discrete and nobody could do anything between some of them, because nobody
   * can run and nothing else is due before, these are one step: the only order that there is.
   */
  *burst(count: number, stepNs: number, piece: (index: number) => boolean): KernelTask<number> {
    const { clock } = this.world;
    for (let index = 0; index < count;) {
      yield clock.arrange(clock.valueNs + stepNs);
      clock.arrive();
      const end = this.unobserved(count - index, stepNs, this.world.isIdleStep);
      for (let done = 0; done < end; done += 1) {
        if (done > 0) clock.reach(clock.valueNs + stepNs);
        if (!piece(index)) return index;
        index += 1;
      }
    }
    return count;
  }

  /** The same, for pieces that take no time of their own. The first one is the head of a step. */
  *instant(count: number, piece: (index: number) => boolean): KernelTask<number> {
    const { clock } = this.world;
    for (let index = 0; index < count;) {
      if (index > 0) {
        yield clock.arrange(clock.valueNs);
        clock.arrive();
      }
      const end = this.unobserved(count - index, 0, this.world.isIdleStep);
      for (let done = 0; done < end; done += 1) {
        if (!piece(index)) return index;
        index += 1;
      }
    }
    return count;
  }

  /**
   * How many of `count` pieces nobody could come between. The step that begins now is the first.
   * `isAlone`: it is known already that nobody else can run.
   */
  private unobserved(count: number, stepNs: number, isAlone: boolean): number {
    if (count === 1) return 1;
    const { valueNs } = this.world.clock;
    const aheadNs = this.horizonNs(isAlone) - valueNs;
    if (aheadNs <= 0) return 1;
    return stepNs === 0 ? count : Math.min(count, Math.ceil(aheadNs / stepNs));
  }

  /**
   * Before this time nobody but the lane can do anything: what it does until then may be one step,
   * if it neither lets anybody go on, nor asks nature, nor waits. Now, or earlier, where somebody
   * could come in between. A function of the world alone, and not of who watches it, so that a run
   * is the same under all eyes.
   */
  horizonNs(isAlone: boolean = false): number {
    const { world, task } = this;
    const { clock } = world;
    if (clock.mode === 'free' || decidesNature(world)) return clock.valueNs;
    if (!isAlone && !areOthersAtRest(world, task)) return clock.valueNs;
    return clock.nextBesides(task);
  }
}

function decidesNature(world: World): boolean {
  return world.hardwareFaultsLeft > 0 || world.whims.some((whim) => whim.count() > 0);
}

/** Nobody else could make a step now. */
function areOthersAtRest(world: World, lane: Task): boolean {
  for (const task of world.tasks) if (world.isRunnable(task)) return false;
  for (const other of world.lanes) if (other !== lane && world.isRunnable(other)) return false;
  return true;
}
