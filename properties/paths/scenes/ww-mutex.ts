import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../../../impl/kernel/task-state.ts';
import type { Task } from '../../../impl/kernel/task.ts';
import type { WwAlgorithm } from '../../../impl/kernel/ww-class.ts';
import type { WwClass } from '../../../impl/kernel/ww-class.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { WwMutex } from '../../../impl/kernel/ww-mutex.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { wwMutexMachine } from '../../../model/machines/ww-mutex.ts';
import { isDecisive } from './decisive.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const LOCK: readonly EventName[] = [
  ...(['take', 'take.plain', 'publish', 'queue', 'queue.plain', 'askHandOff', 'pickUp'] as const),
  ...(['leave', 'unflag', 'lock.already', 'lock.deadlock', 'lock.interrupted'] as const),
];
const LOCK_BEGINS: readonly EventName[] = [
  ...(['take', 'take.plain', 'queue', 'queue.plain', 'lock.already', 'lock.deadlock'] as const),
];
const FAILS: readonly EventName[] = ['lock.already', 'lock.deadlock', 'lock.interrupted'];

const { take } = wwMutexMachine({ callers: [] });

/** One of those who come for the mutex. */
interface Caller {
  readonly name: string;
  readonly hasContext: boolean;
}

/** One mutex, and tasks that come for it, with contexts that hold another mutex each, or without. */
class WwMutexScene extends Scene {
  readonly kind = 'wwMutex';
  override readonly callers: readonly string[];
  readonly operations: readonly Operation[];
  private readonly known: readonly Caller[];
  private mutex: WwMutex | null = null;
  private readonly contexts = new Map<string, WwAcquireContext>();

  constructor(stack: Stack, known: readonly Caller[]) {
    super(stack);
    this.known = known;
    this.callers = known.map(({ name }) => name);
    this.operations = [
      this.init('init.waitDie', 'wait-die'),
      this.init('init.woundWait', 'wound-wait'),
      ...known.flatMap((caller) => this.operationsOf(caller)),
      {
        name: 'probe',
        emits: ['trylock.missed'],
        answers: ['trylock.missed'],
        body: () => this.mutex?.trylock() ?? null,
      },
      {
        name: 'destroy',
        emits: ['destroy'],
        body: () => (this.mutex === null ? null : this.destroy(this.mutex)),
        isEnd: () => true,
      },
    ];
  }

  private init(event: 'init.waitDie' | 'init.woundWait', algorithm: WwAlgorithm): Operation {
    const create = function* (this: WwMutexScene): KernelTask<void> {
      const wwClass = new this.stack.types.WwClass(this.stack.world, 'class', algorithm);
      this.mutex = new this.stack.types.WwMutex(wwClass);
    };
    return {
      name: event,
      emits: [event],
      stops: [],
      body: () => (this.subject === null ? create.call(this) : null),
    };
  }

  private *destroy(mutex: WwMutex): KernelTask<void> {
    this.mutex = null;
    mutex.destroy();
  }

  private operationsOf(caller: Caller): Operation[] {
    const { name } = caller;
    const lock = { emits: LOCK, begins: LOCK_BEGINS, answers: FAILS };
    return [
      { ...this.by(caller, 'begin', () => this.begin(caller, true)), emits: [], isQuiet: true },
      { ...this.by(caller, 'bare', () => this.begin(caller, false)), emits: [], isQuiet: true },
      {
        ...this.by(caller, 'lock', (mutex) => this.locks(caller, mutex, false)),
        ...lock,
      },
      {
        ...this.by(caller, 'lockInterruptible', (mutex) => this.locks(caller, mutex, true)),
        ...lock,
      },
      {
        ...this.by(caller, 'unlock', (mutex) =>
          mutex.holder === this.taskOf(name) ? mutex.unlock() : null,
        ),
        emits: ['retract', 'release', 'handOn', 'handOff'],
        begins: ['retract', 'release', 'handOn'],
      },
      this.nature(`wake ${name}`, name, (task) =>
        task.state === TASK_RUNNING ? null : task.sleeper.wakeUp(),
      ),
      this.nature(`interrupt ${name}`, name, (task) =>
        task.state === TASK_INTERRUPTIBLE && !task.signalPending ? task.sleeper.interrupt() : null,
      ),
      this.nature(`wound ${name}`, name, () => this.wound(name)),
    ];
  }

  private by(
    { name }: Caller,
    what: string,
    body: (mutex: WwMutex) => KernelTask<unknown> | null,
  ): Operation {
    return {
      name: `${what} ${name}`,
      emits: [],
      by: name,
      body: () => (this.mutex === null ? null : body(this.mutex)),
    };
  }

  private nature(
    name: string,
    caller: string,
    body: (task: Task) => KernelTask<unknown> | null,
  ): Operation {
    return { name, emits: [], body: () => body(this.taskOf(caller)) };
  }

  private taskOf(name: string): Task {
    const found = this.stack.world.tasks.find((task) => task.name === name);
    if (found === undefined) throw new Error(`there is no task ${name}`);
    return found;
  }

  /** Somebody older waits for another mutex that its context holds. */
  private wound(name: string): KernelTask<void> | null {
    const context = this.contexts.get(name);
    const canBe = context !== undefined && !context.isWaitDie && context.wounded.value === 0;
    return canBe ? context.wound() : null;
  }

  /** Stamps are given out in the order of the callers. */
  private begin({ name, hasContext }: Caller, holds: boolean): KernelTask<void> | null {
    const next = this.known.find((one) => one.hasContext && !this.contexts.has(one.name));
    if (!hasContext || next?.name !== name || this.mutex === null) return null;
    return this.beginWith(name, this.mutex.wwClass, holds);
  }

  private *beginWith(name: string, wwClass: WwClass, holds: boolean): KernelTask<void> {
    const { WwAcquireContext, WwMutex } = this.stack.types;
    const context = new WwAcquireContext(wwClass);
    yield* context.init();
    // Who holds nothing never has to back off.
    if (holds) yield* new WwMutex(wwClass).lock(context);
    this.contexts.set(name, context);
  }

  private locks(
    { name, hasContext }: Caller,
    mutex: WwMutex,
    isInterruptible: boolean,
  ): KernelTask<unknown> | null {
    const context = this.contexts.get(name) ?? null;
    const holds = mutex.holder === this.taskOf(name);
    // Without a context it would wait for itself.
    if (hasContext === (context === null) || (holds && context === null)) return null;
    return isInterruptible ? mutex.lockInterruptible(context) : mutex.lock(context);
  }

  override stopsBefore(access: Access): boolean {
    return super.stopsBefore(access) || isDecisive(access);
  }

  protected override take({ name, result, detail, task }: WorldEvent): ModelEvent | null {
    return take({ name, result, detail, by: task.index });
  }
}

/** The mutex with callers as the scope of its machine writes them: `1:1 2:none`. */
export function wwMutexScene(callers: string): SceneKind {
  const known = callers.split(' ').map((text, number) => ({
    name: 'ABC'.charAt(number),
    hasContext: !text.endsWith(':none'),
  }));
  return {
    kind: 'wwMutex',
    liveMax: 3,
    asleepMax: 2,
    isSurrounded: true,
    world: {},
    set: (stack) => new WwMutexScene(stack, known),
  };
}
