import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { defineOperations, type Operation } from '../operation.ts';
import { resvNamed, usageOf } from './resv.ts';

type SlowLock = (resv: DmaResv, context: WwAcquireContext) => KernelTask<number | void>;

/** These wait whatever happens: who calls them has given everything back. */
function slowly(name: string, lock: SlowLock): Operation {
  return {
    name,
    parameters: ['resv', 'context'],
    *run(environment, args) {
      const context = environment.find(args.text('context'), WwAcquireContext);
      return (yield* lock(resvNamed(environment, args), context)) ?? null;
    },
  };
}

/** What the holder of a reservation's lock does to all its fences, and how it gets that lock. */
defineOperations([
  slowly('resv.lockSlow', (resv, context) => resv.lockSlow(context)),
  slowly('resv.lockSlowInterruptible', (resv, context) => resv.lockSlowInterruptible(context)),
  {
    name: 'resv.replace',
    parameters: ['resv', 'context', 'fence', 'usage'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      const context = args.number('context');
      yield* resvNamed(environment, args).replaceFences(context, fence, usageOf(args));
      return null;
    },
  },
  {
    name: 'resv.copy',
    parameters: ['resv', 'from'],
    *run(environment, args) {
      const into = resvNamed(environment, args);
      const from = resvNamed(environment, args, 'from');
      return yield* environment.stack.resvQueries.copyFences(into, from);
    },
  },
  {
    name: 'resv.describe',
    parameters: ['resv'],
    *run(environment, args) {
      return yield* environment.stack.resvQueries.describe(resvNamed(environment, args));
    },
  },
]);
