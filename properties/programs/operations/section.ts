import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceCallbackFunction } from '../../../impl/dma-buf/fence-callback.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import {
  type Gfp,
  isGfp,
  PF_MEMALLOC,
  PF_MEMALLOC_NOFS,
  PF_MEMALLOC_NOIO,
} from '../../../impl/kernel/gfp.ts';
import { Mutex } from '../../../impl/kernel/mutex.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

const SCOPES: Readonly<Record<string, number>> = {
  nofs: PF_MEMALLOC_NOFS,
  noio: PF_MEMALLOC_NOIO,
  reclaim: PF_MEMALLOC,
};

function gfpOf(args: Arguments): Gfp {
  const name = args.text('gfp', 'GFP_KERNEL');
  if (isGfp(name)) return name;
  throw new ProgramError(`${name} is no way to allocate`);
}

function heldBy(environment: Environment): string {
  const { held } = environment.stack.world.current;
  return held.map(({ label }) => label).join(' ') || 'nothing';
}

// What callbacks do. These are made once, as everywhere.

function* reserve(environment: Environment, gfp: Gfp): KernelTask<void> {
  yield* environment.stack.world.memory.reserve(gfp);
}

function* lockFor(mutex: Mutex): KernelTask<void> {
  yield* mutex.acquire();
  mutex.release();
}

function* waitOnce(fence: DmaFence): KernelTask<void> {
  yield* fence.waitTimeout(false, 0);
}

function* defer(environment: Environment): KernelTask<void> {
  const run = (): KernelTask<void> => reserve(environment, 'GFP_KERNEL');
  environment.stack.delayedWork.queue({ label: 'what a callback put off', run });
}

/** What the function of a callback does that it may not do, or may. */
function callbackDoing(environment: Environment, does: string): FenceCallbackFunction {
  const { fences } = environment.stack;
  switch (does) {
    case 'allocate':
      return () => reserve(environment, 'GFP_KERNEL');
    case 'allocateAtomic':
      return () => reserve(environment, 'GFP_ATOMIC');
    case 'lock':
      return () => lockFor(new Mutex(fences, 'lock', '&callback->lock'));
    case 'wait':
      return waitOnce;
    case 'defer':
      return () => defer(environment);
    default:
      throw new ProgramError(`no callback does ${does}`);
  }
}

/** Signalling sections with their cookies, and allocations in them. */
defineOperations([
  {
    name: 'callback.doing',
    parameters: ['does'],
    *run(environment, args, out) {
      const { stack } = environment;
      const doing = callbackDoing(environment, args.text('does'));
      const node = new stack.types.FenceCallback(stack.world, doing);
      node.isStatic = true;
      environment.bind(out, node);
      return null;
    },
  },
  {
    name: 'section.begin',
    parameters: [],
    *run(environment, _args, out) {
      const cookie = environment.stack.fences.beginSignalling();
      if (out !== null) environment.bind(out, cookie);
      return cookie;
    },
  },
  {
    name: 'section.end',
    parameters: ['cookie'],
    *run(environment, args) {
      const cookie = environment.value(args.text('cookie'));
      if (typeof cookie !== 'boolean') throw new ProgramError('section.end: there is no cookie');
      environment.stack.fences.endSignalling(cookie);
      return null;
    },
  },
  {
    // What lock proving thinks that the task holds.
    name: 'section.held',
    parameters: [],
    *run(environment) {
      return heldBy(environment);
    },
  },
  {
    // What every wait does for lock proving, and no more.
    name: 'section.mightWait',
    parameters: [],
    *run(environment) {
      environment.stack.fences.mightWait();
      return null;
    },
  },
  {
    name: 'irqs.disable',
    parameters: [],
    *run(environment) {
      environment.stack.world.current.cpu.irqsEnabled = false;
      return null;
    },
  },
  {
    name: 'irqs.enable',
    parameters: [],
    *run(environment) {
      environment.stack.world.current.cpu.irqsEnabled = true;
      return null;
    },
  },
  {
    name: 'memory.allocate',
    parameters: ['gfp'],
    *run(environment, args) {
      return yield* environment.stack.world.memory.reserve(gfpOf(args));
    },
  },
  {
    name: 'memory.scope',
    parameters: ['kind'],
    *run(environment, args, out) {
      const flag = SCOPES[args.text('kind')];
      if (flag === undefined) throw new ProgramError(`${args.text('kind')} is no scope`);
      const before = environment.stack.world.memory.beginScope(flag);
      if (out !== null) environment.bind(out, before);
      return before;
    },
  },
  {
    name: 'memory.endScope',
    parameters: ['before'],
    *run(environment, args) {
      const before = environment.value(args.text('before'));
      if (typeof before !== 'number') throw new ProgramError('memory.endScope: nothing was begun');
      environment.stack.world.memory.endScope(before);
      return null;
    },
  },
]);
