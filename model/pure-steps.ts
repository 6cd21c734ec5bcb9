import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type ExecutableActionObject,
  getNextTransitions,
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
  /** By where a machine is: the types of events that some transition from there names. */
  private readonly named = new Map<string, ReadonlySet<string>>();

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

  /** Whether an event is allowed. Most are named by no transition at all, and need no closer look. */
  can(before: AnyMachineSnapshot, event: AnyEvent): boolean {
    const place = JSON.stringify(before.value);
    let named = this.named.get(place);
    if (named === undefined) {
      named = new Set(getNextTransitions(before).map(({ eventType }) => eventType));
      this.named.set(place, named);
    }
    return (named.has(event.type) || named.has('*')) && before.can(event);
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
