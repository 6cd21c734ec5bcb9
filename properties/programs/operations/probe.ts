import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ProgramError, type Arguments, defineOperations, type Result } from '../operation.ts';
import type { Environment } from '../environment.ts';
import { FenceWatch } from '../fence-watch.ts';
import { type CallOrder, Probe, type ProbeAction } from '../probe.ts';
import { StubWatch } from '../stub-watch.ts';

// What probes do. These are made once, as those of plain callbacks are.

function* doNothing(): KernelTask<Result> {
  return null;
}

function* linger(_fence: DmaFence, probe: Probe): KernelTask<Result> {
  yield* probe.linger();
  return null;
}

function* freeNode(_fence: DmaFence, probe: Probe): KernelTask<Result> {
  yield* probe.linger();
  probe.world.memory.free(probe.node);
  return null;
}

function* putTarget(environment: Environment, target: string): KernelTask<Result> {
  const fence = environment.fence(target);
  // Called too often or too late it drops what nobody owns, and the kernel complains.
  if (environment.owns(fence)) environment.disown(fence);
  yield* fence.put();
  return null;
}

function* setDeadline(fence: DmaFence): KernelTask<Result> {
  yield* fence.setDeadline(1n);
  return null;
}

function* enable(fence: DmaFence): KernelTask<Result> {
  yield* fence.enableSwSignaling();
  return null;
}

/** What the function of a probe can do; `target` is the fence or callback that it does it to. */
function actionOf(environment: Environment, args: Arguments): ProbeAction {
  const target = args.text('target', '');
  switch (args.text('does', 'nothing')) {
    case 'nothing':
      return doNothing;
    case 'linger':
      return linger;
    case 'free':
      return freeNode;
    case 'readd':
      return (_fence, probe) => environment.fence(target).addCallback(probe.node);
    case 'put':
      return () => putTarget(environment, target);
    default:
      return selfAction(environment, args.text('does'), target);
  }
}

/** Operations on the very fence that calls the probe. */
function selfAction(environment: Environment, does: string, target: string): ProbeAction {
  switch (does) {
    case 'add':
      return (fence) => fence.addCallback(environment.callback(target));
    case 'remove':
      return (fence) => fence.removeCallback(environment.callback(target));
    case 'poll':
      return (fence) => fence.isSignaled();
    case 'deadline':
      return setDeadline;
    case 'status':
      return (fence) => fence.getStatus();
    case 'enable':
      return enable;
    case 'signal':
      return (fence) => fence.signal();
    case 'signalTimestamp':
      return (fence) => fence.signalTimestamp(1);
    case 'wait':
      return (fence) => fence.waitTimeout(false, 1);
    default:
      throw new ProgramError(`no probe does ${does}`);
  }
}

/** The counter that all probes of a run share. */
function orderOf(environment: Environment): CallOrder {
  const known = environment.value('probe.order') as CallOrder | undefined; // bound just below
  if (known !== undefined) return known;
  const order: CallOrder = { next: 0 };
  environment.bind('probe.order', order);
  return order;
}

/** Calls that set up observers: they change nothing that a program could see. */
defineOperations([
  {
    name: 'probe.create',
    parameters: ['does', 'target'],
    *run(environment, args, out) {
      const probe = new Probe(environment.stack, orderOf(environment), actionOf(environment, args));
      environment.bind(out, probe.node);
      if (out !== null) environment.bind(`${out}.probe`, probe);
      return null;
    },
  },
  {
    name: 'watch.fence',
    parameters: ['fence'],
    *run(environment, args) {
      const name = args.text('fence');
      const watch = new FenceWatch(environment.fence(name));
      environment.stack.world.observe(watch);
      environment.bind(`${name}.watch`, watch);
      return null;
    },
  },
  {
    name: 'watch.stubs',
    parameters: [],
    *run(environment) {
      const watch = new StubWatch(environment.stack.stubs);
      environment.stack.world.observe(watch);
      environment.bind('stubs.watch', watch);
      return null;
    },
  },
]);
