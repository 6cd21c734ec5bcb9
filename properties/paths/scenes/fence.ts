import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import { EDEADLK, EIO } from '../../../impl/kernel/errno.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer, type Arming } from './issuer.ts';
import { interrupt } from './nature.ts';

const TIMEOUT_JIFFIES = 5;

const SIGNAL: readonly EventName[] = ['signal', 'stamp'];
const WAIT: readonly EventName[] = ['wait.link', 'wait.unlink', 'wait.done'];

/** What enabling emits, by what the issuer does. */
const ENABLE: Readonly<Record<Arming, readonly EventName[]>> = {
  absent: ['enable'],
  armed: ['enable', 'enableSignaling.armed'],
  refuses: ['enable', 'enableSignaling.refused', ...SIGNAL],
  signals: ['enable', 'enableSignaling.refused', ...SIGNAL],
};
/** After these others can look at the fence while a task is in the middle of something. */
const STOPS: readonly EventName[] = [
  'enable',
  'enableSignaling.armed',
  'enableSignaling.refused',
  'signal',
  'put.last',
  'setError',
];
/** The events that tell what an operation returns. */
const ENDS: readonly EventName[] = ['wait.done', 'wait.timedOut', 'wait.interrupted'];
const ANSWERS: Readonly<Record<string, readonly EventName[]>> = {
  signal: ['signal'],
  addCallback: ['addCallback'],
  removeCallback: ['removeCallback'],
  removeStranger: ['removeCallback'],
  wait: ENDS,
  waitInterruptible: ENDS,
  look: ENDS,
  lookInterrupted: ENDS,
  poll: ['poll'],
  status: ['status'],
};
const PUT: readonly EventName[] = ['put', 'put.last', 'setError', 'free', ...SIGNAL];

/** One fence, and everybody who uses it. */
class FenceScene extends Scene {
  readonly kind = 'fence';
  private readonly issuer: Issuer;
  private fence: DmaFence | null = null;
  private readonly nodes: FenceCallback[] = [];

  readonly operations: readonly Operation[];

  constructor(stack: Stack, arming: Arming) {
    super(stack);
    this.issuer = new Issuer(stack, arming, true);
    this.operations = [
      { name: 'init', emits: ['init'], body: () => (this.fence === null ? this.create() : null) },
      ...this.holders(),
      ...this.issuers(ENABLE[arming]),
      ...this.waiters(),
      this.on('poll', ['poll'], (fence) => fence.isSignaled()),
      this.on('status', ['poll', 'status'], (fence) => fence.getStatus()),
      this.on('timestamp', ['timestamp'], (fence) => fence.timestamp()),
      {
        ...this.on('setDeadline', ['poll', 'setDeadline'], (fence) => fence.setDeadline(1n)),
        begins: ['poll'],
        stops: ['poll'],
      },
    ];
  }

  private holders(): readonly Operation[] {
    return [
      this.on('get', ['get'], (fence) => fence.get()),
      {
        ...this.on('getRcu', ['getRcu.taken', 'getRcu.missed'], (fence) => this.lookUp(fence)),
        isReader: true,
        isQuiet: true,
      },
      {
        ...this.on('put', PUT, (fence) => fence.put()),
        begins: ['put', 'put.last'],
        isEnd: () => this.fence?.references.value === 1,
      },
    ];
  }

  private issuers(enable: readonly EventName[]): readonly Operation[] {
    return [
      { ...this.on('enable', enable, (fence) => fence.enableSwSignaling()), begins: ['enable'] },
      this.on('fail', ['setError'], (fence) => fence.setError(-EIO)),
      this.on('failDead', ['setError'], (fence) => fence.setError(-EDEADLK)),
      {
        ...this.on('signal', SIGNAL, (fence) => fence.signal()),
        begins: ['signal'],
      },
      {
        ...this.on('addCallback', ['addCallback', ...enable], (fence) => this.add(fence)),
        begins: ['addCallback', 'enable'],
      },
      this.on('removeCallback', ['removeCallback'], (fence) => this.remove(fence)),
      this.on('removeStranger', ['removeCallback'], (fence) => this.removeStranger(fence)),
    ];
  }

  private waiters(): readonly Operation[] {
    return [
      {
        ...this.on('wait', [...WAIT, 'wait.timedOut'], (fence) =>
          fence.defaultWait(false, TIMEOUT_JIFFIES),
        ),
        begins: ['wait.link', 'wait.done'],
      },
      {
        ...this.on('waitInterruptible', [...WAIT, 'wait.interrupted'], (fence) =>
          fence.defaultWait(true, MAX_SCHEDULE_TIMEOUT),
        ),
        begins: ['wait.link', 'wait.done'],
      },
      this.on('look', ['wait.done', 'wait.timedOut'], (fence) => fence.defaultWait(false, 0)),
      {
        ...this.on('lookInterrupted', ['wait.interrupted'], (fence) => fence.defaultWait(true, 0)),
        isInterrupted: true,
      },
      interrupt(this.stack.world),
    ];
  }

  private *create(): KernelTask<void> {
    this.fence = this.issuer.issue(1, 1);
  }

  private on(
    name: string,
    emits: readonly EventName[],
    run: (fence: DmaFence) => KernelTask<unknown> | null,
  ): Operation {
    const isThere = (): boolean => (this.fence?.references.value ?? 0) > 0;
    const body = () => (this.fence === null || !isThere() ? null : run(this.fence));
    // The rest of what is emitted comes at the end, or in the hold of a lock that nobody looks into.
    return { name, emits, answers: ANSWERS[name] ?? [], stops: STOPS, body };
  }

  /** A reader that has found the fence before its end, and asks for it at any time. */
  private *lookUp(fence: DmaFence): KernelTask<void> {
    const { rcu } = this.stack.world;
    rcu.readLock();
    yield* this.pause();
    yield* fence.getRcu();
    rcu.readUnlock();
  }

  private *add(fence: DmaFence): KernelTask<number> {
    const node = new this.stack.types.FenceCallback(this.stack.world, () => this.pause());
    this.nodes.push(node);
    return yield* fence.addCallback(node);
  }

  private remove(fence: DmaFence): KernelTask<unknown> | null {
    const node = this.nodes.find(({ linkedOn }) => linkedOn.value === fence);
    return node === undefined ? null : fence.removeCallback(node);
  }

  /** A node that its owner has initialised and nobody has added. */
  private *removeStranger(fence: DmaFence): KernelTask<boolean> {
    const node = new this.stack.types.FenceCallback(this.stack.world, () => this.pause());
    node.isPrepared.set(true);
    return yield* fence.removeCallback(node);
  }
}

/** One scene for each kind of issuer: a fence has one issuer for life. */
export const FENCE_SCENES: readonly SceneKind[] = (
  ['absent', 'armed', 'refuses', 'signals'] as const
).map((arming) => ({
  kind: 'fence',
  liveMax: 4,
  asleepMax: 2,
  isSurrounded: false,
  world: { time: 'free' },
  set: (stack) => new FenceScene(stack, arming),
}));
