import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { Mutex } from '../../impl/kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { TASK_INTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import type { Process } from '../../impl/uapi/process.ts';
import type { RandomNumbers } from '../schedules/random-numbers.ts';
import { expectThat, type Threads } from './selftest.ts';
import { FENCE_STATUS_ACTIVE, SyncLibrary } from './sync-library.ts';

/** Memory that the threads of a scenario share: a plain counter, and a mutex beside it. */
class SharedCounter extends KernelObject {
  readonly counter: Cell;
  readonly mutex: Mutex;

  constructor(process: Process) {
    super(process.stack.world, 'userMemory');
    this.isStatic = true;
    this.counter = new Cell(this, 'counter', 0, 'plain');
    this.mutex = new Mutex(this, 'mutex', 'user mutex');
  }

  /** Reads and writes in two accesses, as a plain `counter++` does. */
  *increment(): KernelTask<number> {
    const before = yield* this.counter.read();
    yield* this.counter.write(before + 1);
    return before;
  }

  visitState(visit: StateVisitor): void {
    visit('counter', this.counter.value);
  }
}

/** Descriptors and memory that the first thread to run makes for all. */
class Shared {
  counter: SharedCounter | null = null;
  timelines: readonly number[] = [];
  ended = 0;

  /** Joins the step of the caller: nobody sees it half made. */
  counterOf(process: Process): SharedCounter {
    this.counter ??= new SharedCounter(process);
    return this.counter;
  }
}

/** Opens the timelines, then runs all threads of the scenario to their end. */
function withTimelines(
  count: number,
  bodies: readonly ((sync: SyncLibrary, shared: Shared, process: Process) => KernelTask<void>)[],
): Threads {
  const shared = new Shared();
  const threads = new Map<string, (process: Process) => KernelTask<void>>();
  threads.set('main', function* (process) {
    const sync = new SyncLibrary(process);
    const main = process.stack.world.current.sleeper;
    const opened: number[] = [];
    while (opened.length < count) opened.push(yield* sync.createTimeline());
    shared.counterOf(process);
    shared.timelines = opened;
    for (const [index, body] of bodies.entries()) {
      const task = process.addThread(`thread${index}`);
      task.start(
        (function* (): KernelTask<void> {
          yield* body(sync, shared, process);
          shared.ended += 1;
          yield* main.wakeUp();
        })(),
      );
    }
    while (shared.ended < bodies.length) {
      yield* main.setState(TASK_INTERRUPTIBLE);
      if (shared.ended < bodies.length) yield* main.schedule();
    }
    main.setRunning();
    for (const timeline of opened) yield* sync.close(timeline);
  });
  return threads;
}

/** Two threads take turns on one timeline. @rule ST-SYNC-08 */
export function twoThreadsSharedTimeline(turns: number): Threads {
  const player = (id: number) =>
    function* (sync: SyncLibrary, shared: Shared, process: Process): KernelTask<void> {
      const timeline = shared.timelines[0] ?? -1;
      for (let turn = 0; turn < turns; turn += 1) {
        const fence = yield* sync.createFence(timeline, turn * 2 + id);
        expectThat((yield* sync.wait(fence, -1)) > 0, `thread ${id} waits in vain`);
        const before = yield* shared.counterOf(process).increment();
        expectThat(before === turn * 2 + id, `counter is ${before} at turn ${turn * 2 + id}`);
        yield* sync.increment(timeline, 1);
        yield* sync.close(fence);
      }
      if (id === 1) {
        const end = yield* shared.counterOf(process).counter.read();
        expectThat(end === turns * 2, `counter ends at ${end}, not ${turns * 2}`);
      }
    };
  return withTimelines(1, [player(0), player(1)]);
}

/** Asks for the status until nothing is active. */
function* spin(sync: SyncLibrary, fence: number): KernelTask<void> {
  while ((yield* sync.countWithStatus(fence, FENCE_STATUS_ACTIVE)) > 0);
}

