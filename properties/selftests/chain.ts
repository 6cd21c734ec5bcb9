import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { StackTypes } from '../../impl/stack.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { RandomStrategy } from '../schedules/random.ts';
import {
  type ChainScenario,
  findGap,
  findOutOfOrder,
  findSeqno,
  findSignaled,
  sanitycheck,
  signalBackward,
  signalForward,
} from './chain-scenarios.ts';
import { ChainThreads, shuffled } from './chain-threads.ts';
import { runThreads, type Selftest, type SelftestResult, type Threads } from './selftest.ts';

/** Nodes of the long chains, in the original and here. */
const LENGTH_FULL = 4096;
const LENGTH_SHORT = 512;
/**
 * Every node is armed, so signaled backwards each fence is watched by all nodes from there on: the
 * work is as the square of the length. Unit: nodes.
 */
const BACKWARD_FULL = 1024;
const BACKWARD_SHORT = 96;
/** The race of the original takes up to five seconds; here each thread has so many rounds. */
const ROUNDS_FULL = 200;
const ROUNDS_SHORT = 30;
const RACERS = 2;

const STEPS_BASE = 200_000;
/** About ten times of what is needed. */
const STEPS_PER_NODE = 1000;
const STEPS_PER_LOOK = 200;
const STEPS_PER_PAIR = 200;

export interface ChainSuiteOptions {
  readonly isFull?: boolean;
  readonly seed?: number;
  readonly types?: StackTypes;
}

type Order = (fences: readonly DmaFence[]) => readonly DmaFence[];

const SHORT: readonly (readonly [string, string, ChainScenario])[] = [
  ['ST-CHAIN-01', 'sanitycheck', sanitycheck],
  ['ST-CHAIN-02', 'find_seqno', findSeqno],
  ['ST-CHAIN-03', 'find_signaled', findSignaled],
  ['ST-CHAIN-04', 'find_out_of_order', findOutOfOrder],
  ['ST-CHAIN-05', 'find_gap', findGap],
  ['ST-CHAIN-07', 'signal_forward', signalForward],
  ['ST-CHAIN-08', 'signal_backward', signalBackward],
];

const WAITS: readonly (readonly [string, string, (seed: number) => Order])[] = [
  ['ST-CHAIN-09', 'wait_forward', () => (fences) => fences],
  ['ST-CHAIN-10', 'wait_backward', backwards],
  ['ST-CHAIN-11', 'wait_random', shuffled],
];

/** The kernel's own suite for fence chains (st-dma-fence-chain). */
export function chainSelftests(options: ChainSuiteOptions = {}): readonly Selftest[] {
  const { isFull = false, seed = 1, types } = options;
  const length = isFull ? LENGTH_FULL : LENGTH_SHORT;
  const rounds = isFull ? ROUNDS_FULL : ROUNDS_SHORT;
  const run = (threads: Threads, stepsMax: number): SelftestResult =>
    runThreads(threads, {
      strategy: () => new RandomStrategy(seed),
      stepsMax,
      ...(types === undefined ? {} : { types }),
    });
  const backward = isFull ? BACKWARD_FULL : BACKWARD_SHORT;
  return [
    ...SHORT.map(([id, title, scenario]) => ({
      id,
      title,
      scale: 'full',
      run: () => run(new Map([['main', ({ stack }: Process) => scenario(stack)]]), STEPS_BASE),
    })),
    {
      id: 'ST-CHAIN-06',
      title: 'find_race',
      scale: `${length} nodes, ${RACERS} threads with ${rounds} rounds each, for 5 s`,
      run: () => run(racing(length, rounds, seed), STEPS_BASE + rounds * length * STEPS_PER_LOOK),
    },
    ...WAITS.map(([id, title, order]) => {
      const count = order === backwards ? backward : length;
      return {
        id,
        title,
        scale: count === LENGTH_FULL ? 'full' : `${count} nodes for ${LENGTH_FULL}`,
        run: () => run(waiting(count, order(seed)), stepsOf(count, order)),
      };
    }),
  ];
}

function backwards(): Order {
  return (fences) => fences.toReversed();
}

function stepsOf(count: number, order: (seed: number) => Order): number {
  const pairs = order === backwards ? count * count * STEPS_PER_PAIR : 0;
  return STEPS_BASE + count * STEPS_PER_NODE + pairs;
}

/** Whoever starts first makes what the threads share. */
function together(length: number, users: number): (process: Process) => ChainThreads {
  let shared: ChainThreads | null = null;
  return ({ stack }) => {
    shared ??= new ChainThreads(stack, length, users);
    return shared;
  };
}

function waiting(length: number, order: Order): Threads {
  const threads = together(length, 1);
  return new Map([
    ['main', (process: Process) => threads(process).main(order)],
    ['waiter', (process: Process) => threads(process).waiter()],
  ]);
}

function racing(length: number, rounds: number, seed: number): Threads {
  const threads = together(length, RACERS);
  const bodies: [string, (process: Process) => ReturnType<ChainThreads['main']>][] = [
    ['main', (process) => threads(process).main(() => [])],
  ];
  for (let number = 1; number <= RACERS; number += 1) {
    bodies.push([`racer${number}`, (process) => threads(process).racer(rounds, seed + number)]);
  }
  return new Map(bodies);
}
