import { World, type WorldOptions } from '../../impl/kernel/world.ts';
import type { Execution, Subject } from './subject.ts';

/** One run of tasks that no program has made. */
class BareExecution implements Execution {
  readonly world: World;
  readonly choices: number[] = [];

  constructor(options: WorldOptions) {
    this.world = new World(options);
  }

  perform(choice: number, count: number): void {
    if (count > 1) this.choices.push(choice);
    this.world.perform(choice);
  }

  /** The world is all there is. */
  visitState(): void {}

  end(): void {}
}

/** Tasks of kernel code and nothing around them: what the engines themselves are tried on. */
export class BareSubject implements Subject {
  private readonly build: (world: World) => void;
  private readonly options: WorldOptions;

  /** `build` starts the tasks in a fresh world. */
  constructor(build: (world: World) => void, options: WorldOptions = {}) {
    this.build = build;
    this.options = options;
  }

  start(): Execution {
    const execution = new BareExecution(this.options);
    this.build(execution.world);
    return execution;
  }
}
