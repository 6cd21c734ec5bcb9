import { DrmDevice } from '../../impl/drm/drm-device.ts';
import { VGEM, VIRTIO_GPU, VKMS } from '../../impl/drm/drm-driver.ts';
import { CMA_DEFAULT_AREA } from '../../impl/exporters/cma-heap.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { INTACT, Stack, type StackTypes } from '../../impl/stack.ts';
import { type Answer, isSameAnswer, Normaliser, recordedAnswer } from './answer.ts';
import type { Call, Operation } from './operation.ts';
import { BUILT_OPERATIONS } from './operations/built.ts';
import type { RecordedOperation, RecordedProgram } from './recording.ts';
import { UserSpace } from './user-space.ts';

/** A program that takes longer runs for ever; the longest one kept takes some 800. Unit: steps. */
const STEPS_MAX = 100_000;

/** Kernels with lock proving have it in their label. */
const LOCK_PROVING = /(^|-)lockdep(-|$)/;

/** One operation of a program, ready to run; `cut` when it is not built. */
export type Step =
  | { readonly kind: 'call'; readonly call: Call; readonly recorded: RecordedOperation }
  | { readonly kind: 'cut'; readonly operation: string };

/** Where the implementation parts from the recording. */
export interface Mismatch {
  /** Number of the operation, from 0; the number of operations for what is found at the end. */
  readonly index: number;
  readonly operation: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** What became of one program. */
export interface Replayed {
  readonly verdict: 'agrees' | 'disagrees' | 'cut';
  /** Operations that were reached and equal. */
  readonly agreed: number;
  readonly reached: number;
  /** The operation that is not built; null unless the program is cut. */
  readonly cutBy: string | null;
  readonly mismatch: Mismatch | null;
}

/** Checks the arguments of every operation that is built; a text says what is wrong. */
export function prepareProgram(
  program: RecordedProgram,
  operations: ReadonlyMap<string, Operation> = BUILT_OPERATIONS,
): readonly Step[] | string {
  const steps: Step[] = [];
  for (const [index, recorded] of program.ops.entries()) {
    const step = prepareStep(recorded, operations);
    if (typeof step === 'string') return `ops.${index}: ${step}`;
    steps.push(step);
  }
  return steps;
}

function prepareStep(
  recorded: RecordedOperation,
  operations: ReadonlyMap<string, Operation>,
): Step | string {
  if (recorded.sub !== undefined && recorded.op !== 'async') {
    return `${recorded.op}: sub belongs to async only`;
  }
  if (recorded.sub === undefined && recorded.op === 'async') {
    return { kind: 'cut', operation: 'async (the recording lacks what it runs)' };
  }
  const built = operations.get(recorded.op);
  if (built === undefined) return { kind: 'cut', operation: recorded.op };
  let sub: Call | null = null;
  if (recorded.sub !== undefined) {
    const inner = operations.get(recorded.sub.op);
    if (inner === undefined) return { kind: 'cut', operation: recorded.sub.op };
    const call = inner.prepare(recorded.sub.args, null);
    if (typeof call === 'string') return call;
    sub = call;
  }
  const call = built.prepare(recorded.args, sub);
  return typeof call === 'string' ? call : { kind: 'call', call, recorded };
}

/** Runs one program and compares every answer; stops at the first difference. */
export class Replay {
  private readonly program: RecordedProgram;
  private readonly steps: readonly Step[];
  private readonly stack: Stack;
  private readonly user: UserSpace;
  private readonly normaliser = new Normaliser();
  private agreed = 0;
  private reached = 0;
  private cutBy: string | null = null;
  private mismatch: Mismatch | null = null;
  private hasEnded = false;

