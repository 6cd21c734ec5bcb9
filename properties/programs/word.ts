import { Access, type AccessOrder, type KernelTask } from '../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { BufferedWord } from '../../impl/kernel/store-buffer.ts';
import type { Stack } from '../../impl/stack.ts';

/** One word of memory, for programs that are about memory itself: each access says its order. */
export class Word extends KernelObject implements BufferedWord<number> {
  readonly place: KernelObject = this;
  readonly field = '';
  private landed: number;

  constructor(stack: Stack, landed: number) {
    super(stack.world, 'word');
    this.isStatic = true;
    this.landed = landed;
  }

  /** What is in memory, for those who look when all is over. */
  get value(): number {
    return this.landed;
  }

  /** @kernel READ_ONCE smp_load_acquire */
  *read(order: AccessOrder): KernelTask<number> {
    yield new Access('read', order, this, this.field, 'read');
    this.world.memory.reads(this, this.field, order);
    const buffer = this.world.ownBuffer;
    const word = buffer === null ? this.landed : buffer.load(this, this.landed);
    this.world.current.observe(word);
    return word;
  }

  /** @kernel WRITE_ONCE smp_store_release */
  *write(word: number, order: AccessOrder): KernelTask<void> {
    yield new Access('write', order, this, this.field, 'write');
    const buffer = this.world.ownBuffer;
    if (buffer === null) this.land(word, order);
    else buffer.store(this, word, order);
  }

  /** Stores a word and returns what was there before. @kernel xchg */
  *exchange(word: number): KernelTask<number> {
    yield new Access('update', 'full', this, this.field, 'exchange');
    this.world.memory.writes(this, this.field, 'full');
    const before = this.landed;
    this.landed = word;
    this.world.current.observe(before);
    return before;
  }

  land(word: number, order: AccessOrder): void {
    this.world.memory.writes(this, this.field, order);
    this.landed = word;
  }

  visitState(visit: StateVisitor): void {
    visit('word', this.landed);
  }
}

/** A spinlock with nothing to protect but what a program says. */
export class WordLock extends KernelObject {
  readonly lock: SpinLock;

  constructor(stack: Stack) {
    super(stack.world, 'wordLock');
    this.isStatic = true;
    this.lock = new SpinLock(this, 'lock', '&word->lock');
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}
