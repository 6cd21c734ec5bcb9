import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import { DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE } from '../../../impl/drm/syncobj-uapi.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Eventfd } from '../../../impl/uapi/eventfd.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Issuer } from './issuer.ts';

/** What those wait for who do not wait for the whole: counters are content with less than tasks. */
const TASK_POINT = 3n;
const COUNTER_POINT = 2n;
const POINTS: readonly bigint[] = [1n, 2n, 3n];

const TOLD: readonly EventName[] = ['wait.told', 'eventfd.told', 'told'];
const REPLACE: readonly EventName[] = [
  'replace.null',
  'replace.plain',
  'replace.timeline',
  'replace.same',
];

/** One object, fences for it, tasks and counters that wait. */
class SyncobjScene extends Scene {
  readonly kind = 'syncobj';
  readonly operations: readonly Operation[];
  private readonly issuer: Issuer;
  private readonly fences: readonly DmaFence[];
  /** Timelines of their own, up to point 1. */
  private timelines: readonly DmaFence[] = [];
  private readonly counter: Eventfd;
  /** Null before it is there, and once its last reference was dropped. */
  private syncobj: Syncobj | null = null;
  /** References that somebody has; who uses the object relies on one of them. */
  private references = 0;
  private users = 0;

  constructor(stack: Stack) {
    super(stack);
    this.issuer = new Issuer(stack, 'absent', false);
    this.fences = [1, 2].map((context) => this.issuer.issue(context, 1));
    this.counter = new Eventfd(stack, 0, 0);
    this.operations = [
      ...this.lifeOperations(),
      ...this.contentOperations(),
      ...this.waitOperations(),
    ];
  }

  private lifeOperations(): Operation[] {
    return [
      {
        name: 'create',
        emits: ['create'],
        body: () => (this.subject === null ? this.create() : null),
      },
      { name: 'get', emits: ['get'], body: () => this.with((syncobj) => this.get(syncobj)) },
      {
        name: 'put',
        emits: ['put', 'put.last', 'replace.null', 'replace.same', 'told', 'eventfd.drop', 'free'],
        begins: ['put', 'put.last'],
        body: () => this.put(),
      },
    ];
  }

  /** Each of two, so that one replaces the other. */
  private contentOperations(): Operation[] {
    const installs = [0, 1].flatMap((index): Operation[] => [
      this.installing(`install fence ${index}`, () => this.fences[index] ?? null),
      this.installing(`install timeline ${index}`, () => this.timelines[index] ?? null),
    ]);
    const points = POINTS.map((point): Operation => ({
      name: `add point ${point}`,
      emits: ['addPoint', ...TOLD],
      begins: ['addPoint'],
      body: () => this.use((syncobj) => this.addPoint(syncobj, point)),
    }));
    return [
      {
        name: 'reset',
        emits: ['replace.null', 'replace.same', ...TOLD],
        begins: ['replace.null', 'replace.same'],
        body: () => this.use((syncobj) => syncobj.replaceFence(null)),
      },
      ...installs,
      ...points,
    ];
  }

  private installing(name: string, fence: () => DmaFence | null): Operation {
    return {
      name,
      emits: [...REPLACE, ...TOLD],
      begins: REPLACE,
      body: () => this.use((syncobj) => syncobj.replaceFence(fence())),
    };
  }

  private waitOperations(): Operation[] {
    const waits = [0n, TASK_POINT].flatMap((point): Operation[] => {
      const emits: readonly EventName[] = ['wait.join', 'wait.leave', 'wait.left'];
      const body = (): KernelTask<unknown> | null =>
        this.use((syncobj) => this.wait(syncobj, point));
      return [
        { name: `wait for ${point}`, emits, begins: ['wait.join'], body },
        {
          name: `wait for ${point} interrupted`,
          emits,
          begins: ['wait.join'],
          isInterrupted: true,
          body,
        },
      ];
    });
    const counters = [0n, COUNTER_POINT].map((point): Operation => ({
      name: `count ${point}`,
      emits: ['eventfd.join', 'eventfd.told', 'told'],
      begins: ['eventfd.join'],
      body: () => this.use((syncobj) => this.count(syncobj, point)),
    }));
    return [...waits, ...counters];
  }

  private with(run: (syncobj: Syncobj) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.syncobj === null ? null : run(this.syncobj);
  }

  private use(run: (syncobj: Syncobj) => KernelTask<unknown>): KernelTask<unknown> | null {
    return this.with((syncobj) => this.using(run(syncobj)));
  }

  private *using(body: KernelTask<unknown>): KernelTask<void> {
    this.users += 1;
    yield* body;
    this.users -= 1;
  }

  private *create(): KernelTask<void> {
    const { chains, syncobjs } = this.stack;
    const timelines: DmaFence[] = [];
    for (const context of [3, 4]) {
      const memory = yield* chains.alloc();
      if (memory === null) continue;
      const contained = this.issuer.issue(context, 1);
      timelines.push((yield* chains.init(memory, null, contained, 1n)).base);
    }
    this.timelines = timelines;
    const made = yield* syncobjs.create(0);
    if (typeof made === 'number') return;
    this.syncobj = made;
    this.references = 1;
  }

  private *get(syncobj: Syncobj): KernelTask<void> {
    this.references += 1;
    yield* syncobj.get();
  }

  /** Who uses the object has a reference. */
  private put(): KernelTask<unknown> | null {
    const isLast = this.references === 1;
    return isLast && this.users > 0 ? null : this.with((syncobj) => this.drop(syncobj));
  }

  private *drop(syncobj: Syncobj): KernelTask<void> {
    this.references -= 1;
    if (this.references === 0) this.syncobj = null;
    yield* syncobj.put();
  }

  private *addPoint(syncobj: Syncobj, point: bigint): KernelTask<void> {
    const memory = yield* this.stack.chains.alloc();
    if (memory === null) return;
    const fence = this.issuer.issue(Number(point) + 4, 1);
    yield* syncobj.addPoint(memory, fence, point);
    yield* fence.put();
  }

  private *wait(syncobj: Syncobj, point: bigint): KernelTask<void> {
    yield* this.stack.syncobjWaits.waitAll({
      syncobjs: [syncobj],
      points: new UserArray([point]),
      flags: DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE,
      timeout: MAX_SCHEDULE_TIMEOUT,
      deadline: null,
    });
  }

  private *count(syncobj: Syncobj, point: bigint): KernelTask<void> {
    const counter = yield* this.counter.get();
    const request = { point, isForAvailable: true };
    yield* syncobj.addEventfd(new this.stack.types.SyncobjEventfd(this.stack, counter, request));
  }
}

export const SYNCOBJ_SCENE: SceneKind = {
  kind: 'syncobj',
  liveMax: 3,
  asleepMax: 2,
  isSurrounded: true,
  world: {},
  set: (stack) => new SyncobjScene(stack),
};
