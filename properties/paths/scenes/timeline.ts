import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import { TimelineFile } from '../../../impl/dma-buf/sw-sync.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { File } from '../../../impl/uapi/file.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

const VALUES = [0, 1, 2, 3];
const LAST: readonly EventName[] = ['unlist', 'free'];
const CLOSE: readonly EventName[] = ['close', 'failPoint', ...LAST];

/** One timeline, its descriptor, and one reference per request for a point. */
class TimelineScene extends Scene {
  readonly kind = 'timeline';
  private file: File | null = null;
  private readonly owned: SyncPoint[] = [];

  readonly operations: readonly Operation[] = [
    {
      name: 'open',
      emits: ['open'],
      stops: [],
      body: () => (this.subject === null ? this.open() : null),
    },
    ...VALUES.map((value): Operation => ({
      name: `create ${value}`,
      emits: ['create.pending', 'create.shared', 'create.signaled'],
      stops: [],
      body: () => this.create(value),
    })),
    ...VALUES.map((increment): Operation => ({
      name: `advance ${increment}`,
      emits: ['advance', 'signalPoint', ...LAST],
      begins: ['advance'],
      stops: [],
      body: () => this.request((file) => timelineOf(file).advance(increment)),
    })),
    ...VALUES.slice(1).map((value): Operation => ({
      name: `drop ${value}`,
      emits: LAST,
      begins: ['unlist'],
      stops: [],
      isQuiet: true,
      body: () => this.drop(value),
    })),
    {
      name: 'close',
      emits: CLOSE,
      stops: [],
      body: () => (this.file === null ? null : this.close(this.file)),
    },
  ];

  private *open(): KernelTask<void> {
    this.file = yield* this.stack.swSync.open();
  }

  /** A request holds the file as long as it runs. */
  private request(run: (file: File) => KernelTask<void>): KernelTask<void> | null {
    return this.file === null ? null : withFile(this.file, run);
  }

  /** Two references tell as much as many. */
  private create(value: number): KernelTask<void> | null {
    const owned = this.owned.filter(({ base }) => base.seqno === BigInt(value));
    return owned.length < 2 ? this.request((file) => this.keep(file, value)) : null;
  }

  private *keep(file: File, value: number): KernelTask<void> {
    const timeline = timelineOf(file);
    const point = yield* timeline.createPoint(value);
    if (point === null) return;
    if (timeline.list.value.includes(point)) this.owned.push(point);
    else yield* point.base.put();
  }

  private drop(value: number): KernelTask<void> | null {
    const point = this.owned.find(({ base }) => base.seqno === BigInt(value));
    return point === undefined ? null : this.disown(point);
  }

  private *disown(point: SyncPoint): KernelTask<void> {
    this.owned.splice(this.owned.indexOf(point), 1);
    yield* point.base.put();
  }

  private *close(file: File): KernelTask<void> {
    this.file = null;
    yield* file.put();
  }

  /** A point whose count is 0 is still on the list until its release has the lock. */
  override stopsAfter({ name }: WorldEvent): boolean {
    return name === 'put.last';
  }
}

function timelineOf({ ops }: File): TimelineFile['timeline'] {
  if (ops instanceof TimelineFile) return ops.timeline;
  throw new Error(`${ops.name} is no timeline`);
}

function* withFile(file: File, run: (file: File) => KernelTask<void>): KernelTask<void> {
  yield* file.get();
  yield* run(file);
  yield* file.put();
}

export const TIMELINE_SCENE: SceneKind = {
  kind: 'timeline',
  liveMax: 4,
  asleepMax: 0,
  isSurrounded: true,
  world: {},
  set: (stack) => new TimelineScene(stack),
};
