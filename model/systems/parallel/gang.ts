import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { packageFolder } from '../../package-folder.ts';
import type { Program } from '../compile.ts';
import { AT, PHASE } from './board.ts';
import type { Phase, SharedMemory } from './board.ts';
import type { SharedParts } from './shared-code.ts';

/** Looks at a number that another thread will change, before going to sleep over it. */
const SPINS = 2000;

/** A phase takes milliseconds; a thread that needs so long has died. Unit: milliseconds. */
const PATIENCE_MS = 600_000;

/** What a thread is given at its start. */
export interface ThreadData {
  readonly program: Program;
  readonly board: Int32Array;
  readonly port: MessagePort;
}

/** Waits until a number on the board is no longer `old`; false when nothing happened for long. */
export function waitForChange(board: Int32Array, index: number, old: number): boolean {
  for (let spin = 0; Atomics.load(board, index) === old; spin += 1) {
    // Being woken is no change: who was faster than the call that wakes it is woken too late.
    if (spin >= SPINS && Atomics.wait(board, index, old, PATIENCE_MS) === 'timed-out') return false;
  }
  return true;
}

/** Takes parts of a phase until there are no more. */
export function work(board: Int32Array, code: SharedParts, phase: Phase): void {
  const { expandChunk, probeStripe, commitChunk, refillPart } = code;
  const doPart = [expandChunk, probeStripe, commitChunk, refillPart][phase];
  const parts = board[AT.parts] ?? 0;
  for (let part = Atomics.add(board, AT.next, 1); part < parts;) {
    doPart?.(part);
    part = Atomics.add(board, AT.next, 1);
  }
}

/** Threads run compiled files, also when this one does not: Node 20 reads no TypeScript. */
function threadFile(): string {
  const here = fileURLToPath(import.meta.url);
  const folder = dirname(here);
  if (!here.endsWith('.ts')) return join(folder, 'thread.js');
  const root = packageFolder();
  return join(root, 'dist', relative(root, folder), 'thread.js');
}

/**
 * The threads of one search. They have no queue of tasks: all do the same phase at once, and wait
 * for each other. The main thread is one of them, and waits without giving up the processor to
 * other work of this process.
 */
export class Gang {
  private readonly board: Int32Array;
  private readonly code: SharedParts;
  private readonly program: Program;
  private readonly others: number;
  private readonly ports: MessagePort[] = [];
  private memory: SharedMemory;

  constructor(program: Program, code: SharedParts, memory: SharedMemory, threads: number) {
    this.program = program;
    this.code = code;
    this.memory = memory;
    this.board = memory.board;
    this.others = threads - 1;
    code.bind(memory);
  }

  /** Gives everybody other memory, before the next phase. */
  bind(memory: SharedMemory): void {
    this.memory = memory;
    this.code.bind(memory);
    Atomics.add(this.board, AT.bound, 1);
    for (const port of this.ports) port.postMessage(memory);
  }

  /** One phase in so many parts; a small one is not worth waking anybody. */
  run(phase: Phase, parts: number, isSmall: boolean): void {
    const { board } = this;
    board[AT.next] = 0;
    board[AT.parts] = parts;
    if (isSmall || this.others === 0) {
      work(board, this.code, phase);
      return;
    }
    if (this.ports.length === 0) this.start();
    this.wake(phase);
    work(board, this.code, phase);
    for (let done = 0; done < this.others; done = Atomics.load(board, AT.done)) {
      if (!waitForChange(board, AT.done, done)) throw new Error('a thread of the search has died');
    }
    if (Atomics.load(board, AT.failed) !== 0) throw new Error(`in a thread: ${this.complaint()}`);
  }

  /** Lets the threads go. */
  end(): void {
    if (this.ports.length === 0) return;
    this.wake(PHASE.end);
    for (const port of this.ports) port.close();
    this.ports.length = 0;
  }

  private wake(phase: Phase): void {
    const { board } = this;
    board[AT.phase] = phase;
    Atomics.store(board, AT.done, 0);
    Atomics.add(board, AT.turn, 1);
    Atomics.notify(board, AT.turn);
  }

  private start(): void {
    const file = threadFile();
    if (!existsSync(file)) throw new Error(`${file} is missing; npm run build writes it`);
    const { program, board, memory } = this;
    Atomics.store(board, AT.bound, 0);
    for (let thread = 0; thread < this.others; thread += 1) {
      const { port1, port2 } = new MessageChannel();
      const workerData: ThreadData = { program, board, port: port2 };
      new Worker(file, { workerData, transferList: [port2], execArgv: [] }).unref();
      port1.postMessage(memory);
      this.ports.push(port1);
    }
    Atomics.add(board, AT.bound, 1);
  }

  private complaint(): string {
    const said = this.ports.map((port): unknown => receiveMessageOnPort(port)?.message);
    return said.find((message) => typeof message === 'string') ?? 'nothing was said';
  }
}
