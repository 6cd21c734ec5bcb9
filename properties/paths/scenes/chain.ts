import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';
import { LateIssuer } from './late-issuer.ts';

const CONTAINED = [0, 1, 2];
const POLLS_MAX = 2;
const WALKS_MAX = 2;
const FIRE: readonly EventName[] = ['fire', 'queueWork'];
const COLLECT: readonly EventName[] = ['collect', 'collect.lost'];
/** What others see of contained fences and of the node's own before the node itself speaks. */
const STOPS: ReadonlySet<EventName> = new Set(['signal', 'poll', 'enable']);
const DONE: readonly EventName[] = ['complete', 'unlink', 'free'];

/** A node, alone or behind one or two predecessors. */
class ChainScene extends Scene {
  readonly kind = 'chain';
  /** Contained fences, from the oldest. */
  private readonly contained: readonly DmaFence[];
  /** The last node, once it is there. */
  private node: DmaFenceChain | null = null;
  /** Its predecessors, from the oldest. */
  private readonly before: DmaFenceChain[] = [];
  /** The program's reference; null once it was dropped. */
  private base: DmaFence | null = null;
  private polls = 0;
  private walks = 0;

  readonly operations: readonly Operation[] = [
    { name: 'init', emits: ['init'], stops: [], body: () => this.init() },
    ...CONTAINED.map((number): Operation => ({
      name: `signal ${number}`,
      emits: FIRE,
      begins: [],
      isQuiet: true,
      body: () => this.pending(number)?.signal() ?? null,
    })),
    {
      name: 'arm',
      emits: ['arm', 'watch', 'refuse', 'exhaust', ...COLLECT, ...DONE],
      begins: ['arm'],
      body: () => this.arm(),
    },
    {
      name: 'poll',
      emits: ['poll', ...COLLECT, ...DONE],
      begins: ['poll', ...COLLECT],
      isQuiet: true,
      body: () => this.poll(),
    },
    {
      name: 'walk',
      emits: [...COLLECT, ...DONE],
      begins: COLLECT,
      isQuiet: true,
      body: () => this.walk(),
    },
    { name: 'put', emits: ['unlink', 'free'], stops: [], body: () => this.drop() },
  ];

  /** `isLate`: all but the last of the contained fences are done, and are found so late. */
  constructor(stack: Stack, count: number, isLate: boolean) {
    super(stack);
    const issuer = new Issuer(stack, 'absent', true);
    this.contained = CONTAINED.slice(0, count).map((number) =>
      isLate && number < count - 1
        ? new LateIssuer(stack, number + 1).fence
        : issuer.issue(number + 1, 1),
    );
    for (const contained of this.contained.slice(0, -1)) this.extend(contained);
  }

  /** One more predecessor, which takes over the issuer's own reference. */
  private extend(contained: DmaFence): void {
    const prev = this.before.at(-1);
    const seqno = BigInt(this.before.length + 1);
    const place = { context: 9, seqno, prevSeqno: seqno - 1n };
    const { types } = this.stack;
    const node = new types.DmaFenceChain(this.stack, prev?.base ?? null, contained, place);
    this.before.push(node);
  }

  private init(): KernelTask<void> | null {
    return this.node === null ? this.create() : null;
  }

  private *create(): KernelTask<void> {
    const { chains } = this.stack;
    const contained = this.contained.at(-1);
    const memory = yield* chains.alloc();
    if (memory === null || contained === undefined) return;
    yield* contained.get();
    const prev = this.before.at(-1)?.base ?? null;
    this.node = yield* chains.init(memory, prev, contained, BigInt(this.contained.length));
    this.base = this.node.base;
  }

  /** Whoever uses the node has a reference. */
  private with(run: (base: DmaFence) => KernelTask<unknown>): KernelTask<void> | null {
    return this.base === null ? null : using(this.base, run);
  }

  private pending(number: number): DmaFence | null {
    const fence = this.contained[number];
    if (fence?.ops instanceof LateIssuer) return null;
    return fence === undefined || (fence.flags.bits & SIGNALED) !== 0 ? null : fence;
  }

  /** Arming a second time does nothing, and two polls or walks tell as much as many. */
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

  private walk(): KernelTask<void> | null {
    return this.walks === WALKS_MAX ? null : this.with((base) => this.step(base));
  }

  private *step(base: DmaFence): KernelTask<void> {
    this.walks += 1;
    const { chains, fences } = this.stack;
    yield* fences.put(yield* chains.walk(yield* base.get()));
  }

  private drop(): KernelTask<void> | null {
    return this.base === null ? null : this.forget(this.base);
  }

  private *forget(base: DmaFence): KernelTask<void> {
    this.base = null;
    yield* base.put();
  }

  /** The last node is the one; the signal of its own fence is its completion. */
  override translate(event: WorldEvent): ModelEvent | null {
    const { object, name, result } = event;
    if (this.node !== null && object === this.node.base) {
      return name === 'signal' && result === 0 ? { type: 'complete' } : null;
    }
    return this.before.some((node) => node === object) ? null : super.translate(event);
  }

  /** Contained fences are seen signaled before their callbacks run, and polled one by one. */
  override stopsAfter({ object, name }: WorldEvent): boolean {
    return object.kind === 'fence' && STOPS.has(name);
  }

  /** A poll that has not seen a fence yet may be out of date by the time that it looks. */
  override stopsBefore(access: Access): boolean {
    const isLook = access.verb === 'test' && this.contained.some((one) => one === access.place);
    const isSwap = access.verb === 'update' && access.field === 'prev';
    return isLook || isSwap || super.stopsBefore(access);
  }
}

function* using(base: DmaFence, run: (base: DmaFence) => KernelTask<unknown>): KernelTask<void> {
  yield* base.get();
  yield* run(base);
  yield* base.put();
}

/** How many nodes there are, and whether what is behind the last one is late. */
const SHAPES = [
  ...CONTAINED.map((before) => ({ count: before + 1, isLate: false })),
  { count: CONTAINED.length, isLate: true },
];

/** One scene for each shape of the chain. */
export const CHAIN_SCENES: readonly SceneKind[] = SHAPES.map(({ count, isLate }) => ({
  kind: 'chain' as const,
  liveMax: 4,
  asleepMax: 0,
  isSurrounded: true,
  world: {},
  set: (stack: Stack) => new ChainScene(stack, count, isLate),
}));