  constructor(program: RecordedProgram, steps: readonly Step[], types: StackTypes = INTACT) {
    this.program = program;
    this.steps = steps;
    // The kernel that proves locks was built with notifications of moves, too.
    const isProving = LOCK_PROVING.test(program.kernel);
    this.stack = new Stack({ lockProving: isProving, moveNotify: isProving }, types);
    this.stack.world.runNow(this.addHeaps());
    const drivers = isProving ? [VGEM, VIRTIO_GPU, VKMS] : [VGEM, VIRTIO_GPU];
    const graphics = drivers.map((driver) => new DrmDevice(this.stack, driver));
    this.user = new UserSpace(this.stack, graphics);
  }

  private *addHeaps(): KernelTask<void> {
    const { heaps, types } = this.stack;
    yield* heaps.add('system', new types.SystemHeap(this.stack));
    yield* heaps.add(CMA_DEFAULT_AREA, new types.CmaHeap(this.stack));
  }

  run(): Replayed {
    const { world } = this.stack;
    this.user.main.start(this.body());
    while (!world.crashed && world.steps < STEPS_MAX) {
      const count = world.enumerate();
      if (count === 0) break;
      world.perform(this.choose(count));
    }
    this.judgeEnd();
    const verdict = this.mismatch !== null ? 'disagrees' : this.cutBy !== null ? 'cut' : 'agrees';
    return {
      verdict,
      agreed: this.agreed,
      reached: this.reached,
      cutBy: verdict === 'cut' ? this.cutBy : null,
      mismatch: this.mismatch,
    };
  }

  /**
   * Whoever runs goes on. Once the program sleeps, everybody else comes first: threads are quick,
   * and what they do after a wake-up is over before the program acts again.
   */
  private choose(count: number): number {
    const { world } = this.stack;
    const { main } = this.user;
    if (world.current === main) return 0;
    const other = world.choiceTasks.findIndex((task) => task !== main);
    return other < 0 || other >= count ? 0 : other;
  }

  private *body(): KernelTask<void> {
    for (const step of this.steps) {
      if (step.kind === 'cut') {
        this.cutBy = step.operation;
        break;
      }
      this.reached += 1;
      this.user.main.beginCall();
      const got = this.normaliser.answer(yield* step.call(this.user));
      if (!this.compare(step.recorded, got)) break;
      this.agreed += 1;
    }
    yield* this.user.exit();
    this.hasEnded = true;
  }

  private compare(recorded: RecordedOperation, got: Answer): boolean {
    const expected = recordedAnswer(recorded);
    if (isSameAnswer(expected, got)) return true;
    this.mismatch = { index: this.reached - 1, operation: recorded.op, expected, got };
    return false;
  }

  /** What the recording does not say but every run must keep: no complaint, an end, no leak. */
  private judgeEnd(): void {
    if (this.mismatch !== null) return;
    const { world } = this.stack;
    const complaint = world.violations[0];
    if (complaint !== undefined) {
      this.differ('no complaint of the kernel', `${complaint.kind}: ${complaint.message}`);
    } else if (!this.hasEnded) {
      const isEndless = world.steps >= STEPS_MAX;
      this.differ('an answer', isEndless ? `none within ${STEPS_MAX} steps` : 'blocked for ever');
    } else {
      this.judgeLeft();
    }
  }

  private judgeLeft(): void {
    const left = this.stack.world.memory.live().filter((object) => !object.isStatic);
    const buffers = left.filter((object) => object.kind === 'dmaBuf').length;
    const others = left.filter((object) => object.kind !== 'dmaBuf');
    if (buffers !== this.program.bufs_left && this.cutBy === null) {
      this.differ(`${this.program.bufs_left} buffers left`, `${buffers} buffers left`);
    } else if (others.length > 0) {
      this.differ('nothing left', others.map((object) => object.label).join(', '));
    }
  }

  private differ(expected: string, got: string): void {
    const isDone = this.agreed === this.reached;
    const index = isDone ? this.reached : this.reached - 1;
    const operation = isDone ? 'end of the program' : (this.program.ops[index]?.op ?? '');
    this.mismatch = { index, operation, expected, got };
  }
}
