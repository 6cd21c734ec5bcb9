import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_WRITE,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import type { ModelEvent } from '../../../model/lifecycle.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';
import { interrupt } from './nature.ts';

const TIMEOUT_JIFFIES = 5;
const WAIT: readonly EventName[] = ['wait.done', 'wait.timedOut', 'wait.interrupted'];

/** Events that put a fence somewhere. */
const STORES: ReadonlySet<EventName> = new Set(['add', 'replace', 'copy.take']);

/** Context and seqno of each fence. */
const FENCES = [
  [1, 1],
  [1, 2],
  [2, 1],
] as const;

/** A reservation object, one task that locks it, and others that look at it. */
export class ResvScene extends Scene {
  readonly kind = 'resv';
  protected resv: DmaResv | null = null;
  protected readonly fences: readonly DmaFence[];
  readonly operations: readonly Operation[];

  constructor(stack: Stack, known: readonly (readonly [number, number])[] = FENCES) {
    super(stack);
    const issuer = new Issuer(stack, 'absent', false);
    this.fences = known.map(([context, seqno]) => issuer.issue(context, seqno));
    this.operations = [
      {
        name: 'init',
        emits: ['init'],
        stops: [],
        body: () => (this.resv === null ? this.create() : null),
      },
      this.held('lock', 'lock', (resv) => resv.acquire()),
      this.held('unlock', 'unlock', (resv) => resv.release()),
      this.held('reserve', 'reserve', (resv) => resv.reserveFences(1)),
      {
        ...this.held('reserveStarved', 'reserve.failed', (resv) => resv.reserveFences(1)),
        isStarved: true,
      },
      ...this.fences.flatMap((fence, number) => [
        this.held(`add ${number} w`, 'add', (resv) => resv.addFence(fence, DMA_RESV_USAGE_WRITE)),
        this.held(`add ${number} b`, 'add', (resv) =>
          resv.addFence(fence, DMA_RESV_USAGE_BOOKKEEP),
        ),
        {
          name: `signal ${number}`,
          emits: ['fenceSignaled'] as const,
          stops: [],
          body: () => fence.signal(),
        },
      ]),
      ...this.askers(),
      { ...this.on('fini', ['fini'], (resv) => resv.fini()), isEnd: () => true },
      interrupt(stack.world),
      ...this.besides(stack),
    ];
  }

  /** Who asks without the lock. */
  protected askers(): readonly Operation[] {
    return [
      this.on('test', ['test'], (resv) => resv.testSignaled(DMA_RESV_USAGE_BOOKKEEP)),
      {
        ...this.on('look', WAIT, (resv) => resv.waitTimeout(DMA_RESV_USAGE_KERNEL, false, 1)),
        answers: WAIT,
      },
      {
        ...this.on('wait', WAIT, (resv) =>
          resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, true, TIMEOUT_JIFFIES),
        ),
        answers: WAIT,
      },
    ];
  }

  /** What else is done with the object. */
  protected besides(_stack: Stack): readonly Operation[] {
    return [];
  }

  private *create(): KernelTask<void> {
    this.resv = new this.stack.types.DmaResv(this.stack);
  }

  protected on(
    name: string,
    emits: readonly EventName[],
    run: (resv: DmaResv) => KernelTask<unknown>,
  ): Operation {
    return { name, emits, stops: [], body: () => (this.resv === null ? null : run(this.resv)) };
  }

  /** What only the holder of the lock does. */
  protected held(
    name: string,
    event: EventName,
    run: (resv: DmaResv) => KernelTask<unknown>,
  ): Operation {
    return { ...this.on(name, [event], run), answers: [event], isSession: true };
  }

  override translate(event: WorldEvent): ModelEvent | null {
    const number = this.fences.findIndex((fence) => fence === event.object);
    if (number < 0) return super.translate(event);
    const isSignal = this.subject !== null && event.name === 'signal' && event.result === 0;
    return isSignal ? { type: 'fenceSignaled', fence: number } : null;
  }

  protected override take(event: WorldEvent): ModelEvent | null {
    const { name, detail, subject } = event;
    // Here fences signal as a whole, and the machine has been told.
    if (name === 'slotSignaled') return null;
    if (name === 'test') return { type: name };
    // The steps of walks are looked at elsewhere.
    if (name.startsWith('walk.')) return null;
    if (!STORES.has(name)) return super.take(event);
    const fence = this.fences.findIndex((candidate) => candidate === subject);
    const { context, seqno } = this.fences[fence] ?? { context: 0, seqno: 0n };
    return { type: name, detail, fence, context, seqno: Number(seqno) };
  }
}

export function resvScene(lockProving: boolean): SceneKind {
  return {
    kind: 'resv',
    liveMax: 2,
    asleepMax: 1,
    isSurrounded: false,
    world: { time: 'free', lockProving },
    set: (stack) => new ResvScene(stack),
  };
}
