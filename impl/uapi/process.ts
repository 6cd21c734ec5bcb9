import type { KernelTask } from '../kernel/access.ts';
import type { Cpu } from '../kernel/cpu.ts';
import type { Task } from '../kernel/task.ts';
import type { Stack } from '../stack.ts';
import { EpollCalls } from './epoll-calls.ts';
import { FileTable } from './file-table.ts';
import { MemoryCalls } from './mapping.ts';
import { PollCalls } from './poll.ts';
import { ReadWriteCalls } from './read-write.ts';
import { FileCalls } from './file-calls.ts';

/** Longest name of a process, without the final 0. Unit: bytes. @kernel TASK_COMM_LEN */
const COMM_MAX = 15;

/** A program's view of the machine: its descriptors, its threads, its system calls. */
export class Process {
  readonly stack: Stack;
  readonly comm: string;
  readonly files: FileTable;
  readonly threads: Task[] = [];
  readonly fileCalls: FileCalls;
  readonly readWrite: ReadWriteCalls;
  readonly pollCalls: PollCalls;
  readonly epollCalls: EpollCalls;
  readonly memoryCalls: MemoryCalls;

  constructor(stack: Stack, comm: string) {
    this.stack = stack;
    this.comm = comm.slice(0, COMM_MAX);
    this.files = new FileTable(stack.world);
    this.fileCalls = new FileCalls(stack);
    this.readWrite = new ReadWriteCalls(stack);
    this.pollCalls = new PollCalls(stack);
    this.epollCalls = new EpollCalls(stack);
    this.memoryCalls = new MemoryCalls(stack);
  }

  /** A thread that is not started yet; without `cpu` it gets a processor of its own. */
  addThread(name: string, cpu?: Cpu): Task {
    const { world } = this.stack;
    const task = cpu === undefined ? world.addTask(name) : world.addTask(name, cpu);
    task.files = this.files;
    task.comm = this.comm;
    this.threads.push(task);
    return task;
  }

  /** The last thread ends: mappings go first, then descriptors. @kernel do_exit */
  *exit(): KernelTask<void> {
    yield* this.memoryCalls.unmapAll();
    yield* this.files.closeAll();
    yield* this.stack.world.current.runReturnWork();
  }
}
