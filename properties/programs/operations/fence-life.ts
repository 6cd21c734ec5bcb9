import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ENABLE_SIGNAL, SIGNALED, TIMESTAMP } from '../../../impl/dma-buf/fence-flags.ts';
import type { FenceOps } from '../../../impl/dma-buf/fence-ops.ts';
import { SpinLock } from '../../../impl/kernel/spinlock.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { MockIssuer } from '../mock-issuer.ts';
import { type Arguments, defineOperations } from '../operation.ts';

/** The names of the flags that are set, in the order of their bits. */
function flagNames(bits: number): string {
  const names = [
    [SIGNALED, 'SIGNALED'],
    [TIMESTAMP, 'TIMESTAMP'],
    [ENABLE_SIGNAL, 'ENABLE_SIGNAL'],
  ] as const;
  const set = names.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  return set.length === 0 ? '0' : set.join('|');
}

/** Every word of a fence in one line. It is no access: programs use it where nobody else runs. */
function inspect(fence: DmaFence): string {
  looksAt(fence);
  const { references, flags, error, callbacks, context, seqno, ops, lock } = fence;
  const isOwnLock = ops instanceof MockIssuer && lock === ops.lock;
  return [
    `references ${references.value}`,
    `flags ${flagNames(flags.bits)}`,
    `error ${error.value}`,
    `callbacks ${callbacks.value.length}`,
    `context ${context}`,
    `seqno ${seqno}`,
    `lock ${isOwnLock ? 'own' : lock.label}`,
    `ops ${ops instanceof MockIssuer ? ops.label : ops.getDriverName(fence)}`,
  ].join(', ');
}

/** Ops of which parts are missing, as a careless driver hands them over. */
function incomplete(environment: Environment, args: Arguments): void {
  const { stack } = environment;
  const world = stack.world;
  const place = new MockIssuer(stack, {
    enable: 'absent',
    signaled: 'absent',
    release: 'absent',
    deadline: false,
    is64Bit: false,
  });
  const lacks = args.text('lacks');
  const name = (): string => 'bare';
  const parts: Partial<FenceOps> = {
    ...(lacks === 'driverName' ? {} : { getDriverName: name }),
    ...(lacks === 'timelineName' ? {} : { getTimelineName: name }),
  };
  // What C lets a driver pass, TypeScript does not: the casts stand for that.
  const ops = (lacks === 'ops' ? null : parts) as FenceOps;
  const lock = (
    lacks === 'lock' ? null : new SpinLock(place, 'bareLock', '&bare->lock')
  ) as SpinLock;
  environment.ownFence(new stack.types.DmaFence(stack, ops, lock, world.steps, 1n));
}

defineOperations([
  {
    name: 'context.alloc',
    parameters: ['count'],
    *run(environment, args) {
      return yield* environment.stack.fences.contextAlloc(args.number('count'));
    },
  },
  {
    name: 'inspect.fence',
    parameters: ['fence'],
    *run(environment, args) {
      return inspect(environment.fence(args.text('fence')));
    },
  },
  {
    name: 'fence.createLacking',
    parameters: ['lacks'],
    *run(environment, args) {
      incomplete(environment, args);
      return null;
    },
  },
  {
    // One lockless look, for which a read section is enough.
    name: 'rcu.look',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).flags.test(SIGNALED);
    },
  },
  {
    name: 'fence.free',
    parameters: ['fence'],
    *run(environment, args) {
      environment.fence(args.text('fence')).free();
      return null;
    },
  },
  {
    name: 'fence.getRcu',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const isTaken = yield* fence.getRcu();
      if (isTaken) environment.ownFence(fence);
      return isTaken;
    },
  },
  {
    name: 'rcu.readLock',
    parameters: [],
    *run(environment) {
      environment.stack.world.rcu.readLock();
      return null;
    },
  },
  {
    name: 'rcu.readUnlock',
    parameters: [],
    *run(environment) {
      environment.stack.world.rcu.readUnlock();
      return null;
    },
  },
  {
    name: 'stub.get',
    parameters: [],
    *run(environment, _args, out) {
      const stub = yield* environment.stack.stubs.getStub();
      environment.bind(out, stub);
      environment.ownFence(stub);
      return null;
    },
  },
  {
    name: 'stub.allocate',
    parameters: ['timestampNs'],
    *run(environment, args, out) {
      const timestampNs = args.number('timestampNs');
      const stub = yield* environment.stack.stubs.allocatePrivateStub(timestampNs);
      if (stub === null) return 'NULL';
      environment.bind(out, stub);
      environment.ownFence(stub);
      return null;
    },
  },
]);
