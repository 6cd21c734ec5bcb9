import { KernelObject, type StateValue } from '../../../impl/kernel/object.ts';
import type { StateKey } from '../../../impl/kernel/state-key.ts';

const WORD = 2 ** 32;

/** Different kinds of values that look the same as numbers are kept apart by a word before them. */
const NULL = 0x51ed2701;
const FALSE = 0x3c6ef372;
const TRUE = 0x1b873593;
const TEXT = 0x7f4a7c15;
const LIST = 0x2545f491;
const WIDE = 0x6c62272e;

/** The last mixing of a hash: every bit of the input reaches every bit of the output. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * A state as 64 bits. Each part is hashed in order, and the parts are added up, so that their order
 * does not matter. Texts become numbers in the order in which they come, once per search.
 */
export class Fingerprint implements StateKey {
  /** The two halves, of all parts that are closed. */
  low = 0;
  high = 0;
  private first = 0;
  private second = 0;
  private readonly texts = new Map<string, number>();

  /** Forgets the state before. */
  reset(): void {
    this.low = 0;
    this.high = 0;
    this.first = 0;
    this.second = 0;
  }

  part(): void {
    this.low = (this.low + finish(this.first ^ (this.second >>> 7))) | 0;
    this.high = (this.high + finish(this.second)) | 0;
    this.first = 0x9e3779b9;
    this.second = 0x7f4a7c15;
  }

  add(value: StateValue): void {
    if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (value === null) this.word(NULL);
    else if (typeof value === 'boolean') this.word(value ? TRUE : FALSE);
    else if (typeof value === 'bigint') this.text(String(value));
    else if (value instanceof KernelObject) this.number(value.key);
    else this.list(value);
  }

  private list(values: readonly StateValue[]): void {
    this.word(LIST);
    this.word(values.length);
    for (const value of values) this.add(value);
  }

  private text(text: string): void {
    let number = this.texts.get(text);
    if (number === undefined) {
      number = this.texts.size;
      this.texts.set(text, number);
    }
    this.word(TEXT);
    this.word(number);
  }

  private number(value: number): void {
    if (value === (value | 0)) {
      this.word(value);
      return;
    }
    this.word(WIDE);
    this.word(Math.floor(value / WORD) | 0);
    this.word(value | 0);
  }

  private word(word: number): void {
    this.first = Math.imul(this.first ^ word, 0x85ebca77) + 0x165667b1;
    this.first = (this.first << 13) | (this.first >>> 19);
    this.second = Math.imul(this.second ^ (word + 0x27d4eb2f), 0xc2b2ae3d);
    this.second = (this.second << 17) | (this.second >>> 15);
  }
}
