import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallback } from '../../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { Environment } from '../environment.ts';
import { MockIssuer, type MockOptions } from '../mock-issuer.ts';
import {
  type Arguments,
  defineOperations,
  type Operation,
  ProgramError,
  type Result,
} from '../operation.ts';

/** Enumerated argument, checked. */
function oneOf<T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ProgramError(`${value} is none of ${allowed.join(', ')}`);
  return found;
}

const MOCK_ENABLE = ['absent', 'armed', 'refuses', 'failing', 'signals', 'slow'] as const;

function mockOptions(args: Arguments): MockOptions {
  return {
    enable: oneOf(args.text('enable', 'absent'), MOCK_ENABLE),
    signaled: oneOf(args.text('signaled', 'absent'), ['absent', 'hardware']),
    release: oneOf(args.text('release', 'absent'), ['absent', 'counted', 'kept']),
    wait: oneOf(args.text('wait', 'absent'), ['absent', 'late']),
    deadline: args.boolean('deadline', false),
    values: args.boolean('values', false),
    is64Bit: args.boolean('is64Bit', false),
  };
}

function* createFence(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const issuer = new MockIssuer(stack, mockOptions(args));
  if (out !== null) issuer.alias = `${out}.issuer`;
  const context = args.has('context')
    ? args.number('context')
    : yield* stack.fences.contextAlloc(1);
  const seqno = BigInt(args.number('seqno', 1));
  const fence = new stack.types.DmaFence(stack, issuer, issuer.lock, context, seqno);
  environment.bind(out, fence);
  environment.ownFence(fence);
  return null;
}

// What callbacks do. These are made once: a generator that is made anew for every run costs its
// engine a class of its own each time, and keeps the run alive for long.

function* doNothing(): KernelTask<void> {}

function* putOwned(environment: Environment, name: string): KernelTask<void> {
  const fence = environment.fence(name);
  if (environment.owns(fence)) environment.disown(fence);
  yield* fence.put();
}

function* poll(fence: DmaFence): KernelTask<void> {
  yield* fence.isSignaled();
}

function* addAgain(fence: DmaFence, node: FenceCallback): KernelTask<void> {
  yield* fence.addCallback(node);
}

function* askStatus(fence: DmaFence): KernelTask<void> {
  yield* fence.getStatus();
}

function* waitOnce(fence: DmaFence): KernelTask<void> {
  yield* fence.waitTimeout(false, 1);
}

/** What a callback does besides being counted. */
function callbackFunction(environment: Environment, args: Arguments): FenceCallback['run'] {
  const target = args.text('target', '');
  switch (args.text('does', 'nothing')) {
    case 'nothing':
      return doNothing;
    case 'put':
      return () => putOwned(environment, target);
    case 'missing':
      return null;
    case 'poll':
      return poll;
    case 'readd':
      return (_fence, node) => addAgain(environment.fence(target), node);
    case 'status':
      return askStatus;
    case 'wait':
      return waitOnce;
    default:
      throw new ProgramError(`no callback does ${args.text('does')}`);
  }
}

const FENCE_OPERATIONS: readonly Operation[] = [
  {
    name: 'fence.create',
    parameters: [
      'seqno',
      'context',
      'enable',
      'signaled',
      'release',
      'wait',
      'deadline',
      'values',
      'is64Bit',
    ],
    run: createFence,
  },
  {
    name: 'callback.create',
    parameters: ['does', 'target'],
    *run(environment, args, out) {
      const { stack } = environment;
      const node = new stack.types.FenceCallback(stack.world, callbackFunction(environment, args));
      node.isStatic = true;
      environment.bind(out, node);
      return null;
    },
  },
  {
    name: 'hardware.finish',
    parameters: ['fence'],
    *run(environment, args) {
      const { ops } = environment.fence(args.text('fence'));
      if (ops instanceof MockIssuer) yield* ops.hardwareDone.writeFull(1);
      return null;
    },
  },
  {
    name: 'fence.get',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      yield* fence.get();
      environment.ownFence(fence);
      return null;
    },
  },
  {
    name: 'fence.put',
    parameters: ['fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      environment.disown(fence);
      yield* fence.put();
      return null;
    },
  },
  {
    name: 'fence.signal',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).signal();
    },
  },
  {
    name: 'fence.signalTimestamp',
    parameters: ['fence', 'timestampNs'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      return yield* fence.signalTimestamp(args.number('timestampNs'));
    },
  },
  {
    name: 'fence.addCallback',
    parameters: ['fence', 'callback'],
    *run(environment, args) {
      const callback = environment.callback(args.text('callback'));
      return yield* environment.fence(args.text('fence')).addCallback(callback);
    },
  },
  {
    name: 'fence.removeCallback',
    parameters: ['fence', 'callback'],
    *run(environment, args) {
      const callback = environment.callback(args.text('callback'));
      return yield* environment.fence(args.text('fence')).removeCallback(callback);
    },
  },
  {
    name: 'fence.enableSwSignaling',
    parameters: ['fence'],
    *run(environment, args) {
      yield* environment.fence(args.text('fence')).enableSwSignaling();
      return null;
    },
  },
  {
    name: 'fence.isSignaled',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).isSignaled();
    },
  },
  {
    name: 'fence.getStatus',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).getStatus();
    },
  },
  {
    name: 'fence.setError',
    parameters: ['fence', 'error'],
    *run(environment, args) {
      yield* environment.fence(args.text('fence')).setError(args.number('error'));
      return null;
    },
  },
  {
    name: 'fence.timestamp',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).timestamp();
    },
  },
  {
    name: 'fence.waitTimeout',
    parameters: ['fence', 'timeout', 'interruptible'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const timeout = args.number('timeout', MAX_SCHEDULE_TIMEOUT);
      return yield* fence.waitTimeout(args.boolean('interruptible', false), timeout);
    },
  },
  {
    name: 'fence.wait',
    parameters: ['fence', 'interruptible'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      return yield* fence.wait(args.boolean('interruptible', false));
    },
  },
  {
    name: 'fence.setDeadline',
    parameters: ['fence', 'deadlineNs'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      yield* fence.setDeadline(BigInt(args.number('deadlineNs')));
      return null;
    },
  },
  {
    name: 'fence.describe',
    parameters: ['fence'],
    *run(environment, args) {
      return yield* environment.fence(args.text('fence')).describe();
    },
  },
];

defineOperations(FENCE_OPERATIONS);
