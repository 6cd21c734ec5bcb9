import type { DmaFence } from '../impl/dma-buf/dma-fence.ts';
import { DmaResv } from '../impl/dma-buf/dma-resv.ts';
import { ResvList } from '../impl/dma-buf/resv-list.ts';
import { DMA_RESV_USAGE_READ, DMA_RESV_USAGE_WRITE } from '../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../impl/kernel/access.ts';
import { Stack } from '../impl/stack.ts';
import { MockFence } from '../properties/selftests/mock-fence.ts';

/** How many fences are in the object, and how often each measurement is made. */
const SIZES: readonly (readonly [number, number])[] = [
  [1000, 60],
  [10_000, 9],
  [100_000, 3],
];

/** A reservation object with so many pending fences, each of a context of its own. */
function filled(count: number): { readonly stack: Stack; readonly resv: DmaResv } {
  const stack = new Stack({ lockProving: false });
  const resv = new DmaResv(stack);
  // Adding looks at every slot, so filling it by adds would take the square of the time.
  const list = new ResvList(stack, count + 16);
  for (let context = 1; context <= count; context += 1) {
    list.initialize(newFence(stack, context), DMA_RESV_USAGE_READ);
  }
  stack.world.runNow(resv.fences.write(list));
  return { stack, resv };
}

function newFence(stack: Stack, context: number): DmaFence {
  const { ops, lock } = new MockFence(stack).base;
  return new stack.types.DmaFence(stack, ops, lock, context, 1n);
}

/** One of the calls that are said to stay linear. */
type Call = (resv: DmaResv, stack: Stack) => KernelTask<unknown>;

/** A fence that replaces nothing: every slot is looked at. */
function* add(resv: DmaResv, stack: Stack): KernelTask<void> {
  yield* resv.acquire();
  yield* resv.addFence(newFence(stack, 0), DMA_RESV_USAGE_WRITE);
  yield* resv.release();
}

function* grow(resv: DmaResv): KernelTask<void> {
  const count = resv.fences.value?.count.value ?? 0;
  yield* resv.acquire();
  yield* resv.reserveFences((resv.fences.value?.max.value ?? 0) - count + 1);
  yield* resv.release();
}

function* iterate(resv: DmaResv, { resvWalk }: Stack): KernelTask<void> {
  const cursor = resvWalk.begin(resv, DMA_RESV_USAGE_READ);
  let fence = yield* resvWalk.first(cursor);
  while (fence !== null) fence = yield* resvWalk.next(cursor);
  yield* resvWalk.end(cursor);
}

/** Every fence signals before it is waited for: what is left is the walk over all of them. */
function* signalAndWait(resv: DmaResv): KernelTask<void> {
  const list = resv.fences.value;
  for (let index = 0; index < (list?.count.value ?? 0); index += 1) {
    yield* list?.slot(index).fence.signal() ?? nothing();
  }
  yield* resv.waitTimeout(DMA_RESV_USAGE_READ, false, 1);
}

function* nothing(): KernelTask<void> {}

const CALLS: Readonly<Record<string, Call>> = {
  add,
  iterate,
  getFences: (resv, { resvQueries }) => resvQueries.getFences(resv, DMA_RESV_USAGE_READ),
  grow,
  'signal, wait': signalAndWait,
};

/** Processor time of one call. Unit: microseconds. */
function measure(call: Call, stack: Stack, resv: DmaResv): number {
  const start = process.cpuUsage();
  stack.world.runNow(call(resv, stack));
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

// Time for each fence that is in the object: it should not grow with their number.
for (const [name, call] of Object.entries(CALLS)) {
  const parts = SIZES.map(([count, rounds]) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      const { stack, resv } = filled(count);
      best = Math.min(best, measure(call, stack, resv));
    }
    return `${((1000 * best) / count).toFixed(0)} ns at ${count}`;
  });
  process.stdout.write(`${name.padEnd(12)} for each fence: ${parts.join(', ')}\n`);
}
