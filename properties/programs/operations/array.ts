import type { DmaFenceArray } from '../../../impl/dma-buf/dma-fence-array.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { looksAt } from '../looks-at.ts';
import type { Environment } from '../environment.ts';
import { LOOK } from './inspect.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';

/** The fences that a call names; null stands for NULL. */
export function fencesOf(environment: Environment, args: Arguments): (DmaFence | null)[] {
  return args.names('fences').map((name) => (name === null ? null : environment.fence(name)));
}

/** Labels in order: what a walk over fences has met. */
export function labelsOf(fences: readonly DmaFence[]): string {
  return fences.map((fence) => fence.label).join(' ');
}

/** The fence that an argument names, or NULL. */
export function fenceOrNull(environment: Environment, args: Arguments): DmaFence | null {
  return args.has('fence') ? environment.fence(args.text('fence')) : null;
}

function arrayOf(environment: Environment, args: Arguments): DmaFenceArray {
  const fence = environment.fence(args.text('array'));
  const array = environment.stack.arrays.arrayOf(fence);
  if (array === null) throw new ProgramError(`${fence.label} is no fence array`);
  return array;
}

function childrenOf(environment: Environment, args: Arguments): DmaFence[] {
  return fencesOf(environment, args).filter((fence) => fence !== null);
}

/** The array owns its children now; the program owns the array. */
function takeOver(environment: Environment, array: DmaFenceArray, out: string | null): void {
  for (const fence of array.fences) environment.disown(fence);
  environment.bind(out, array.base);
  if (out !== null) array.alias = `${out}.array`;
  environment.ownFence(array.base);
}

/** True when there was memory for it. */
function* create(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { stack } = environment;
  const children = childrenOf(environment, args);
  const context = args.has('context')
    ? args.number('context')
    : yield* stack.fences.contextAlloc(1);
  const seqno = BigInt(args.number('seqno', 1));
  const array = yield* stack.arrays.create(children, context, seqno, args.boolean('any', false));
  if (array === null) {
    environment.bind(out, null);
    return false;
  }
  takeOver(environment, array, out);
  return true;
}

/** Calls about fence arrays. Their fence goes by the name of the array. */
defineOperations([
  { name: 'array.create', parameters: ['fences', 'any', 'context', 'seqno'], run: create },
  {
    name: 'array.alloc',
    parameters: [],
    *run(environment) {
      return yield* environment.stack.arrays.alloc();
    },
  },
  {
    name: 'array.init',
    parameters: ['fences', 'any', 'context', 'seqno'],
    *run(environment, args, out) {
      const children = childrenOf(environment, args);
      const context = args.number('context', 100);
      const seqno = BigInt(args.number('seqno', 1));
      const isAny = args.boolean('any', false);
      const array = environment.stack.arrays.init(children, context, seqno, isAny);
      takeOver(environment, array, out);
      return null;
    },
  },
  {
    name: 'array.children',
    parameters: ['fence'],
    *run(environment, args) {
      return labelsOf(environment.stack.arrays.children(fenceOrNull(environment, args)));
    },
  },
  {
    name: 'array.matchContext',
    parameters: ['fence', 'context'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      return environment.stack.arrays.matchContext(fence, args.number('context'));
    },
  },
  {
    name: 'array.isArray',
    parameters: ['fence'],
    *run(environment, args) {
      return environment.stack.arrays.arrayOf(environment.fence(args.text('fence'))) !== null;
    },
  },
  {
    name: 'array.isContainer',
    parameters: ['fence'],
    *run(environment, args) {
      return environment.stack.arrays.isContainer(environment.fence(args.text('fence')));
    },
  },
  {
    name: 'array.pending',
    parameters: ['array'],
    *run(environment, args) {
      yield LOOK;
      const array = arrayOf(environment, args);
      looksAt(array);
      return array.pending.value;
    },
  },
  {
    name: 'array.mode',
    parameters: ['array'],
    *run(environment, args) {
      const fence = environment.fence(args.text('array'));
      const array = environment.stack.arrays.arrayOf(fence);
      if (array === null) return 'none';
      return array.isAny ? 'any' : 'all';
    },
  },
]);
