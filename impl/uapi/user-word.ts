import type { KernelTask } from '../kernel/access.ts';
import { Cell } from '../kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { World } from '../kernel/world.ts';
import type { UserPointer } from './user-memory.ts';

/** A word in the memory of a process, which its threads read while the kernel writes it. */
export class UserWord extends KernelObject {
  readonly word: Cell;
  readonly isMapped: boolean;

  constructor(world: World, word: number, isMapped = true) {
    super(world, 'userWord');
    this.isStatic = true;
    this.word = new Cell(this, 'word', word);
    this.isMapped = isMapped;
  }

  /** False when it is not mapped. @kernel put_user */
  *put(word: number): KernelTask<boolean> {
    if (this.isMapped) yield* this.word.write(word);
    return this.isMapped;
  }

  visitState(visit: StateVisitor): void {
    visit('word', this.word.value);
  }
}

/** The words that an argument's pointers lead to: address 1 is the first one. Null: no such address. */
export function wordAt(argument: UserPointer, address: bigint): UserWord | null {
  const words = argument.fields['words'];
  const word: unknown = Array.isArray(words) ? words[Number(address) - 1] : undefined;
  return word instanceof UserWord ? word : null;
}
