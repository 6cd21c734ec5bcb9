import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { ChainMemory } from '../../../impl/dma-buf/fence-chains.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { MockIssuer, type MockOptions } from '../mock-issuer.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { fenceOrNull, labelsOf } from './array.ts';
import { LOOK } from './inspect.ts';

const NULL = 'null';

/** Fences that do nothing by themselves. */
const PLAIN: MockOptions = {
  enable: 'absent',
  signaled: 'absent',
  release: 'absent',
  deadline: false,
  is64Bit: false,
};

function labelOf(fence: DmaFence | null): string {
  return fence?.label ?? NULL;
}

function memoryOf(environment: Environment, args: Arguments): ChainMemory {
  return environment.find(args.text('memory'), ChainMemory);
}

function chainOf(environment: Environment, args: Arguments): DmaFenceChain {
  const fence = environment.fence(args.text('chain'));
  const chain = environment.stack.chains.chainOf(fence);
  if (chain === null) throw new ProgramError(`${fence.label} is no node of a chain`);
  return chain;
}

/** The node owns both fences now; the program owns the node. */
function* init(
  environment: Environment,
  memory: ChainMemory,
  args: Arguments,
  out: string | null,
): KernelTask<void> {
  const prev = args.has('prev') ? environment.fence(args.text('prev')) : null;
  const fence = environment.fence(args.text('fence'));
  const seqno = BigInt(args.number('seqno'));
  const node = yield* environment.stack.chains.init(memory, prev, fence, seqno);
  if (prev !== null) environment.disown(prev);
  environment.disown(fence);
  environment.bind(out, node.base);
  if (out !== null) node.alias = `${out}.chain`;
  environment.ownFence(node.base);
}

/** What the caller has now instead of the fence that it gave. */
function trade(
  environment: Environment,
  given: DmaFence | null,
  got: DmaFence | null,
  out: string | null,
): string {
  if (given !== null) environment.disown(given);
  if (got !== null) environment.ownFence(got);
  environment.bind(out, got);
  return labelOf(got);
}

/** Every element in turn, up to `most`: who leaves earlier drops the one that it is at. */
function* elements(environment: Environment, args: Arguments): KernelTask<Result> {
  const { chains, fences } = environment.stack;
  const most = args.number('most', Number.MAX_SAFE_INTEGER);
  const met: DmaFence[] = [];
  let element = yield* fences.get(fenceOrNull(environment, args));
  while (element !== null) {
    met.push(element);
    if (met.length === most) {
      yield* element.put();
      break;
    }
    element = yield* chains.walk(element);
  }
  return labelsOf(met);
}

/** Calls about fence chains. The fence of a node goes by the name of the node. */
defineOperations([
  {
    name: 'chain.alloc',
    parameters: [],
    *run(environment, _args, out) {
      const { chains } = environment.stack;
      const memory = yield* chains.alloc();
      environment.bind(out, memory);
      if (memory === null) return false;
      environment.own(memory, function* () {
        chains.free(memory);
      });
      return true;
    },
  },
  {
    name: 'chain.free',
    parameters: ['memory'],
    *run(environment, args) {
      const memory = memoryOf(environment, args);
      environment.disown(memory);
      environment.stack.chains.free(memory);
      return null;
    },
  },
  {
    name: 'chain.init',
    parameters: ['memory', 'prev', 'fence', 'seqno'],
    *run(environment, args, out) {
      const memory = memoryOf(environment, args);
      environment.disown(memory);
      yield* init(environment, memory, args, out);
      return null;
    },
  },
  {
    // Both in one: true when there was memory for it.
    name: 'chain.create',
    parameters: ['prev', 'fence', 'seqno'],
    *run(environment, args, out) {
      const memory = yield* environment.stack.chains.alloc();
      if (memory !== null) yield* init(environment, memory, args, out);
      else environment.bind(out, null);
      return memory !== null;
    },
  },
  {
    name: 'chain.walk',
    parameters: ['fence'],
    *run(environment, args, out) {
      const fence = fenceOrNull(environment, args);
      const got = yield* environment.stack.chains.walk(fence);
      return trade(environment, fence, got, out);
    },
  },
  {
    name: 'chain.find',
    parameters: ['fence', 'seqno'],
    *run(environment, args, out) {
      const given = fenceOrNull(environment, args);
      const seqno = BigInt(args.number('seqno'));
      const { result, fence } = yield* environment.stack.chains.findSeqno(given, seqno);
      const label = trade(environment, given, fence, out);
      return result === 0 ? label : `${result} ${label}`;
    },
  },
  {
    // A chain of so many nodes, each with a fence of the issuer's; only the last one is kept.
    name: 'chain.build',
    parameters: ['count'],
    *run(environment, args, out) {
      const { stack } = environment;
      const issuer = new MockIssuer(stack, PLAIN);
      let last: DmaFence | null = null;
      for (let point = 1; point <= args.number('count'); point += 1) {
        const fence = new stack.types.DmaFence(stack, issuer, issuer.lock, 0, BigInt(point));
        const memory = yield* stack.chains.alloc();
        if (memory === null) throw new ProgramError('chain.build needs memory');
        last = (yield* stack.chains.init(memory, last, fence, BigInt(point))).base;
      }
      environment.bind(out, last);
      if (last !== null) environment.ownFence(last);
      return null;
    },
  },
  { name: 'chain.elements', parameters: ['fence', 'most'], run: elements },
  {
    name: 'chain.contained',
    parameters: ['fence'],
    *run(environment, args) {
      return labelOf(environment.stack.chains.contained(fenceOrNull(environment, args)));
    },
  },
  {
    name: 'chain.isChain',
    parameters: ['fence'],
    *run(environment, args) {
      return environment.stack.chains.chainOf(fenceOrNull(environment, args)) !== null;
    },
  },
  {
    name: 'chain.prev',
    parameters: ['chain'],
    *run(environment, args) {
      yield LOOK;
      const chain = chainOf(environment, args);
      looksAt(chain);
      return labelOf(chain.prev.value);
    },
  },
  {
    name: 'chain.prevSeqno',
    parameters: ['chain'],
    *run(environment, args) {
      return Number(chainOf(environment, args).prevSeqno);
    },
  },
]);
