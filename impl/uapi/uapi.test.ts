import { expect, test } from 'vitest';

import { SW_SYNC_IOC_CREATE_FENCE, SW_SYNC_IOC_INC } from '../dma-buf/sw-sync.ts';
import type { KernelTask } from '../kernel/access.ts';
import {
  EAGAIN,
  EBADF,
  EBUSY,
  EEXIST,
  EINVAL,
  EMFILE,
  ENODEV,
  ENOENT,
  ENOTTY,
  EPERM,
  ESPIPE,
} from '../kernel/errno.ts';
import { Stack } from '../stack.ts';
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from './epoll-calls.ts';
import { EPOLLET, EPOLLONESHOT } from './epoll-item.ts';
import { FileTable } from './file-table.ts';
import { POLLIN, POLLNVAL, POLLOUT } from './file.ts';
import { Mapping, PROT_READ, PROT_WRITE } from './mapping.ts';
import { F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } from './memfd.ts';
import { Process } from './process.ts';
import { numberField, userStructure } from './user-memory.ts';

type Body = (process: Process) => KernelTask<void>;

/** Runs the bodies as threads of one process; whatever `choose` says is done. */
function run(bodies: readonly Body[], choose: (count: number) => number = () => 0): Process {
  const stack = new Stack();
  const { world } = stack;
  const process = new Process(stack, 'test');
  let running = bodies.length;
  for (const [index, body] of bodies.entries()) {
    process.addThread(`t${index}`).start(
      (function* (): KernelTask<void> {
        yield* body(process);
        running -= 1;
        if (running === 0) yield* process.exit();
      })(),
    );
  }
  for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
    world.perform(choose(count));
  }
  expect(world.violations).toEqual([]);
  expect(running).toBe(0);
  const left = world.memory.live().filter((object) => !object.isStatic);
  expect(left.map((object) => object.label)).toEqual([]);
  return process;
}

/** Seeded choices: a plain linear congruence is good enough here. */
function chooser(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * count);
  };
}

function* createFence(process: Process, timeline: number, value: number): KernelTask<number> {
  const argument = userStructure({ value });
  const result = yield* process.fileCalls.ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, argument);
  return result < 0 ? result : numberField(argument, 'fence');
}

function* increment(process: Process, timeline: number, value: number): KernelTask<number> {
  return yield* process.fileCalls.ioctl(timeline, SW_SYNC_IOC_INC, userStructure({ value }));
}

function* pollOne(
  process: Process,
  fd: number,
  events: number,
  timeoutMs: number,
): KernelTask<number> {
  const pollfd = { fd, events, revents: 0 };
  const count = yield* process.pollCalls.poll([pollfd], timeoutMs);
  expect(count).toBe(pollfd.revents === 0 ? 0 : 1);
  return pollfd.revents;
}

test('descriptors: lowest free number, limit, copies, closing', () => {
  run([
    function* (process) {
      const { fileCalls } = process;
      const first = yield* fileCalls.openSwSync();
      const second = yield* fileCalls.dup(first);
      expect([first, second]).toEqual([0, 1]);
      expect(yield* fileCalls.getDescriptorFlags(first)).toBe(1);
      expect(yield* fileCalls.getDescriptorFlags(second)).toBe(0);
      expect(yield* fileCalls.compareFiles(first, second)).toBe(0);
      expect(yield* fileCalls.close(first)).toBe(0);
      expect(yield* fileCalls.close(first)).toBe(-EBADF);
      expect(yield* fileCalls.dup(first)).toBe(-EBADF);
      const third = yield* fileCalls.openSwSync();
      expect(third).toBe(0);
      expect(yield* fileCalls.compareFiles(third, second)).toBeGreaterThan(0);
      expect(yield* fileCalls.compareFiles(third, 7)).toBe(-EBADF);
      expect(yield* fileCalls.ioctl(-1, 0, userStructure({}))).toBe(-EBADF);
      expect(yield* fileCalls.ioctl(third, 9, userStructure({}))).toBe(-ENOTTY);
    },
  ]);
  const { world } = new Stack();
  const table = new FileTable(world, 1);
  expect(world.runNow(table.getUnused(true))).toBe(0);
  expect(world.runNow(table.getUnused(true))).toBe(-EMFILE);
});

