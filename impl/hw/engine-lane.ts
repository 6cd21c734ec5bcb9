import { Access, type Gate, type KernelTask } from '../kernel/access.ts';
import type { KernelObject } from '../kernel/object.ts';
import { DeviceLane } from './device-lane.ts';

/** A device that does one step after the other, each at its time. */
export interface Engine extends KernelObject {
  /** It has a step to do. */
  readonly isWorking: boolean;
  /** When it does its next step. Unit: nanoseconds since boot. */
  readonly dueNs: number;
  /** It does the same again and again, each time after so long; 0: it does not. */
  readonly periodNs: number;
  /** How its next step can go wrong: so many outcomes besides the right one. */
  readonly mishaps: number;
  /** So many steps of one kind come next, each `repeatNs` after the one before. */
  readonly repeats: number;
  readonly repeatNs: number;
  /** Does its next step. `outcome`: 0, or the number of a mishap. */
  step(outcome: number): KernelTask<void>;
  /** Does one of equal steps at once; false: it has to wait for something, and has done nothing. */
  repeat(): boolean;
}

/** Lanes before it are those of registers and of writes; see `Device`. */
const ENGINE_LANE = 4;

/** One step of an engine: nature may have more than one outcome for it. */
class Step extends Access {
  private readonly engine: Engine;

  constructor(engine: Engine, gate: Gate) {
    super('wait', 'full', engine, 'engine', 'let work', gate);
    this.engine = engine;
  }

  override get alternatives(): number {
    return this.engine.isWorking ? 1 + this.engine.mishaps : 1;
  }
}

/** What lets an engine work: a lane of its own beside all processors. */
export class EngineLane implements Gate {
  readonly blockedBy = 'it has nothing to do';
  readonly lane: DeviceLane;
  private readonly engine: Engine;
  private readonly acts: Step;

  constructor(engine: Engine, name: string, deviceNumber: number) {
    this.engine = engine;
    this.acts = new Step(engine, this);
    this.lane = new DeviceLane(engine, name, deviceNumber, ENGINE_LANE);
    this.lane.start(() => this.run());
  }

  ready(): boolean {
    return this.engine.isWorking;
  }

  /** The next step comes at another time than it was to come. */
  hurry(): void {
    this.lane.wake();
  }

  private *run(): KernelTask<void> {
    const { lane, engine } = this;
    const { clock } = lane.world;
    for (;;) {
      lane.forget();
      if (this.canRepeat) {
        yield* lane.burst(engine.repeats, engine.repeatNs, this.repeat);
      } else if (engine.isWorking && engine.dueNs > clock.valueNs) {
        yield clock.arrange(engine.dueNs, engine.periodNs);
        clock.arrive();
      } else {
        yield* lane.idle(this.acts);
        if (!this.isEarly) yield* engine.step(lane.world.alternative);
        continue;
      }
      if (!this.isEarly && engine.mishaps === 0) yield* engine.step(0);
    }
  }

  private get canRepeat(): boolean {
    const { engine } = this;
    if (engine.repeats <= 1 || engine.mishaps > 0) return false;
    return engine.dueNs === this.lane.world.clock.valueNs + engine.repeatNs;
  }

  /** It was told to look, and its time has not come. */
  private get isEarly(): boolean {
    const { engine } = this;
    return !engine.isWorking || engine.dueNs > this.lane.world.clock.valueNs;
  }

  /** One of equal steps. Something else comes next when it took longer, or was the last one. */
  private readonly repeat = (): boolean => {
    const { engine } = this;
    if (this.isEarly || !engine.repeat()) return false;
    return engine.repeats > 0 && engine.dueNs === this.lane.world.clock.valueNs + engine.repeatNs;
  };
}
