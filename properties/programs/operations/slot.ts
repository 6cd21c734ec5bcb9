import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { looksAt } from '../looks-at.ts';
import type { Environment } from '../environment.ts';
import { FenceSlot, nameOf, SlabFence } from '../fence-slot.ts';
import { MockIssuer } from '../mock-issuer.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';

function slotOf(environment: Environment, args: Arguments): FenceSlot {
  return environment.find(args.text('slot'), FenceSlot);
}

function fenceOrNull(environment: Environment, args: Arguments): DmaFence | null {
  return args.has('fence') ? environment.fence(args.text('fence')) : null;
}

/** The slot takes over the program's reference. */
function* publish(environment: Environment, args: Arguments): KernelTask<Result> {
  const fence = fenceOrNull(environment, args);
  if (fence !== null) environment.disown(fence);
  const before = yield* slotOf(environment, args).replace(fence);
  if (before !== null) yield* before.put();
  return null;
}

/** A lookup in a read section of its own. Gives the name of what it found. */
function* getSafe(environment: Environment, args: Arguments): KernelTask<Result> {
  const { world, fences } = environment.stack;
  world.rcu.readLock();
  const fence = yield* fences.getRcuSafe(slotOf(environment, args).slot);
  world.rcu.readUnlock();
  if (fence !== null) environment.ownFence(fence);
  return nameOf(fence);
}

/** Slots that hold a fence and are read without a lock. */
defineOperations([
  {
    name: 'slot.create',
    parameters: ['fence'],
    *run(environment, args, out) {
      const fence = fenceOrNull(environment, args);
      const slot = new FenceSlot(environment.stack, fence);
      environment.bind(out, slot);
      if (fence !== null) environment.disown(fence);
      environment.own(slot, function* () {
        const last = yield* slot.replace(null);
        if (last !== null) yield* last.put();
      });
      return null;
    },
  },
  { name: 'slot.publish', parameters: ['slot', 'fence'], run: publish },
  { name: 'slot.getSafe', parameters: ['slot'], run: getSafe },
  {
    // The lookup as a careless caller makes it: without a read section.
    name: 'slot.getUnsafe',
    parameters: ['slot'],
    *run(environment, args) {
      const { fences } = environment.stack;
      const fence = yield* fences.getRcuSafe(slotOf(environment, args).slot);
      if (fence !== null) environment.ownFence(fence);
      return nameOf(fence);
    },
  },
  {
    name: 'slab.create',
    parameters: [],
    *run(environment, _args, out) {
      const { stack } = environment;
      const issuer = new MockIssuer(stack, {
        enable: 'absent',
        signaled: 'absent',
        release: 'absent',
        deadline: false,
        is64Bit: false,
      });
      const fence = new SlabFence(stack, issuer, issuer.lock, 0, 0n);
      fence.isStatic = true;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return null;
    },
  },
  {
    // The memory of a dead fence becomes another fence, which the program owns.
    name: 'slab.recycle',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.find(args.text('fence'), SlabFence);
      looksAt(fence);
      if (fence.references.value > 0) return false;
      fence.recycle();
      environment.ownFence(fence);
      return true;
    },
  },
]);