test('what sync_files and timelines refuse', () => {
  run([
    function* (process) {
      const { readWrite, memoryCalls } = process;
      const timeline = yield* process.fileCalls.openSwSync();
      const fence = yield* createFence(process, timeline, 1);
      const shared = { length: 4096, offset: 0, isShared: true };
      for (const fd of [timeline, fence]) {
        expect(yield* readWrite.lseek(fd, 0, 0)).toBe(-ESPIPE);
        expect(yield* readWrite.ftruncate(fd, 0)).toBe(-EINVAL);
        expect(yield* readWrite.read(fd, 1)).toBe(-EINVAL);
        expect(yield* memoryCalls.mmap(fd, { ...shared, prot: PROT_READ })).toBe(-ENODEV);
        expect(yield* readWrite.fstatSize(fd)).toBe(0);
      }
      expect(yield* readWrite.pread(fence, 1, 0)).toBe(-ESPIPE);
      expect(yield* readWrite.pread(timeline, 1, 0)).toBe(-EINVAL);
      expect(yield* readWrite.write(fence, new Uint8Array(1))).toBe(-EBADF);
      expect(yield* readWrite.write(timeline, new Uint8Array(1))).toBe(-EINVAL);
    },
  ]);
});

test('poll: skipped, closed, ready at once, timed out', () => {
  const process = run([
    function* (process) {
      const { clock } = process.stack.world;
      const timeline = yield* process.fileCalls.openSwSync();
      const fence = yield* createFence(process, timeline, 1);
      expect(yield* pollOne(process, -1, POLLIN, 0)).toBe(0);
      expect(yield* pollOne(process, 99, POLLIN, 0)).toBe(POLLNVAL);
      expect(yield* pollOne(process, timeline, POLLIN | POLLOUT, 0)).toBe(POLLIN | POLLOUT);
      const before = clock.now;
      expect(yield* pollOne(process, fence, POLLIN, 0)).toBe(0);
      expect(clock.now).toBe(before);
      expect(yield* pollOne(process, fence, POLLIN, 25)).toBe(0);
      expect(clock.now).toBe(before + 25);
      yield* increment(process, timeline, 1);
      expect(yield* pollOne(process, fence, POLLOUT, 5)).toBe(0);
      expect(yield* pollOne(process, fence, POLLIN, -1)).toBe(POLLIN);
    },
  ]);
  expect(process.files.at(0)).toBeNull();
});

test('pollers and an epoll waiter are woken in every one of many schedules', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    let timeline = -1;
    let fence = -1;
    let epfd = -1;
    const poller: Body = function* (process) {
      expect(yield* pollOne(process, fence, POLLIN, -1)).toBe(POLLIN);
    };
    const starter: Body = function* (process) {
      timeline = yield* process.fileCalls.openSwSync();
      fence = yield* createFence(process, timeline, 1);
      epfd = yield* process.epollCalls.create();
      const change = { operation: EPOLL_CTL_ADD, fd: fence, events: POLLIN, data: 7 };
      expect(yield* process.epollCalls.control(epfd, change)).toBe(0);
    };
    const stack = new Stack();
    const process = new Process(stack, 'test');
    const { world } = stack;
    process.addThread('starter').start(starter(process));
    while (world.enumerate() > 0) world.perform(0);
    const waiter: Body = function* () {
      const events = yield* process.epollCalls.wait(epfd, 8, -1);
      expect(events).toEqual([{ data: 7, events: POLLIN }]);
    };
    const signaller: Body = function* () {
      yield* increment(process, timeline, 1);
    };
    const threads = [poller, poller, waiter, signaller].map((body, index) => {
      const task = process.addThread(`t${index}`);
      task.start(body(process));
      return task;
    });
    const choose = chooser(seed);
    for (let count = world.enumerate(); count > 0; count = world.enumerate()) {
      world.perform(choose(count));
    }
    expect(threads.filter((task) => task.pending !== null)).toEqual([]);
    expect(world.violations).toEqual([]);
  }
});

