import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { Flags, type FlagWait } from '../../impl/kernel/flags.ts';
import { Mutex } from '../../impl/kernel/mutex.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import { TASK_INTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { MemoryModel } from '../../impl/kernel/store-buffer.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import { World } from '../../impl/kernel/world.ts';
import type { RandomNumbers } from '../schedules/random-numbers.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import { runUnder } from './drive.ts';
import type { Execution, Subject } from './subject.ts';

/** What a task of a drawn program does, one line each; `on` names a cell, a lock or a task. */
export type Line =
  | { readonly does: 'read' | 'write' | 'swap' | 'follow'; readonly on: number }
  | { readonly does: 'lock' | 'lockIrq' | 'mutex'; readonly on: number; readonly lines: Lines }
  | { readonly does: 'set' | 'await'; readonly on: number }
  | { readonly does: 'allocate' | 'sleep' | 'nap' | 'crash' }
  | { readonly does: 'wake'; readonly on: number };

export type Lines = readonly Line[];

/** A program for tests of the search: it knows no fences, and does everything that tasks can do. */
export interface Drawn {
  /** By task. Tasks with the same processor take turns; interrupts come on top of them. */
  readonly tasks: readonly {
    readonly cpu: number;
    readonly isIrq: boolean;
    readonly lines: Lines;
  }[];
  readonly failuresMax: number;
  readonly interruptionsMax: number;
  readonly time: 'discrete' | 'free';
  readonly memory: MemoryModel;
}

const CELLS = 2;
const LOCKS = 2;

class Board extends KernelObject {
  readonly cells: readonly Cell[];
  readonly words: readonly PlainWord<number>[];
  readonly flags: Flags;
  readonly set: readonly FlagWait[];
  readonly spins: readonly SpinLock[];
  readonly mutexes: readonly Mutex[];

  constructor(world: World) {
    super(world, 'board');
    const numbers = [...Array(CELLS).keys()];
    this.cells = numbers.map((number) => new Cell(this, `cell${number}`, 0));
    this.words = numbers.map((number) => new PlainWord(this, `word${number}`, 0));
    this.flags = new Flags(this, 'flags');
    this.set = numbers.map((number) => this.flags.waiterFor(1 << number, 'wait for'));
    const locks = [...Array(LOCKS).keys()];
    this.spins = locks.map((number) => new SpinLock(this, `spin${number}`, `spin${number}`));
    this.mutexes = locks.map((number) => new Mutex(this, `mutex${number}`, `mutex${number}`));
  }

  get memory(): readonly number[] {
    return [...this.cells, ...this.words].map(({ value }) => value);
  }

  visitState(visit: StateVisitor): void {
    for (const [number, cell] of this.cells.entries()) visit(`cell${number}`, cell.value);
    for (const [number, word] of this.words.entries()) visit(`word${number}`, word.value);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('the list is empty');
  return found;
}

/** One run of a drawn program. */
export class DrawnRun implements Execution {
  readonly world: World;
  readonly choices: number[] = [];
  /** What each task has seen, in order. */
  readonly seen: string[][] = [];
  private readonly board: Board;
  private readonly runners: Task[] = [];

  constructor({ tasks, failuresMax, interruptionsMax, time, memory }: Drawn) {
    const tracksObservations = true;
    this.world = new World({ failuresMax, interruptionsMax, time, memory, tracksObservations });
    const { world } = this;
    this.board = new Board(world);
    const cpus = new Map<number, Task['cpu']>();
    for (const [index, { cpu: number, isIrq }] of tasks.entries()) {
      const cpu = cpus.get(number) ?? world.addCpu();
      cpus.set(number, cpu);
      this.runners.push(world.addTask(`T${index}`, cpu, isIrq ? 'hardirq' : 'process'));
      this.seen.push([]);
    }
    for (const [index, { isIrq, lines }] of tasks.entries()) {
      const task = at(this.runners, index);
      const body = this.body(lines, at(this.seen, index), index);
      if (isIrq) world.raise(task, body, false);
      else task.start(body);
    }
  }

