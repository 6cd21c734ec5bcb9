import { beforeEach, describe, expect, test } from 'vitest';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { TASK_INTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import { WorkQueue } from '../../impl/kernel/work-queue.ts';
import type { WorldOptions } from '../../impl/kernel/world.ts';
import { RaceScene } from './race-scene.ts';

let scene: RaceScene;
let world: RaceScene['world'];
let box: RaceScene['box'];

function boot(options: WorldOptions = {}): void {
  scene = new RaceScene(options);
  ({ world, box } = scene);
}

beforeEach(() => boot());

const pause = (): KernelTask<void> => scene.pause();
const writes = (): KernelTask<void> => scene.writes();
const reads = (): KernelTask<void> => scene.reads();

describe('sleepers, work and time', () => {
  test('a wake-up orders what came before it with what the sleeper does next', () => {
    const sleeper = scene.task('A', function* () {
      yield* world.current.sleeper.setState(TASK_INTERRUPTIBLE);
      yield* world.current.sleeper.schedule();
      box.word.get();
    });
    const waker = scene.task('B', function* () {
      yield* pause();
      box.word.set(1);
      yield* sleeper.sleeper.wakeUp();
      box.other.set(1);
    });
    scene.run(sleeper, 1);
    scene.run(waker);
    scene.run(sleeper);
    expect(scene.messages).toEqual([]);
  });

  test('work is ordered behind who has queued it, and not with what comes afterwards', () => {
    const queue = new WorkQueue(world, 'events');
    const work = {
      label: 'work',
      *run(): KernelTask<void> {
        box.word.get();
        box.other.get();
      },
    };
    const queues = scene.task('A', function* () {
      yield* pause();
      box.word.set(1);
      queue.queue(work);
      box.other.set(1);
    });
    scene.run(queues);
    const [worker] = world.lanes;
    if (worker === undefined) throw new Error('there is a worker');
    scene.run(worker, 1);
    expect(scene.messages).toEqual([
      'data race on box: A: plain write of other at step 1, and kworker: plain read of other at step 2',
    ]);
  });

  test('a timer runs behind who has armed it', () => {
    const arms = scene.task('A', function* () {
      yield* pause();
      box.word.set(1);
      world.clock.arm({
        label: 'timer',
        expires: 0,
        *run(): KernelTask<void> {
          box.word.get();
          box.other.get();
        },
      });
      box.other.set(1);
    });
    scene.run(arms);
    const [clock] = world.lanes;
    if (clock === undefined) throw new Error('there is a clock');
    scene.run(clock, 1);
    expect(scene.messages).toHaveLength(1);
    expect(scene.messages[0]).toContain('other');
  });

  test('the set-up and the teardown are ordered with everything', () => {
    scene.run(scene.task('A', writes));
    world.runNow(writes());
    expect(scene.inTurn(writes)).toEqual([]);
  });
});

describe('read-copy-update', () => {
  const frees = function* (): KernelTask<void> {
    yield* pause();
    world.rcu.free(box);
  };

  test('a free comes behind the readers of its grace period', () => {
    const reader = scene.task('A', function* () {
      world.rcu.readLock();
      yield* box.bits.test(1);
      box.word.get();
      world.rcu.readUnlock();
    });
    scene.run(scene.task('B', frees));
    scene.run(reader);
    expect(box.freedBy).not.toBeNull();
    expect(scene.messages).toEqual([]);
  });

  test('and behind those that have left before', () => {
    const reader = scene.task('A', function* () {
      world.rcu.readLock();
      yield* box.bits.test(1);
      world.rcu.readUnlock();
    });
    scene.run(reader);
    scene.run(scene.task('B', frees));
    expect(box.freedBy).not.toBeNull();
    expect(scene.messages).toEqual([]);
  });

  test('who looks without a read section races with the free, also when it came first', () => {
    const looks = scene.task('A', function* () {
      yield* box.bits.test(1);
    });
    scene.run(looks);
    scene.run(scene.task('B', frees));
    expect(scene.messages).toEqual([
      'data race on box: A: once read of bits at step 1, and B: free at step 2',
    ]);
  });
});

describe('interrupts', () => {
  const locked = function* (): KernelTask<void> {
    const flags = yield* box.spin.acquireIrqsave();
    box.word.set(1);
    box.spin.releaseIrqrestore(flags);
  };

  test('one on the same processor is not ordered with the task that it comes on top of', () => {
    const cpu = world.addCpu();
    scene.run(scene.task('A', writes, cpu));
    scene.run(scene.task('irq', reads, cpu, 'hardirq'));
    expect(scene.messages).toHaveLength(1);
  });

  test('it is ordered with code that keeps it out, before and behind', () => {
    const cpu = world.addCpu();
    scene.run(scene.task('A', locked, cpu));
    scene.run(scene.task('irq', reads, cpu, 'hardirq'));
    scene.run(scene.task('B', locked, cpu));
    expect(scene.messages).toEqual([]);
  });

  test('what comes behind that code is not', () => {
    const cpu = world.addCpu();
    const late = function* (): KernelTask<void> {
      yield* locked();
      box.other.set(1);
    };
    scene.run(scene.task('A', late, cpu));
    scene.run(
      scene.task(
        'irq',
        function* () {
          yield* pause();
          box.other.get();
        },
        cpu,
        'hardirq',
      ),
    );
    expect(scene.messages).toHaveLength(1);
  });

  test('one on another processor is not ordered by that', () => {
    scene.run(scene.task('A', locked));
    scene.run(scene.task('irq', reads, world.addCpu(), 'hardirq'));
    expect(scene.messages).toHaveLength(1);
  });

  test('tasks that take turns on a processor race', () => {
    const cpu = world.addCpu();
    scene.run(scene.task('A', writes, cpu));
    scene.run(scene.task('B', reads, cpu));
    expect(scene.messages).toHaveLength(1);
  });
});

describe('store buffers', () => {
  beforeEach(() => boot({ memory: 'tso' }));

  test('a store that has not landed is no race with who took the lock in the right order', () => {
    const locked = function* (): KernelTask<void> {
      yield* box.spin.acquire();
      box.word.set(1);
      box.spin.release();
    };
    const first = scene.task('A', locked);
    const second = scene.task('B', locked);
    scene.run(first);
    scene.land();
    scene.run(second);
    scene.land();
    expect(scene.messages).toEqual([]);
  });

  test('without the lock it is one once it has landed', () => {
    scene.run(scene.task('A', writes));
    scene.run(scene.task('B', reads));
    scene.land();
    expect(scene.messages).toHaveLength(1);
  });
});
