import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { AnyWaited } from '../../../impl/dma-buf/fence-wait-any.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM, ERESTARTSYS } from '../../../impl/kernel/errno.ts';
import type { World } from '../../../impl/kernel/world.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

type Vector = readonly DmaFence[] | null;

/** What a wait is asked for. */
interface Asked {
  readonly fences: Vector;
  readonly interruptible: boolean;
  readonly timeoutJiffies: number;
}

/** What a sleep is asked for, and what it has around it. */
interface Asleep extends Asked {
  readonly world: World;
  readonly look: () => KernelTask<number>;
}

type Install = (types: StackTypes) => Partial<StackTypes>;

/** Replaces the whole call by `call`, which may go on to the right one. */
function instead(
  call: (asked: Asked, right: () => KernelTask<AnyWaited>) => KernelTask<AnyWaited>,
): Install {
  return (types) => ({
    FenceWaitAny: class extends types.FenceWaitAny {
      override *waitAnyTimeout(
        fences: Vector,
        interruptible: boolean,
        timeoutJiffies: number,
      ): KernelTask<AnyWaited> {
        const right = (): KernelTask<AnyWaited> =>
          super.waitAnyTimeout(fences, interruptible, timeoutJiffies);
        return yield* call({ fences, interruptible, timeoutJiffies }, right);
      }
    },
  });
}

/** Replaces its sleep, behind the registration, by `sleep`, which may go on to the right one. */
function sleeping(
  sleep: (
    asleep: Asleep,
    right: (interruptible?: boolean) => KernelTask<AnyWaited>,
  ) => KernelTask<AnyWaited>,
): Install {
  return (types) => ({
    FenceWaitAny: class extends types.FenceWaitAny {
      override *sleep(
        fences: readonly DmaFence[],
        interruptible: boolean,
        timeoutJiffies: number,
      ): KernelTask<AnyWaited> {
        const right = (mayBreak = interruptible): KernelTask<AnyWaited> =>
          super.sleep(fences, mayBreak, timeoutJiffies);
        const { world } = this.stack;
        const look = (): KernelTask<number> => this.findSignaled(fences);
        return yield* sleep({ fences, interruptible, timeoutJiffies, world, look }, right);
      }
    },
  });
}

/** Replaces how it looks for a fence that has signaled. */
function looking(look: (fences: readonly DmaFence[]) => KernelTask<number>): Install {
  return (types) => ({
    FenceWaitAny: class extends types.FenceWaitAny {
      override *findSignaled(fences: readonly DmaFence[]): KernelTask<number> {
        return yield* look(fences);
      }
    },
  });
}

/** The lowest fence whose flag is set. */
function* lowest(fences: Vector): KernelTask<number> {
  for (const [index, fence] of (fences ?? []).entries()) {
    if (yield* fence.flags.test(SIGNALED)) return index;
  }
  return -1;
}