test('a lookup that races with close and reuse of the number never takes a dead file', () => {
  for (let seed = 0; seed < 500; seed += 1) {
    run(
      [
        function* (process) {
          const fd = yield* process.fileCalls.openSwSync();
          yield* process.fileCalls.close(fd);
          yield* process.fileCalls.memfdCreate(0);
        },
        function* (process) {
          expect([1, 0, -EBADF]).toContain(yield* process.fileCalls.getDescriptorFlags(0));
          const copy = yield* process.fileCalls.dup(0);
          if (copy >= 0) yield* process.fileCalls.close(copy);
        },
      ],
      chooser(seed),
    );
  }
});

test('epoll: level, edge, one shot, modify, delete, refusals', () => {
  run([
    function* (process) {
      const { epollCalls, fileCalls } = process;
      const timeline = yield* fileCalls.openSwSync();
      const fences: number[] = [];
      for (const value of [1, 2, 3]) fences.push(yield* createFence(process, timeline, value));
      const [level = -1, edge = -1, once = -1] = fences;
      const epfd = yield* epollCalls.create();
      const control = (operation: number, fd: number, events: number): KernelTask<number> =>
        epollCalls.control(epfd, { operation, fd, events, data: fd });
      const ready = function* (): KernelTask<unknown> {
        const events = yield* epollCalls.wait(epfd, 8, 0);
        return typeof events === 'number' ? events : events.map(({ data }) => data);
      };
      expect(yield* control(EPOLL_CTL_ADD, level, POLLIN)).toBe(0);
      expect(yield* control(EPOLL_CTL_ADD, edge, POLLIN | EPOLLET)).toBe(0);
      expect(yield* control(EPOLL_CTL_ADD, once, POLLIN | EPOLLONESHOT)).toBe(0);
      expect(yield* control(EPOLL_CTL_ADD, level, POLLIN)).toBe(-EEXIST);
      expect(yield* control(EPOLL_CTL_ADD, timeline, POLLIN)).toBe(-EPERM);
      expect(yield* control(EPOLL_CTL_ADD, epfd, POLLIN)).toBe(-EINVAL);
      expect(yield* control(9, level, POLLIN)).toBe(-EINVAL);
      expect(yield* control(EPOLL_CTL_DEL, 99, 0)).toBe(-EBADF);
      expect(yield* epollCalls.wait(level, 8, 0)).toBe(-EINVAL);
      expect(yield* epollCalls.wait(epfd, 0, 0)).toBe(-EINVAL);
      expect(yield* ready()).toEqual([]);
      yield* increment(process, timeline, 3);
      expect(yield* ready()).toEqual([level, edge, once]);
      expect(yield* ready()).toEqual([level]);
      expect(yield* control(EPOLL_CTL_MOD, once, POLLIN)).toBe(0);
      expect(yield* ready()).toEqual([level, once]);
      expect(yield* control(EPOLL_CTL_DEL, once, 0)).toBe(0);
      expect(yield* control(EPOLL_CTL_DEL, once, 0)).toBe(-ENOENT);
      // A copy keeps the file open, and so the registration.
      const copy = yield* fileCalls.dup(level);
      yield* fileCalls.close(level);
      expect(yield* ready()).toEqual([level]);
      yield* fileCalls.close(copy);
      expect(yield* ready()).toEqual([]);
    },
  ]);
});

