import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ResvList } from '../../../impl/dma-buf/resv-list.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, type Operation, ProgramError } from '../operation.ts';

/** The usages by number, as programs write them. */
const USAGES: Readonly<Record<ResvUsage, string>> = {
  [DMA_RESV_USAGE_KERNEL]: 'KERNEL',
  [DMA_RESV_USAGE_WRITE]: 'WRITE',
  [DMA_RESV_USAGE_READ]: 'READ',
  [DMA_RESV_USAGE_BOOKKEEP]: 'BOOKKEEP',
};
const NAMES: readonly string[] = Object.values(USAGES);

/** The reservation object that an argument names. */
export function resvNamed(environment: Environment, args: Arguments, name = 'resv'): DmaResv {
  return environment.find(args.text(name), DmaResv);
}

export function nameOfUsage(usage: ResvUsage): string {
  return USAGES[usage];
}

export function usageOf(args: Arguments): ResvUsage {
  const at = NAMES.indexOf(args.text('usage'));
  if (at < 0) throw new ProgramError(`${args.text('usage')} is none of ${NAMES.join(', ')}`);
  return at as ResvUsage; // Usages are numbered in order.
}

/** The list of a reservation object, as a debugger sees it. */
function listOf(resv: DmaResv): ResvList | null {
  looksAt(resv);
  const list = resv.fences.value;
  looksAt(list);
  return list;
}

/** The slots in order, as `f/WRITE g/READ`. */
function slotsOf(resv: DmaResv): string {
  const list = listOf(resv);
  const count = list === null ? 0 : list.count.value;
  const slots: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const slot = list?.slot(index);
    if (slot !== undefined) slots.push(`${slot.fence.label}/${USAGES[slot.usage]}`);
  }
  return slots.join(' ');
}

type Lock = (resv: DmaResv, context: WwAcquireContext | null) => KernelTask<number | boolean>;

function locking(name: string, lock: Lock): Operation {
  return {
    name,
    parameters: ['resv', 'context'],
    *run(environment, args) {
      const context = args.has('context')
        ? environment.find(args.text('context'), WwAcquireContext)
        : null;
      return yield* lock(resvNamed(environment, args), context);
    },
  };
}

/** Calls about reservation objects. */
defineOperations([
  {
    name: 'resv.create',
    parameters: [],
    *run(environment, _args, out) {
      const resv = new environment.stack.types.DmaResv(environment.stack);
      environment.bind(out, resv);
      environment.own(resv, () => resv.fini());
      return null;
    },
  },
  {
    name: 'resv.fini',
    parameters: ['resv'],
    *run(environment, args) {
      const resv = resvNamed(environment, args);
      environment.disown(resv);
      yield* resv.fini();
      return null;
    },
  },
  {
    name: 'resv.unlock',
    parameters: ['resv'],
    *run(environment, args) {
      yield* resvNamed(environment, args).release();
      return null;
    },
  },
  {
    name: 'resv.reserve',
    parameters: ['resv', 'count'],
    *run(environment, args) {
      return yield* resvNamed(environment, args).reserveFences(args.number('count'));
    },
  },
  {
    name: 'resv.add',
    parameters: ['resv', 'fence', 'usage'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      yield* resvNamed(environment, args).addFence(fence, usageOf(args));
      return null;
    },
  },
  {
    name: 'resv.test',
    parameters: ['resv', 'usage'],
    *run(environment, args) {
      return yield* resvNamed(environment, args).testSignaled(usageOf(args));
    },
  },
  {
    name: 'resv.wait',
    parameters: ['resv', 'usage', 'timeout', 'interruptible'],
    *run(environment, args) {
      const timeout = args.number('timeout', MAX_SCHEDULE_TIMEOUT);
      const interruptible = args.boolean('interruptible', false);
      return yield* resvNamed(environment, args).waitTimeout(usageOf(args), interruptible, timeout);
    },
  },
  {
    name: 'resv.resetMax',
    parameters: ['resv'],
    *run(environment, args) {
      resvNamed(environment, args).resetMaxFences();
      return null;
    },
  },
  {
    name: 'resv.usageRw',
    parameters: ['resv', 'write'],
    *run(environment, args) {
      return USAGES[resvNamed(environment, args).usageRw(args.boolean('write'))];
    },
  },
  {
    name: 'resv.slots',
    parameters: ['resv'],
    *run(environment, args) {
      return slotsOf(resvNamed(environment, args));
    },
  },
  {
    name: 'resv.max',
    parameters: ['resv'],
    *run(environment, args) {
      return listOf(resvNamed(environment, args))?.max.value ?? 0;
    },
  },
  {
    // The name of the list, which never comes back: equal names are one and the same list.
    name: 'resv.list',
    parameters: ['resv'],
    *run(environment, args) {
      return listOf(resvNamed(environment, args))?.label ?? 'none';
    },
  },
  {
    name: 'resv.isLocked',
    parameters: ['resv'],
    *run(environment, args) {
      return yield* resvNamed(environment, args).isLocked();
    },
  },
  {
    // The name of the context that has locked it.
    name: 'resv.lockingContext',
    parameters: ['resv'],
    *run(environment, args) {
      return (yield* resvNamed(environment, args).lockingContext())?.label ?? 'none';
    },
  },
  locking('resv.lock', (resv, context) => resv.acquire(context)),
  locking('resv.lockInterruptible', (resv, context) => resv.acquireInterruptible(context)),
  locking('resv.trylock', (resv) => resv.tryAcquire()),
]);