/** Mistakes about waiting for the first of several fences. */
export const WAIT_ANY_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-075-none-is-timeout',
    mistake: 'a wait for no fence at all times out',
    breaks: ['FENCE-075'],
    install: instead(function* ({ fences }, right) {
      return fences?.length === 0 ? { left: 0, index: -1 } : yield* right();
    }),
  }),
  fault({
    id: 'fence-075-refuses-custom-wait',
    mistake: 'a fence with a custom wait is refused, as the description says',
    breaks: ['FENCE-075'],
    install: instead(function* ({ fences }, right) {
      const isCustom = fences?.some((fence) => fence.ops.wait !== undefined) ?? false;
      return isCustom ? { left: -EINVAL, index: -1 } : yield* right();
    }),
  }),
  fault({
    id: 'fence-075-no-memory',
    mistake: 'a wait without memory for its nodes counts as timed out',
    breaks: ['FENCE-075'],
    install: instead(function* (_asked, right) {
      const waited = yield* right();
      return waited.left === -ENOMEM ? { left: 0, index: -1 } : waited;
    }),
  }),
  fault({
    id: 'fence-076-zero-enables',
    mistake: 'timeout 0 enables signalling before it polls',
    breaks: ['FENCE-076'],
    install: instead(function* ({ fences, timeoutJiffies }, right) {
      if (timeoutJiffies === 0) {
        for (const fence of fences ?? []) yield* fence.enableSwSignaling();
      }
      return yield* right();
    }),
  }),
  fault({
    id: 'fence-076-looks-at-flags-only',
    mistake: 'timeout 0 looks at flags and does not poll',
    breaks: ['FENCE-076'],
    install: instead(function* ({ fences, timeoutJiffies }, right) {
      if (timeoutJiffies > 0) return yield* right();
      const index = yield* lowest(fences);
      return { left: index >= 0 ? 1 : 0, index };
    }),
  }),
  fault({
    id: 'fence-077-enables-all',
    mistake: 'all fences are enabled before the first callback is added',
    breaks: ['FENCE-077'],
    install: instead(function* ({ fences }, right) {
      for (const fence of fences ?? []) yield* fence.enableSwSignaling();
      return yield* right();
    }),
  }),
  fault({
    id: 'fence-077-reports-one',
    mistake: 'a refusal gives 1 instead of the whole timeout',
    breaks: ['FENCE-077'],
    install: instead(function* ({ timeoutJiffies }, right) {
      const waited = yield* right();
      return waited.left === timeoutJiffies ? { ...waited, left: 1 } : waited;
    }),
  }),
  fault({
    id: 'fence-078-highest-index',
    mistake: 'an any-wait reports the highest fence that is signaled',
    breaks: ['FENCE-078'],
    install: looking(function* (fences) {
      for (let index = fences.length - 1; index >= 0; index -= 1) {
        const fence = fences[index];
        if (fence !== undefined && (yield* fence.flags.test(SIGNALED))) return index;
      }
      return -1;
    }),
  }),
  fault({
    id: 'fence-078-polls',
    mistake: 'an any-wait polls the fences where it should look at their flags',
    breaks: ['FENCE-078'],
    install: looking(function* (fences) {
      for (const [index, fence] of fences.entries()) {
        if (yield* fence.isSignaled()) return index;
      }
      return -1;
    }),
  }),
  fault({
    id: 'fence-078-sleeps-before-it-looks',
    mistake: 'an any-wait looks for an interruption before it looks at the fences',
    breaks: ['FENCE-078'],
    install: sleeping(function* ({ interruptible, world }, right) {
      const { sleeper } = world.current;
      const isBroken = interruptible && (yield* sleeper.isSignalPending());
      return isBroken ? { left: -ERESTARTSYS, index: -1 } : yield* right();
    }),
  }),
  fault({
    id: 'fence-078-woken-is-interrupted',
    mistake: 'an interruptible any-wait that is woken with time left was interrupted',
    breaks: ['FENCE-078'],
    install: sleeping(function* ({ interruptible, timeoutJiffies }, right) {
      const waited = yield* right();
      const isWoken = waited.left > 0 && waited.left < timeoutJiffies;
      return interruptible && isWoken ? { left: -ERESTARTSYS, index: -1 } : waited;
    }),
  }),
  fault({
    id: 'fence-078-always-interruptible',
    mistake: 'an any-wait that cannot be interrupted is interrupted',
    breaks: ['FENCE-078'],
    install: sleeping((_asleep, right) => right(true)),
  }),
  fault({
    id: 'fence-079-looks-again',
    mistake: 'an any-wait that was interrupted or timed out looks at the fences once more',
    breaks: ['FENCE-079'],
    install: sleeping(function* ({ look }, right) {
      const waited = yield* right();
      if (waited.left > 0) return waited;
      const index = yield* look();
      return index >= 0 ? { left: 1, index } : waited;
    }),
  }),
  fault({
    id: 'fence-080-leaves-others',
    mistake: 'an any-wait takes back its last node only',
    breaks: ['FENCE-080'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *removeAll(
          fences: readonly DmaFence[],
          nodes: readonly FenceCallback[],
        ): KernelTask<void> {
          const last = Math.max(0, nodes.length - 1);
          yield* super.removeAll(fences.slice(last), nodes.slice(last));
          for (const node of nodes.slice(0, -1)) this.stack.world.memory.free(node);
        }
      },
    }),
  }),
  fault({
    id: 'fence-080-leaves-when-refused',
    mistake: 'after a refusal the nodes that were added before stay where they are',
    breaks: ['FENCE-080'],
    install: (types) => ({
      FenceWaitAny: class extends types.FenceWaitAny {
        override *removeAll(
          fences: readonly DmaFence[],
          nodes: readonly FenceCallback[],
        ): KernelTask<void> {
          const isRefused = nodes.length < fences.length;
          if (!isRefused) return yield* super.removeAll(fences, nodes);
          for (const node of nodes) this.stack.world.memory.free(node);
        }
      },
    }),
  }),
];