const PRODUCERS = 5;
/** Who polls and who spins depends on these numbers, as in the original. */
const ALTERNATIVES = 8;

function* waitSomehow(sync: SyncLibrary, fence: number, choice: number): KernelTask<void> {
  if (choice % ALTERNATIVES === 0) yield* spin(sync, fence);
  else expectThat((yield* sync.wait(fence, -1)) > 0, 'a wait without a limit ends in vain');
}

/** Five producers and one consumer in rounds. @rule ST-SYNC-09 */
export function consumerStress(rounds: number): Threads {
  const producer = (id: number) =>
    function* (sync: SyncLibrary, shared: Shared, process: Process): KernelTask<void> {
      const consumerTimeline = shared.timelines[PRODUCERS] ?? -1;
      const { mutex } = shared.counterOf(process);
      for (let round = 0; round < rounds; round += 1) {
        const fence = yield* sync.createFence(consumerTimeline, round);
        yield* waitSomehow(sync, fence, rounds + id);
        yield* mutex.acquire();
        yield* shared.counterOf(process).increment();
        mutex.release();
        yield* sync.increment(shared.timelines[id] ?? -1, 1);
        yield* sync.close(fence);
      }
    };
  const producers = Array.from({ length: PRODUCERS }, (_unused, id) => producer(id));
  return withTimelines(PRODUCERS + 1, [...producers, consumer(rounds)]);
}

function consumer(rounds: number) {
  return function* (sync: SyncLibrary, shared: Shared, process: Process): KernelTask<void> {
    for (let round = 1; round <= rounds; round += 1) {
      let fence = yield* sync.createFence(shared.timelines[0] ?? -1, round);
      for (const timeline of shared.timelines.slice(1, PRODUCERS)) {
        const other = yield* sync.createFence(timeline, round);
        const merged = yield* sync.merge(other, fence);
        yield* sync.close(other);
        yield* sync.close(fence);
        fence = merged;
      }
      yield* waitSomehow(sync, fence, rounds);
      const counter = yield* shared.counterOf(process).counter.read();
      expectThat(counter === PRODUCERS * round, `counter is ${counter} in round ${round}`);
      yield* sync.increment(shared.timelines[PRODUCERS] ?? -1, 1);
      yield* sync.close(fence);
    }
  };
}

const MERGE_TIMELINES = 32;
const POINT_LIMIT = 0x8000_0000;

/** Random points merged into one file. @rule ST-SYNC-10 */
export function mergeStress(merges: number, random: RandomNumbers): Threads {
  const body = function* (process: Process): KernelTask<void> {
    const sync = new SyncLibrary(process);
    const timelines: number[] = [];
    while (timelines.length < MERGE_TIMELINES) timelines.push(yield* sync.createTimeline());
    const highest = new Map<number, number>([[0, 0]]);
    let file = yield* sync.createFence(timelines[0] ?? -1, 0);
    for (let merge = 0; merge < merges; merge += 1) {
      const index = random.below(MERGE_TIMELINES);
      const point = random.below(POINT_LIMIT);
      highest.set(index, Math.max(point, highest.get(index) ?? 0));
      const fence = yield* sync.createFence(timelines[index] ?? -1, point);
      const merged = yield* sync.merge(fence, file);
      yield* sync.close(fence);
      yield* sync.close(file);
      file = merged;
    }
    const size = yield* sync.size(file);
    expectThat(size === highest.size, `${size} records for ${highest.size} timelines`);
    for (const [index, point] of highest) {
      expectThat((yield* sync.wait(file, 0)) === 0, `ready before timeline ${index}`);
      yield* sync.increment(timelines[index] ?? -1, point);
    }
    expectThat((yield* sync.wait(file, 0)) > 0, 'not ready after the last timeline');
    for (const fd of [file, ...timelines]) yield* sync.close(fd);
  };
  return new Map([['main', body]]);
}