  perform(choice: number, count: number): void {
    if (count > 1) this.choices.push(choice);
    this.world.perform(choice);
  }

  visitState(key: StateKey): void {
    for (const seen of this.seen) key.add(seen);
    // A crashed machine shows no objects, but the outcome does.
    key.add(this.board.memory);
    key.add([...new Set(this.world.violations.map(({ kind }) => kind))].toSorted());
  }

  end(): void {}

  /** Everything that tells this run from others that are not equivalent, as far as tasks see it. */
  get outcome(): string {
    const { world, board } = this;
    const tasks = this.seen.map((seen) => seen.join(','));
    const stuck = world.tasks.filter(({ pending }) => pending !== null);
    const end = world.crashed ? 'crash' : stuck.map(({ name }) => name).join(',');
    const complaints = [...new Set(world.violations.map(({ kind }) => kind))].toSorted();
    return [tasks.join(' '), board.memory.join(' '), end, complaints.join(' ')].join(' | ');
  }

  private *body(lines: Lines, seen: string[], me: number): KernelTask<void> {
    for (const line of lines) yield* this.line(line, seen, me);
    seen.push('.');
  }

  private *line(line: Line, seen: string[], me: number): KernelTask<void> {
    const { board, world } = this;
    switch (line.does) {
      case 'read':
        seen.push(String(yield* at(board.cells, line.on).read()));
        return;
      case 'write':
        return yield* at(board.cells, line.on).write(10 * me + seen.length + 1);
      case 'swap':
        seen.push(String(yield* at(board.cells, line.on).fetchAdd(me + 1)));
        return;
      case 'follow':
        return yield* this.follow(line.on, seen, me);
      case 'lock':
      case 'lockIrq':
      case 'mutex':
        return yield* this.locked(line, seen, me);
      case 'set':
        return yield* board.flags.set(1 << (line.on % CELLS));
      case 'await':
        return yield* board.flags.waitFor(at(board.set, line.on));
      case 'allocate':
        seen.push((yield* world.memory.reserve('GFP_ATOMIC')) ? 'ok' : 'none');
        return;
      case 'sleep':
      case 'nap':
        return yield* this.sleep(line.does === 'nap', seen);
      case 'wake':
        return yield* at(this.runners, line.on).sleeper.wakeUp();
      case 'crash':
        if ((yield* at(board.cells, 0).read()) > 1) world.fault('bug', 'drawn');
        return;
      default:
        line satisfies never;
    }
  }

  /** A step that touches more than it has announced: what, depends on what it reads. */
  private *follow(on: number, seen: string[], me: number): KernelTask<void> {
    const { cells, words } = this.board;
    const word = at(words, yield* at(cells, on).read());
    seen.push(String(word.get()));
    if (on % 2 === 0) word.set(me + 1);
  }

  private *locked(
    { does, on, lines }: Extract<Line, { readonly lines: Lines }>,
    seen: string[],
    me: number,
  ): KernelTask<void> {
    const { spins, mutexes, words } = this.board;
    const spin = at(spins, on);
    const mutex = at(mutexes, on);
    let flags = false;
    if (does === 'lock') yield* spin.acquire();
    else if (does === 'lockIrq') flags = yield* spin.acquireIrqsave();
    else yield* mutex.acquire();
    const word = at(words, on);
    seen.push(String(word.get()));
    word.set(10 * me + 7);
    for (const line of lines) yield* this.line(line, seen, me);
    if (does === 'lock') spin.release();
    else if (does === 'lockIrq') spin.releaseIrqrestore(flags);
    else mutex.release();
  }

  private *sleep(isTimed: boolean, seen: string[]): KernelTask<void> {
    const { sleeper } = this.world.current;
    yield* sleeper.setState(TASK_INTERRUPTIBLE);
    if (isTimed) seen.push(String(yield* sleeper.scheduleTimeout(2)));
    else yield* sleeper.schedule();
    if (yield* sleeper.isSignalPending()) seen.push('signal');
  }
}

export class DrawnSubject implements Subject<DrawnRun> {
  private readonly drawn: Drawn;

