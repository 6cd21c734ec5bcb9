import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import { TASK_RUNNING } from '../../../impl/kernel/task-state.ts';
import type { WwAlgorithm, WwClass } from '../../../impl/kernel/ww-class.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { WwMutex } from '../../../impl/kernel/ww-mutex.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { interrupt } from './nature.ts';
import { isDecisive } from './decisive.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const OWNER = 'owner';
const ELDER = 'elder';
const OTHER = 'other';

/** Stamps that were given out before. */
const STAMPS = 14;

/** Two mutexes, the context that takes them, an older one that wants them, and one without any. */
class WwContextScene extends Scene {
  readonly kind = 'wwContext';
  override readonly callers = [OWNER, ELDER, OTHER];
  readonly operations: readonly Operation[];
  private wwClass: WwClass | null = null;
  private elder: WwAcquireContext | null = null;
  private context: WwAcquireContext | null = null;
  /** What the older context holds all the time. */
  private kept: WwMutex | null = null;
  private mutexes: readonly WwMutex[] = [];

  constructor(stack: Stack) {
    super(stack);
    this.operations = [
      this.prepare('wait-die'),
      this.prepare('wound-wait'),
      {
        name: 'init',
        emits: ['init.waitDie', 'init.woundWait'],
        by: OWNER,
        stops: [],
        body: () => (this.elder === null || this.subject !== null ? null : this.init()),
      },
      ...[0, 1].flatMap((number) => this.operationsOn(number)),
      this.owner('lock kept', ['clear', 'kill'], (context) =>
        context.isDone ? null : (this.kept?.lock(context) ?? null),
      ),
      this.owner('done', ['done'], (context) => this.plainly(() => context.done())),
      this.owner('fini', ['fini'], (context) => this.fini(context)),
      { name: 'wake', emits: [], body: () => this.wake() },
      interrupt(stack.world),
    ];
  }

  /** The older context has a mutex for itself: who holds nothing wounds nobody. */
  private prepare(algorithm: WwAlgorithm): Operation {
    const run = function* (this: WwContextScene): KernelTask<void> {
      const { WwAcquireContext: Context, WwClass: Class, WwMutex: Mutex } = this.stack.types;
      this.wwClass = new Class(this.stack.world, 'class', algorithm);
      // The stamp of the other context is one of those that are hit at once.
      this.wwClass.stamps.initialize(STAMPS);
      const elder = new Context(this.wwClass);
      yield* elder.init();
      this.kept = new Mutex(this.wwClass);
      yield* this.kept.lock(elder);
      this.mutexes = [new Mutex(this.wwClass), new Mutex(this.wwClass)];
      this.elder = elder;
    };
    return {
      name: algorithm,
      emits: [],
      by: ELDER,
      isQuiet: true,
      body: () => (this.wwClass === null ? run.call(this) : null),
    };
  }

  private *init(): KernelTask<void> {
    if (this.wwClass === null) return;
    this.context = new this.stack.types.WwAcquireContext(this.wwClass);
    this.subject = this.context;
    yield* this.context.init();
  }

  private operationsOn(number: number): Operation[] {
    const mutex = (): WwMutex | null => this.mutexes[number] ?? null;
    const isHeldWith = (context: WwAcquireContext | null): boolean =>
      mutex()?.context.value === context;
    const begins: readonly EventName[] = ['clear', 'acquire', 'kill'];
    return [
      {
        ...this.owner(`lock ${number}`, [...begins, 'inject', 'drop', 'wound'], (context) =>
          context.isDone || isHeldWith(context) ? null : (mutex()?.lock(context) ?? null),
        ),
        begins,
      },
      this.owner(`trylock ${number}`, ['clear', 'acquire'], (context) =>
        context.isDone || isHeldWith(context) ? null : (mutex()?.trylock(context) ?? null),
      ),
      this.owner(`unlock ${number}`, ['drop'], (context) =>
        isHeldWith(context) ? (mutex()?.unlock() ?? null) : null,
      ),
      this.stranger(ELDER, `want ${number}`, ['wound'], () =>
        this.elder === null || isHeldWith(this.elder)
          ? null
          : (mutex()?.lockInterruptible(this.elder) ?? null),
      ),
      this.stranger(ELDER, `leave ${number}`, [], () =>
        this.elder !== null && isHeldWith(this.elder) ? (mutex()?.unlock() ?? null) : null,
      ),
      this.stranger(OTHER, `take ${number}`, [], () =>
        mutex()?.holder === null ? (mutex()?.lock() ?? null) : null,
      ),
      this.stranger(OTHER, `give ${number}`, [], () =>
        mutex()?.holder?.name === OTHER ? (mutex()?.unlock() ?? null) : null,
      ),
    ];
  }

  private owner(
    name: string,
    emits: readonly EventName[],
    body: (context: WwAcquireContext) => KernelTask<unknown> | null,
  ): Operation {
    return {
      name,
      emits,
      by: OWNER,
      body: () => (this.context === null ? null : body(this.context)),
    };
  }

  private stranger(
    by: string,
    name: string,
    emits: readonly EventName[],
    body: () => KernelTask<unknown> | null,
  ): Operation {
    return { name, emits, by, isQuiet: true, body };
  }

  private *plainly(act: () => void): KernelTask<void> {
    act();
  }

  private *fini(context: WwAcquireContext): KernelTask<void> {
    this.context = null;
    context.fini();
  }

  private wake(): KernelTask<void> | null {
    const owner = this.stack.world.tasks.find(({ name }) => name === OWNER);
    return owner === undefined || owner.state === TASK_RUNNING ? null : owner.sleeper.wakeUp();
  }

  override translate(event: WorldEvent): ModelEvent | null {
    return event.object === this.subject ? this.take(event) : null;
  }

  override stopsBefore(access: Access): boolean {
    // The holder may be giving the mutex up while it is being wounded.
    const isWound = access.verb === 'write' && access.field === 'wounded';
    return super.stopsBefore(access) || isWound || isDecisive(access);
  }
}

function scene(wwInjection: boolean): SceneKind {
  return {
    kind: 'wwContext',
    liveMax: 3,
    asleepMax: 2,
    isSurrounded: true,
    world: { wwInjection },
    set: (stack) => new WwContextScene(stack),
  };
}

/** With and without failures that come from nowhere. */
export const WW_CONTEXT_SCENES: readonly SceneKind[] = [scene(false), scene(true)];