test('memory files: contents, size, seals, mappings', () => {
  run([
    function* (process) {
      const { fileCalls, readWrite, memoryCalls } = process;
      const fd = yield* fileCalls.memfdCreate(3);
      expect(yield* readWrite.ftruncate(fd, 8192)).toBe(0);
      expect(yield* readWrite.pwrite(fd, Uint8Array.of(1, 2, 3), 4095)).toBe(3);
      expect(yield* readWrite.pread(fd, 4, 4094)).toEqual(Uint8Array.of(0, 1, 2, 3));
      expect(yield* readWrite.pread(fd, 4, 8190)).toEqual(Uint8Array.of(0, 0));
      expect(yield* readWrite.lseek(fd, -2, 2)).toBe(8190);
      expect(yield* readWrite.lseek(fd, -9000, 1)).toBe(-EINVAL);
      const request = { length: 4096, offset: 4096, prot: PROT_READ | PROT_WRITE };
      const shared = yield* memoryCalls.mmap(fd, { ...request, isShared: true });
      const own = yield* memoryCalls.mmap(fd, { ...request, isShared: false });
      if (!(shared instanceof Mapping) || !(own instanceof Mapping)) throw new Error('mmap');
      expect(yield* own.writeByte(0, 9)).toBe(0);
      expect([yield* own.readByte(0), yield* shared.readByte(0)]).toEqual([9, 2]);
      expect(yield* shared.readByte(4096)).toBe('SIGSEGV');
      expect(yield* fileCalls.addSeals(fd, F_SEAL_WRITE)).toBe(-EBUSY);
      yield* memoryCalls.munmap(shared);
      expect(yield* fileCalls.addSeals(fd, F_SEAL_WRITE | F_SEAL_SHRINK)).toBe(0);
      expect(yield* readWrite.pwrite(fd, Uint8Array.of(1), 0)).toBe(-EPERM);
      expect(yield* readWrite.ftruncate(fd, 4096)).toBe(-EPERM);
      expect(yield* fileCalls.addSeals(fd, F_SEAL_GROW | F_SEAL_SEAL)).toBe(0);
      expect(yield* fileCalls.addSeals(fd, F_SEAL_GROW)).toBe(-EPERM);
      expect(yield* readWrite.ftruncate(fd, 9000)).toBe(-EPERM);
      expect(yield* fileCalls.getSeals(fd)).toBe(15);
      const small = yield* fileCalls.memfdCreate(1);
      expect(yield* fileCalls.addSeals(small, F_SEAL_GROW)).toBe(-EPERM);
      const empty = yield* memoryCalls.mmap(small, { ...request, offset: 0, isShared: true });
      expect(empty instanceof Mapping && (yield* empty.readByte(0))).toBe('SIGBUS');
      expect(yield* memoryCalls.mmap(small, { ...request, offset: 1, isShared: true })).toBe(
        -EINVAL,
      );
    },
  ]);
});

test('event counters: whole, one at a time, empty, full', () => {
  run([
    function* (process) {
      const { fileCalls, readWrite } = process;
      const whole = yield* fileCalls.eventfd(3, 0);
      const single = yield* fileCalls.eventfd(2, 1);
      const value = function* (fd: number): KernelTask<number> {
        const bytes = yield* readWrite.read(fd, 8);
        if (typeof bytes === 'number') return bytes;
        return Number(new DataView(bytes.buffer).getBigUint64(0, true));
      };
      expect(yield* pollOne(process, whole, POLLIN | POLLOUT, 0)).toBe(POLLIN | POLLOUT);
      expect([yield* value(whole), yield* value(whole)]).toEqual([3, -EAGAIN]);
      expect([yield* value(single), yield* value(single)]).toEqual([1, 1]);
      expect(yield* value(single)).toBe(-EAGAIN);
      expect(yield* readWrite.read(whole, 4)).toBe(-EINVAL);
      expect(yield* readWrite.pread(whole, 8, 0)).toBe(-ESPIPE);
      const most = new Uint8Array(8).fill(0xff);
      expect(yield* readWrite.write(whole, most)).toBe(-EINVAL);
      most[0] = 0xfe;
      expect(yield* readWrite.write(whole, most)).toBe(8);
      expect(yield* pollOne(process, whole, POLLIN | POLLOUT, 0)).toBe(POLLIN);
      expect(yield* readWrite.write(whole, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0))).toBe(-EAGAIN);
    },
  ]);
});
