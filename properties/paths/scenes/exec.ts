import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { DrmExec } from '../../../impl/drm/exec/drm-exec.ts';
import { initExec } from '../../../impl/drm/exec/drm-execs.ts';
import { LocalObject } from '../../../impl/drm/exec/local-object.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { isDecisive } from './decisive.ts';
import { interrupt } from './nature.ts';

const OWNER = 'owner';
const ELDER = 'elder';

const FLAGS: readonly number[] = [0, 3];
const OBJECTS: readonly number[] = [0, 1, 2, 3];
/** Those that somebody older has, in the beginning. */
const TAKEN: readonly number[] = [2, 3];

const LOCK: readonly EventName[] = [
  ...(['lock', 'lock.contended', 'lock.already', 'lock.interrupted', 'lock.failed'] as const),
  ...(['prelock', 'prelock.interrupted', 'claim', 'claim.failed'] as const),
];
const PASS: readonly EventName[] = ['open', 'again', 'close', 'unlock', 'drop'];

/** A transaction, objects that share reservations two by two, and somebody older who wants them. */
class ExecScene extends Scene {
  readonly kind = 'exec';
  override readonly callers = [OWNER, ELDER];
  readonly operations: readonly Operation[];
  private exec: DrmExec | null = null;
  private elder: WwAcquireContext | null = null;
  private objects: readonly LocalObject[] = [];
  private twins: readonly LocalObject[] = [];

  /** `room`: how many objects the list has memory for in the beginning. */
  constructor(stack: Stack, room: number) {
    super(stack);
    this.operations = [
      {
        name: 'prepare',
        emits: [],
        by: ELDER,
        isQuiet: true,
        body: () => (this.elder === null ? this.prepare() : null),
      },
      ...FLAGS.map((flags) => this.init(flags, room)),
      this.owner('pass', PASS, (exec) => exec.cleanup()),
      ...OBJECTS.flatMap((number) => this.operationsOn(number)),
      this.owner('nothing', ['prelock', 'prelock.interrupted'], (exec) => exec.prepareArray([], 1)),
      this.owner('fini', ['unlock', 'drop', 'fini'], (exec) => this.fini(exec)),
      interrupt(stack.world),
    ];
  }

  private *prepare(): KernelTask<void> {
    const { stack } = this;
    const elder = new stack.types.WwAcquireContext(stack.reservationClass);
    yield* elder.init();
    const objects = OBJECTS.map(() => new LocalObject(stack));
    const twins: LocalObject[] = [];
    for (const object of objects) twins.push(yield* LocalObject.create(stack, object));
    for (const number of TAKEN) yield* objects[number]?.resv.acquire(elder) ?? nothing();
    this.objects = objects;
    this.twins = twins;
    this.elder = elder;
  }

  private init(flags: number, room: number): Operation {
    const run = function* (this: ExecScene): KernelTask<void> {
      this.exec = yield* initExec(this.stack, flags, room);
      this.subject = this.exec;
    };
    return {
      name: `init ${flags}`,
      emits: ['init'],
      by: OWNER,
      stops: [],
      isStarved: room === 0,
      body: () => (this.elder === null || this.subject !== null ? null : run.call(this)),
    };
  }

  private *fini(exec: DrmExec): KernelTask<void> {
    this.exec = null;
    yield* exec.fini();
  }

  private operationsOn(number: number): Operation[] {
    const object = (): LocalObject | null => this.objects[number] ?? null;
    const twin = (): LocalObject | null => this.twins[number] ?? null;
    const locks = (name: string, named: () => LocalObject | null): Operation =>
      this.owner(`${name} ${number}`, LOCK, (exec) => {
        const one = named();
        return one === null ? null : exec.lockObj(one);
      });
    return [
      locks('lock', object),
      { ...locks('lock starved', object), isStarved: true },
      { ...locks('lock interrupted', object), isInterrupted: true },
      locks('lock twin', twin),
      this.owner(`unlock ${number}`, ['remove'], (exec) => {
        const one = object();
        return one !== null && exec.objects.value.includes(one) ? exec.unlockObj(one) : null;
      }),
      ...(TAKEN.includes(number) ? this.elders(number) : []),
    ];
  }

  private elders(number: number): Operation[] {
    const resv = (): DmaResv | null => this.objects[number]?.resv ?? null;
    const isElders = (): boolean => resv()?.lock.context.value === this.elder;
    return [
      this.stranger(`take ${number}`, () =>
        this.elder === null || isElders()
          ? null
          : (resv()?.acquireInterruptible(this.elder) ?? null),
      ),
      this.stranger(`give ${number}`, () =>
        this.elder !== null && isElders() ? (resv()?.release() ?? null) : null,
      ),
    ];
  }

  private owner(
    name: string,
    emits: readonly EventName[],
    body: (exec: DrmExec) => KernelTask<unknown> | null,
  ): Operation {
    return { name, emits, by: OWNER, body: () => (this.exec === null ? null : body(this.exec)) };
  }

  private stranger(name: string, body: () => KernelTask<unknown> | null): Operation {
    return { name, emits: [], by: ELDER, isQuiet: true, body };
  }

  override stopsBefore(access: Access): boolean {
    return super.stopsBefore(access) || isDecisive(access);
  }
}

function scene(room: number, execClaimsByName: boolean): SceneKind {
  return {
    kind: 'exec',
    liveMax: 2,
    asleepMax: 2,
    isSurrounded: true,
    world: { execClaimsByName },
    set: (stack) => new ExecScene(stack, room),
  };
}

/** Lists that are full at once or later; what is locked ahead is taken up by its name as well. */
export const EXEC_SCENES: readonly SceneKind[] = [
  ...[0, 1, 2].map((room) => scene(room, false)),
  scene(1, true),
];

function* nothing(): KernelTask<void> {}
