import type { Access } from '../../impl/kernel/access.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import { RefinementJudge } from '../judges/refinement.ts';
import type { Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';
import { LookWatch } from './look-watch.ts';
import { ScreenWatch } from './screen-watch.ts';
import { WaitWatch } from './wait-watch.ts';

/** Sees in a run what a trace does not hold: machines, locks, waits, frames. It judges nothing. */
export class RunWatch implements Judge {
  readonly name = 'viewer';
  readonly looks: LookWatch = new LookWatch();
  readonly waits: WaitWatch = new WaitWatch();
  readonly screens: ScreenWatch = new ScreenWatch();
  /** Who has made a step, by name. */
  readonly tasks: Map<string, Task> = new Map();
  /** Follows the machines; what it finds is told by the judge that is asked for it. */
  private readonly machines = new RefinementJudge();
  private isStarted = false;
  private steps = 0;

  constructor() {
    this.machines.tellMachines(this.looks);
  }

  tasksStart(world: World): void {
    this.isStarted = true;
    this.steps = 0;
    this.looks.stepped(world, 0);
    this.waits.begin(world);
  }

  event(event: WorldEvent): void {
    this.machines.event(event);
    this.screens.event(event.object);
    // What happens in a step is told before the step is over.
    this.looks.event(event, this.isStarted ? this.steps + 1 : 0);
  }

  stepped(task: Task, _access: Access, _alternative: number): void {
    if (!this.isStarted) return;
    this.steps += 1;
    this.tasks.set(task.name, task);
    this.looks.stepped(task.world, this.steps);
    this.waits.stepped(task, this.steps);
    this.screens.stepped(this.steps);
  }

  finish(_run: Run): readonly [] {
    return [];
  }
}
