import type { DmaFenceArray } from '../../../impl/dma-buf/dma-fence-array.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import { EIO } from '../../../impl/kernel/errno.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

const CHILDREN = [0, 1];
const POLLS_MAX = 2;
const COUNT: readonly EventName[] = ['record', 'countDown', 'queueWork'];
/** What others see of children and of the array's own fence before the array itself speaks. */
const STOPS: ReadonlySet<EventName> = new Set(['signal', 'poll', 'enable']);
const DONE: readonly EventName[] = ['clearError', 'complete', 'free'];

/** An array of up to two fences. */
class ArrayScene extends Scene {
  readonly kind = 'array';
  private array: DmaFenceArray | null = null;
  /** The program's reference; null once it was dropped. */
  private base: DmaFence | null = null;
  private readonly children: readonly DmaFence[];
  private readonly isAny: boolean;
  private polls = 0;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init', 'init.any'], stops: [], body: () => this.init() },
    ...CHILDREN.map((child): Operation => ({
      name: `signal ${child}`,
      emits: COUNT,
      begins: [],
      isQuiet: true,
      body: () => this.pending(child)?.signal() ?? null,
    })),
    ...CHILDREN.map((child): Operation => ({
      name: `fail ${child}`,
      emits: COUNT,
      begins: [],
      isQuiet: true,
      body: () => this.fail(child),
    })),
    {
      name: 'arm',
      emits: ['arm', 'watch', 'refuse', 'countDown.inline', 'armed', 'record', ...DONE],
      begins: ['arm'],
      body: () => this.arm(),
    },
    {
      name: 'poll',
      emits: ['poll', ...DONE],
      begins: ['poll', 'clearError'],
      isQuiet: true,
      body: () => this.poll(),
    },
    { name: 'put', emits: ['free'], stops: [], body: () => this.drop() },
  ];

  constructor(stack: Stack, count: number, isAny: boolean) {
    super(stack);
    const issuer = new Issuer(stack, 'absent', true);
    this.isAny = isAny;
    this.children = CHILDREN.slice(0, count).map((child) => issuer.issue(child + 1, 1));
  }

  private init(): KernelTask<void> | null {
    return this.array === null ? this.create() : null;
  }

  private *create(): KernelTask<void> {
    for (const child of this.children) yield* child.get();
    this.array = yield* this.stack.arrays.create(this.children, 9, 1n, this.isAny);
    this.base = this.array?.base ?? null;
  }

  private fail(number: number): KernelTask<void> | null {
    const child = this.pending(number);
    return child === null ? null : failing(child);
  }

  /** Whoever uses the array has a reference. */
  private with(run: (base: DmaFence) => KernelTask<unknown>): KernelTask<void> | null {
    return this.base === null ? null : using(this.base, run);
  }

  private pending(number: number): DmaFence | null {
    const child = this.children[number];
    return child === undefined || (child.flags.bits & SIGNALED) !== 0 ? null : child;
  }

  /** Arming a second time does nothing, and two polls tell as much as many. */
  private arm(): KernelTask<void> | null {
    const isArmed = ((this.base?.flags.bits ?? 0) & ENABLE_SIGNAL) !== 0;
    return isArmed ? null : this.with((base) => base.enableSwSignaling());
  }

  private poll(): KernelTask<void> | null {
    return this.polls === POLLS_MAX ? null : this.with((base) => this.count(base));
  }

  private *count(base: DmaFence): KernelTask<void> {
    this.polls += 1;
    yield* base.isSignaled();
  }

  private drop(): KernelTask<void> | null {
    return this.base === null ? null : this.forget(this.base);
  }

  private *forget(base: DmaFence): KernelTask<void> {
    this.base = null;
    yield* base.put();
  }

  /** The signal of the array's own fence is its completion. */
  override translate(event: WorldEvent): ModelEvent | null {
    const { object, name, result } = event;
    const isOwn = this.array !== null && object === this.array.base;
    if (isOwn && name === 'signal' && result === 0) return { type: 'complete' };
    return super.translate(event);
  }

  /** Children are seen signaled before their callbacks run, and polled one after the other. */
  override stopsAfter({ object, name }: WorldEvent): boolean {
    return object.kind === 'fence' && STOPS.has(name);
  }

  /** A poll that has not seen a child yet may be out of date by the time that it looks. */
  override stopsBefore(access: Access): boolean {
    const isLook = access.verb === 'test' && this.children.some((child) => child === access.place);
    return isLook || super.stopsBefore(access);
  }
}

function* failing(child: DmaFence): KernelTask<void> {
  yield* child.setError(-EIO);
  yield* child.signal();
}

function* using(base: DmaFence, run: (base: DmaFence) => KernelTask<unknown>): KernelTask<void> {
  yield* base.get();
  yield* run(base);
  yield* base.put();
}

/** One scene for each number of children, and for each mode. */
export const ARRAY_SCENES: readonly SceneKind[] = [0, 1, 2].flatMap((count) =>
  [false, true].map((isAny) => ({
    kind: 'array' as const,
    liveMax: 5,
    asleepMax: 0,
    isSurrounded: true,
    world: {},
    set: (stack: Stack) => new ArrayScene(stack, count, isAny),
  })),
);
