import { Access, type Gate, type KernelTask } from '../kernel/access.ts';
import type { Cpu } from '../kernel/cpu.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Task } from '../kernel/task.ts';
import type { Stack } from '../stack.ts';
import { EpollCalls } from './epoll-calls.ts';
import { FileTable } from './file-table.ts';
import { MemoryCalls } from './mapping.ts';
import { PollCalls } from './poll.ts';
import { ReadWriteCalls } from './read-write.ts';
import { RightsSocket } from './rights-socket.ts';
import { FileCalls } from './file-calls.ts';

/** Longest name of a process, without the final 0. Unit: bytes. @kernel TASK_COMM_LEN */
const COMM_MAX = 15;

/** A program's view of the machine: its descriptors, its memory, its threads, its system calls. */
export class Process extends KernelObject implements Gate {
  readonly stack: Stack;
  readonly comm: string;
  readonly files: FileTable;
  readonly threads: Task[] = [];
  readonly fileCalls: FileCalls;
  readonly readWrite: ReadWriteCalls;
  readonly pollCalls: PollCalls;
  readonly epollCalls: EpollCalls;
  readonly memoryCalls: MemoryCalls;
  /** Where others send descriptors to. */
  readonly socket: RightsSocket;
  /** Threads that have not ended, as far as anybody counts them. */
  private readonly alive: PlainWord<number>;
  /** Its threads can run: one that is to be forked is not there before. */
  private born: boolean;
  private readonly starting: Access;
  private readonly copying: Access;
  private readonly ending: Access;

  constructor(stack: Stack, comm: string, isBorn = true) {
    super(stack.world, 'process');
    this.isStatic = true;
    this.stack = stack;
    this.comm = comm.slice(0, COMM_MAX);
    this.files = new FileTable(stack.world);
    this.fileCalls = new FileCalls(stack);
    this.readWrite = new ReadWriteCalls(stack);
    this.pollCalls = new PollCalls(stack);
    this.epollCalls = new EpollCalls(stack);
    this.memoryCalls = new MemoryCalls(stack);
    this.socket = new RightsSocket(stack);
    this.alive = new PlainWord<number>(this, 'alive', 0, 'full');
    this.born = isBorn;
    this.starting = new Access('wait', 'acquire', this, 'born', 'start in', this);
    this.copying = new Access('update', 'full', this, 'born', 'fork');
    this.ending = new Access('update', 'full', this, 'alive', 'end a thread of');
  }

  get blockedBy(): string {
    return `${this.comm} is not forked yet`;
  }

  ready(): boolean {
    return this.born;
  }

  /** For whoever starts its threads; never for kernel code. */
  get isBorn(): boolean {
    return this.born;
  }

  /** A thread that is not started yet; without `cpu` it gets a processor of its own. */
  addThread(name: string, cpu?: Cpu): Task {
    const { world } = this.stack;
    const task = cpu === undefined ? world.addTask(name) : world.addTask(name, cpu);
    this.adopt(task);
    return task;
  }

  /** The task is one of its threads. */
  adopt(task: Task): void {
    task.files = this.files;
    task.memory = this.memoryCalls;
    task.comm = this.comm;
    this.threads.push(task);
    task.groupLeader = this.threads[0] ?? task;
    this.alive.change((alive) => alive + 1);
  }

  /**
   * A new process with copies of descriptors and mappings, taken at one moment: what other threads
   * do at the same time happens before it, or after it.
   *
   * @kernel copy_process
   */
  *fork(child: Process): KernelTask<void> {
    yield this.copying;
    this.files.copyTo(child.files);
    this.memoryCalls.copyTo(child.memoryCalls);
    child.world.memory.writes(child, 'born', 'full');
    child.born = true;
  }

  /** A thread of a process that is forked later begins with it. @kernel ret_from_fork */
  *awaitBirth(): KernelTask<void> {
    yield this.starting;
    this.world.memory.reads(this, 'born', 'acquire');
  }

  /** A signal that nothing survives: every thread ends instead of going on. @kernel do_group_exit */
  *kill(): KernelTask<void> {
    for (const thread of this.threads) {
      yield* thread.sleeper.interrupt();
      thread.isKilled = true;
    }
  }

  /** One thread less; the process ends with the last one. @kernel do_exit */
  *endThread(): KernelTask<void> {
    yield this.ending;
    this.stack.world.current.isExiting = true;
    this.alive.change((alive) => alive - 1);
    if (this.alive.ask((alive) => alive === 0)) yield* this.exit();
  }

  /** Mappings go first, then descriptors. @kernel exit_mm @kernel exit_files */
  *exit(): KernelTask<void> {
    yield* this.memoryCalls.unmapAll();
    yield* this.files.closeAll();
    yield* this.socket.release();
    yield* this.stack.world.current.runReturnWork();
  }

  visitState(visit: StateVisitor): void {
    visit('born', this.born);
    visit('alive', this.alive.value);
  }
}
