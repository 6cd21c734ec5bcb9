import type { KernelTask } from '../../impl/kernel/access.ts';
import { EALREADY, EDEADLK } from '../../impl/kernel/errno.ts';
import type { WwAlgorithm, WwClass } from '../../impl/kernel/ww-class.ts';
import type { WwAcquireContext } from '../../impl/kernel/ww-context.ts';
import type { WwMutex } from '../../impl/kernel/ww-mutex.ts';
import type { Stack } from '../../impl/stack.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { expectThat, type Threads } from './selftest.ts';

/** How long the first holder keeps the mutex. Unit: jiffies; 1/16 s. */
const HELD_JIFFIES = 62;
/** How often somebody looks whether the other one has got it. */
const LOOKS = 62;

/** What the threads of one scenario share; whoever comes first makes it. */
class Shared {
  readonly algorithm: WwAlgorithm;
  private readonly count: number;
  private made: readonly WwMutex[] | null = null;
  private wwClass: WwClass | null = null;
  private left: number;

  constructor(algorithm: WwAlgorithm, count: number, threads: number) {
    this.algorithm = algorithm;
    this.count = count;
    this.left = threads;
  }

  classOf({ types, world }: Stack): WwClass {
    this.wwClass ??= new types.WwClass(world, 'ww_class', this.algorithm);
    return this.wwClass;
  }

  mutexes(stack: Stack): readonly WwMutex[] {
    const wwClass = this.classOf(stack);
    this.made ??= Array.from({ length: this.count }, () => new stack.types.WwMutex(wwClass));
    return this.made;
  }

  mutex(stack: Stack, number: number): WwMutex {
    const found = this.mutexes(stack)[number];
    if (found === undefined) throw new RangeError(`there is no mutex ${number}`);
    return found;
  }

  *context(stack: Stack): KernelTask<WwAcquireContext> {
    const context = new stack.types.WwAcquireContext(this.classOf(stack));
    yield* context.init();
    return context;
  }

  /** The last thread to leave takes everything away. */
  leave(): void {
    this.left -= 1;
    if (this.left === 0) for (const mutex of this.made ?? []) mutex.destroy();
  }
}

type Body = (stack: Stack) => KernelTask<void>;

function threads(shared: Shared, bodies: readonly Body[]): Threads {
  return new Map(
    bodies.map((body, number) => [
      `worker${number}`,
      function* ({ stack }) {
        yield* body(stack);
        shared.leave();
      },
    ]),
  );
}

function* sleep({ world }: Stack, jiffies: number): KernelTask<void> {
  const { sleeper } = world.current;
  yield* sleeper.setState(2);
  yield* sleeper.scheduleTimeout(jiffies);
}

/** One of the eight ways to see that nobody else gets what is held. */
export interface MutexVariant {
  readonly isBusy: boolean;
  readonly tries: boolean;
  readonly hasContext: boolean;
}

/** Nobody gets the mutex while the first thread holds it; afterwards the other one does. */
export function mutualExclusion(variant: MutexVariant): Threads {
  const shared = new Shared('wait-die', 1, 2);
  let isReleased = false;
  let isHeld = false;
  return threads(shared, [
    function* (stack) {
      const mutex = shared.mutex(stack, 0);
      const context = variant.hasContext ? yield* shared.context(stack) : null;
      expectThat((yield* mutex.lock(context)) === 0, 'the first lock fails');
      isHeld = true;
      for (let look = 0; variant.isBusy && look < LOOKS; look += 1) {
        expectThat(yield* mutex.isLocked(), 'it is held, and not locked');
      }
      if (!variant.isBusy) yield* sleep(stack, HELD_JIFFIES);
      isReleased = true;
      yield* mutex.unlock();
      context?.fini();
    },
    function* (stack) {
      const mutex = shared.mutex(stack, 0);
      while (!isHeld) yield* sleep(stack, 1);
      if (variant.tries) while (!(yield* mutex.trylock())) yield* sleep(stack, 1);
      else yield* mutex.lock();
      expectThat(isReleased, 'two threads have the mutex');
      yield* mutex.unlock();
    },
  ]);
}

/** Whoever has a mutex does not get it again. */
export function twice(tries: boolean): Threads {
  const shared = new Shared('wait-die', 1, 1);
  return threads(shared, [
    function* (stack) {
      const mutex = shared.mutex(stack, 0);
      const context = yield* shared.context(stack);
      const isTaken = tries ? yield* mutex.trylock(context) : (yield* mutex.lock(context)) === 0;
      expectThat(isTaken, 'a free mutex is not to be had');
      expectThat(!(yield* mutex.trylock()), 'trylocked itself without a context');
      expectThat(!(yield* mutex.trylock(context)), 'trylocked itself with the context');
      expectThat((yield* mutex.lock(context)) === -EALREADY, 'missed that it has the mutex');
      yield* mutex.unlock();
      context.fini();
    },
  ]);
}

