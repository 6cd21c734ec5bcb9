import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import type { SpinLock } from '../../kernel/spinlock.ts';
import type { World } from '../../kernel/world.ts';
import type { Vb2Buffer } from '../vb2-buffer.ts';

/** How a stream is made into pictures. */
export interface CodecStream {
  /** So many pictures before a picture are what it refers to. */
  readonly references: number;
  /** So many pictures are kept until it is sure that no earlier one comes. At most 2. */
  readonly reorderDepth: number;
}

/** Pictures of a codec: those to be made, those that others refer to, those that are kept back. */
export class CodecPictures extends KernelObject {
  readonly stream: CodecStream;
  /** Of all of it. */
  private readonly lock: SpinLock;
  /** Buffers for pictures, in the order in which they came. */
  readonly empty: PlainList<Vb2Buffer>;
  /** What the next picture refers to, oldest first. User space may have them by now. */
  readonly references: PlainList<Vb2Buffer>;
  /** Made, and not given to anybody. */
  readonly kept: PlainList<Vb2Buffer>;

  constructor(world: World, stream: CodecStream, lock: SpinLock) {
    super(world, 'codecPictures');
    this.isStatic = true;
    this.stream = stream;
    this.lock = lock;
    this.empty = new PlainList<Vb2Buffer>(this, 'empty');
    this.references = new PlainList<Vb2Buffer>(this, 'references');
    this.kept = new PlainList<Vb2Buffer>(this, 'kept');
  }

  /** A buffer that nobody refers to; it is not empty any more. @rule HW-CODEC-002 */
  takeEmpty(): Vb2Buffer | null {
    this.lock.assertHeld('a buffer is taken');
    const buffer = this.empty.find((one) => this.mayBeOverwritten(one));
    if (buffer !== null) this.empty.remove(buffer);
    return buffer;
  }

  /** @rule HW-CODEC-002 */
  protected mayBeOverwritten(buffer: Vb2Buffer): boolean {
    return !this.references.includes(buffer);
  }

  /** A picture was made: it is kept back, and the next ones refer to it. @rule HW-CODEC-003 */
  add(buffer: Vb2Buffer, number: number): void {
    this.lock.assertHeld('a picture is added');
    buffer.sequence.set(number);
    for (const { bytesUsed, minLength } of buffer.planes) bytesUsed.set(minLength);
    this.kept.push(buffer);
    this.references.push(buffer);
    const [oldest] = this.references.copy();
    const isTooMany = this.references.length > this.stream.references;
    if (isTooMany && oldest !== undefined) this.references.remove(oldest);
  }

  /** Gives out what no earlier picture can come for; at the end everything. @rule HW-CODEC-003 */
  *giveOut(isEnd: boolean): KernelTask<number> {
    this.lock.assertHeld('pictures are given out');
    let count = 0;
    while (this.kept.length > (isEnd ? 0 : this.stream.reorderDepth)) {
      const buffer = this.nextShown();
      if (buffer === null) break;
      this.kept.remove(buffer);
      buffer.isLast.set(isEnd && this.isEnd());
      yield* buffer.queue.complete(buffer, 'done');
      count += 1;
    }
    return count;
  }

  /** No picture comes any more. @rule HW-CODEC-003 */
  protected isEnd(): boolean {
    return this.kept.isEmpty();
  }

  /** As pictures are shown, and not as they were made. @rule HW-CODEC-003 */
  protected nextShown(): Vb2Buffer | null {
    const kept = this.kept.copy();
    const numbers = kept.map(({ sequence }) => sequence.get());
    return kept[numbers.indexOf(Math.min(...numbers))] ?? null;
  }

  /** None of them is the codec's any more: returns those that user space does not have. */
  forget(): Vb2Buffer[] {
    this.lock.assertHeld('pictures are forgotten');
    this.references.takeAll();
    return [...this.kept.takeAll(), ...this.empty.takeAll()];
  }

  visitState(visit: StateVisitor): void {
    visit('empty', this.empty.value);
    visit('references', this.references.value);
    visit('kept', this.kept.value);
  }
}
