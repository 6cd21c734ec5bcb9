import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_WRITE } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import type { Operation, SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';
import { ResvScene } from './resv.ts';

const REPLACE: readonly EventName[] = ['replace.begin', 'replace', 'replace.end'];
const COPY: readonly EventName[] = [
  'copy.begin',
  'copy.take',
  'copy.restart',
  'copy',
  'copy.failed',
];
const STEPS: readonly EventName[] = ['walk.restart', 'walk.visit', 'walk.done', 'walk.end'];

/** The fences of one context are replaced, by one of its own or of another. */
class ReplacedScene extends ResvScene {
  constructor(stack: Stack) {
    super(stack, [
      [1, 1],
      [2, 1],
    ]);
  }

  protected override askers(): readonly Operation[] {
    return [];
  }

  protected override besides(): readonly Operation[] {
    return this.fences.map((fence, number) => ({
      ...this.held(`replace ${number}`, 'replace.begin', (resv) =>
        resv.replaceFences(1, fence, DMA_RESV_USAGE_WRITE),
      ),
      emits: REPLACE,
      begins: ['replace.begin'],
      stops: REPLACE,
      answers: [],
    }));
  }
}

/** The fences of a second object are copied into it; and readers walk over it. */
class CopiedScene extends ResvScene {
  /** It grows each time that somebody asks for it, so that walks over it begin anew. */
  private readonly source: DmaResv;
  /** It comes with the growth, and is done: walks pass over it. */
  private readonly done: DmaFence;
  /** It is never done, and there is no memory to copy it. */
  private readonly other: DmaFence;
  private growths = 0;
  private isOther = false;

  constructor(stack: Stack) {
    super(stack, [[1, 1]]);
    this.source = new stack.types.DmaResv(stack);
    const issuer = new Issuer(stack, 'absent', false);
    this.done = issuer.issue(8, 1);
    this.other = issuer.issue(9, 1);
  }

  protected override askers(): readonly Operation[] {
    const get = { begins: ['walk.restart'] as const, stops: STEPS };
    return [
      { ...this.on('getFences', [...STEPS, 'getFences'], (resv) => this.give(resv)), ...get },
      {
        ...this.on('getSingleton', [...STEPS, 'getFences', 'getSingleton'], (resv) =>
          this.giveOne(resv),
        ),
        ...get,
      },
    ];
  }

  protected override besides({ resvQueries }: Stack): readonly Operation[] {
    const copy = {
      ...this.held('copy', 'copy.begin', (resv) => resvQueries.copyFences(resv, this.source)),
      emits: COPY,
      begins: ['copy.begin'] as const,
      stops: COPY,
      answers: ['copy', 'copy.failed'] as const,
    };
    const known = { ...copy, body: () => (this.isOther ? null : copy.body()) };
    return [
      known,
      { ...copy, name: 'copyStarved', isStarved: true },
      { ...known, name: 'copyLater', starvedAfter: 'copy.restart' },
      {
        name: 'fill',
        emits: [],
        body: () => (this.growths === 0 ? this.fill(this.fences) : null),
      },
      {
        name: 'fillOther',
        emits: [],
        body: () => (this.growths === 0 ? this.fill([this.other]) : null),
      },
      { name: 'grow', emits: [], body: () => (this.growths === 1 ? this.grow() : null) },
    ];
  }

  private *fill(fences: readonly DmaFence[]): KernelTask<void> {
    this.growths = 1;
    this.isOther = fences.includes(this.other);
    yield* this.source.acquire();
    yield* this.source.reserveFences(1);
    for (const fence of fences) yield* this.source.addFence(fence, DMA_RESV_USAGE_WRITE);
    yield* this.source.release();
  }

  private *grow(): KernelTask<void> {
    this.growths = 2;
    yield* this.done.signal();
    yield* this.source.acquire();
    yield* this.source.reserveFences(1);
    yield* this.source.addFence(this.done, DMA_RESV_USAGE_WRITE);
    yield* this.source.release();
  }

  private *give(resv: DmaResv): KernelTask<void> {
    const found = yield* this.stack.resvQueries.getFences(resv, DMA_RESV_USAGE_BOOKKEEP);
    if (typeof found !== 'number') for (const fence of found) yield* fence.put();
  }

  private *giveOne(resv: DmaResv): KernelTask<void> {
    const found = yield* this.stack.resvQueries.getSingleton(resv, DMA_RESV_USAGE_BOOKKEEP);
    if (found !== null && typeof found !== 'number') yield* found.put();
  }

  override translate(event: WorldEvent): ModelEvent | null {
    return event.object === this.source ? null : super.translate(event);
  }

  protected override take(event: WorldEvent): ModelEvent | null {
    const { name } = event;
    return name.startsWith('walk.') ? { type: name } : super.take(event);
  }

  /** What a walk has polled may signal before it gives it. */
  override stopsAfter({ object, name, task }: WorldEvent): boolean {
    const isWalk = name === 'poll' && task.name !== 'grow' && task.name !== 'fill';
    return isWalk && this.fences.some((fence) => fence === object);
  }
}

/** On which scene the machine with this scope is walked, where that is not the plain one. */
export function rewrittenScene(isCopied: boolean): SceneKind {
  return {
    kind: 'resv',
    liveMax: 2,
    asleepMax: 1,
    isSurrounded: isCopied,
    world: { time: 'free', lockProving: true },
    set: (stack) => (isCopied ? new CopiedScene(stack) : new ReplacedScene(stack)),
  };
}