  constructor(drawn: Drawn) {
    this.drawn = drawn;
  }

  start(): DrawnRun {
    return new DrawnRun(this.drawn);
  }
}

/** Every outcome, and the number of schedules; null when these are too many. */
export function outcomesOfAll(
  drawn: Drawn,
  runsMax: number,
): { readonly outcomes: ReadonlySet<string>; readonly runs: number } | null {
  const subject = new DrawnSubject(drawn);
  const tree = new ScheduleTree();
  const outcomes = new Set<string>();
  for (let runs = 1; runs <= runsMax; runs += 1) {
    tree.begin();
    outcomes.add(runUnder(subject, tree).outcome);
    if (!tree.advance()) return { outcomes, runs };
  }
  return null;
}

/** Kinds of programs, from plain accesses to everything that can get in each other's way. */
export type Flavour = 'cells' | 'locks' | 'waits' | 'nature' | 'processors' | 'crashes' | 'buffers';

export const FLAVOURS: readonly Flavour[] = [
  'cells',
  'locks',
  'waits',
  'nature',
  'processors',
  'crashes',
  'buffers',
];

const SIMPLE = ['read', 'write', 'swap', 'follow'] as const;

/** Draws a program of a flavour: two or three tasks with a few lines each. */
export function draw(random: RandomNumbers, flavour: Flavour): Drawn {
  const count = 2 + random.below(2);
  const share = flavour === 'processors' || (flavour === 'buffers' && random.below(3) === 0);
  const tasks = [...Array(count).keys()].map((index) => {
    const isIrq = share && index === count - 1 && random.below(2) === 0;
    const cpu = share && index > 0 ? random.below(index) : index;
    const length = 1 + random.below(count === 2 ? 4 : 3);
    const lines = [...Array(length).keys()].map(() => drawLine(random, flavour, isIrq, 0));
    return { cpu, isIrq, lines };
  });
  const isNature = flavour === 'nature';
  return {
    tasks,
    failuresMax: isNature ? random.below(3) : 0,
    interruptionsMax: isNature ? random.below(2) : 0,
    time: isNature && random.below(3) === 0 ? 'free' : 'discrete',
    memory: flavour === 'buffers' ? 'tso' : 'sc',
  };
}

function drawLine(random: RandomNumbers, flavour: Flavour, isIrq: boolean, depth: number): Line {
  const on = random.below(3);
  const kind = random.below(3);
  if (kind === 0 || flavour === 'cells') return { does: SIMPLE[random.below(4)] ?? 'read', on };
  switch (flavour) {
    case 'waits':
      return drawWait(random, on);
    case 'nature':
      return random.below(2) === 0 ? { does: 'allocate' } : drawWait(random, on);
    case 'crashes':
      return random.below(3) === 0 ? { does: 'crash' } : { does: 'swap', on: 0 };
    case 'buffers':
      return random.below(3) === 0 ? drawLock(random, flavour, isIrq, 1) : { does: 'write', on };
    case 'locks':
    case 'processors':
      if (depth > 1) return { does: 'read', on };
      return drawLock(random, flavour, isIrq, depth);
    default:
      return flavour satisfies never;
  }
}

function drawWait(random: RandomNumbers, on: number): Line {
  const waits = ['set', 'await', 'wake', 'sleep', 'nap'] as const;
  const does = waits[random.below(waits.length)] ?? 'set';
  return does === 'sleep' || does === 'nap' ? { does } : { does, on };
}

function drawLock(random: RandomNumbers, flavour: Flavour, isIrq: boolean, depth: number): Line {
  const kinds = ['lock', 'lockIrq', 'mutex'] as const;
  const does = isIrq || depth > 0 ? 'lockIrq' : (kinds[random.below(3)] ?? 'lock');
  const lines = [...Array(random.below(3)).keys()].map(() =>
    drawLine(random, flavour, isIrq, depth + 1),
  );
  return { does, on: random.below(LOCKS), lines };
}