/** Two threads with one mutex each ask for the other's; at least one is told to back off. */
export function crossing(tries: boolean, resolves: boolean): Threads {
  const shared = new Shared('wait-die', 2, 2);
  const errors: number[] = [];
  let ready = 0;
  const body = (number: number): Body =>
    function* (stack) {
      const own = shared.mutex(stack, number);
      const other = shared.mutex(stack, 1 - number);
      const context = yield* shared.context(stack);
      if (tries) yield* own.trylock(context);
      else yield* own.lock(context);
      expectThat(own.context.value === context, 'the mutex has another context');
      ready += 1;
      while (ready < 2) yield* sleep(stack, 1);
      let error = yield* other.lock(context);
      errors.push(error);
      if (resolves && error === -EDEADLK) {
        yield* own.unlock();
        yield* other.lockSlow(context);
        error = yield* own.lock(context);
        expectThat(error === 0, `after backing off the lock returns ${error}`);
      }
      if (error === 0) yield* other.unlock();
      yield* own.unlock();
      context.fini();
      const isSeen = errors.length < 2 || errors.includes(-EDEADLK);
      expectThat(isSeen, 'nobody is told to back off');
    };
  return threads(shared, [body(0), body(1)]);
}

/** A ring of threads, each with one mutex, that ask for the next one's. */
export function cycle(count: number, algorithm: WwAlgorithm): Threads {
  const shared = new Shared(algorithm, count, count);
  let ready = 0;
  const body = (number: number): Body =>
    function* (stack) {
      const own = shared.mutex(stack, number);
      const next = shared.mutex(stack, (number + 1) % count);
      const context = yield* shared.context(stack);
      yield* own.lock(context);
      ready += 1;
      while (ready < count) yield* sleep(stack, 1);
      let error = yield* next.lock(context);
      if (error === -EDEADLK) {
        yield* own.unlock();
        yield* next.lockSlow(context);
        error = yield* own.lock(context);
      }
      expectThat(error === 0, `thread ${number} of the cycle gets ${error}`);
      yield* next.unlock();
      yield* own.unlock();
      context.fini();
    };
  return threads(
    shared,
    Array.from({ length: count }, (_, number) => body(number)),
  );
}

/** The size of a stress run. */
export interface StressSize {
  readonly mutexes: number;
  readonly threads: number;
  /** How often each thread takes its mutexes. */
  readonly rounds: number;
}

/** What the threads of a stress run do. */
export type StressKind = 'in order' | 'reorder' | 'one';

/** Threads that take many mutexes in random orders, or one of them, again and again. */
export function stress(
  kinds: readonly StressKind[],
  size: StressSize,
  algorithm: WwAlgorithm,
  seed: number,
): Threads {
  const shared = new Shared(algorithm, size.mutexes, size.threads);
  const bodies = Array.from({ length: size.threads }, (_, number): Body => {
    const numbers = new RandomNumbers(seed * size.threads + number);
    const kind = kinds[number % kinds.length] ?? 'one';
    return function* (stack) {
      for (let round = 0; round < size.rounds; round += 1) {
        if (kind === 'one') yield* takeOne(shared, stack, numbers.below(size.mutexes));
        else yield* takeAll(shared, stack, shuffled(size.mutexes, numbers), kind === 'reorder');
      }
    };
  });
  return threads(shared, bodies);
}

function* takeOne(shared: Shared, stack: Stack, number: number): KernelTask<void> {
  const mutex = shared.mutex(stack, number);
  const error = yield* mutex.lock();
  expectThat(error === 0, `without a context the lock returns ${error}`);
  yield* mutex.unlock();
}

/** After -EDEADLK the contended one is waited for, and then skipped or put in front. */
function* takeAll(
  shared: Shared,
  stack: Stack,
  order: number[],
  reorders: boolean,
): KernelTask<void> {
  const context = yield* shared.context(stack);
  let contended = -1;
  for (;;) {
    const failed = yield* tryAll(shared, stack, order, contended, context);
    if (failed < 0) break;
    contended = order[failed] ?? -1;
    if (reorders) order.unshift(...order.splice(failed, 1));
    yield* shared.mutex(stack, contended).lockSlow(context);
  }
  yield* sleep(stack, 1);
  for (const number of order) yield* shared.mutex(stack, number).unlock();
  context.fini();
}

/** The place of the one that could not be had, after everything was given back; or -1. */
function* tryAll(
  shared: Shared,
  stack: Stack,
  order: readonly number[],
  contended: number,
  context: WwAcquireContext,
): KernelTask<number> {
  for (const [place, number] of order.entries()) {
    if (number === contended) continue;
    const error = yield* shared.mutex(stack, number).lock(context);
    if (error === 0) continue;
    expectThat(error === -EDEADLK, `the lock returns ${error}`);
    for (const before of order.slice(0, place)) yield* shared.mutex(stack, before).unlock();
    const isBehind = contended >= 0 && order.indexOf(contended) > place;
    if (isBehind) yield* shared.mutex(stack, contended).unlock();
    return place;
  }
  return -1;
}

function shuffled(count: number, numbers: RandomNumbers): number[] {
  const order = Array.from({ length: count }, (_, number) => number);
  for (let last = count - 1; last > 0; last -= 1) {
    const at = numbers.below(last + 1);
    [order[at], order[last]] = [order[last] ?? 0, order[at] ?? 0];
  }
  return order;
}
