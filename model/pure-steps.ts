import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type ExecutableActionObject,
} from 'xstate';

/** An event of any machine. */
interface AnyEvent {
  readonly type: string;
}

/**
 * The steps of one machine, as XState makes them. Its `transition` does the same, but makes an
 * actor for each step, which costs more than the step; no machine of the model spawns or sends
 * anything, so one actor, which is never started, serves them all.
 */
export class PureSteps {
  private readonly machine: AnyStateMachine;
  private readonly scope: AnyActorScope;
  private actions: ExecutableActionObject[] = [];

  constructor(machine: AnyStateMachine) {
    this.machine = machine;
    const self = createActor(machine);
    this.scope = {
      self,
      id: '',
      sessionId: '',
      system: self.system,
      logger: nothing,
      defer: nothing,
      emit: nothing,
      stopChild: nothing,
      actionExecutor: (action) => this.actions.push(action),
    };
  }

  /** The snapshot behind an allowed event, and the actions on the way, which nobody executes. */
  step(
    before: AnyMachineSnapshot,
    event: AnyEvent,
  ): readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]] {
    this.actions = [];
    const after = this.machine.transition(before, event, this.scope);
    return [after, this.actions];
  }
}

function nothing(): void {}
