/** 53 bits, so that they fit into one number. */
export type Hash = number;

const WORD: number = 2 ** 32;

/** The same text gives the same number in every thread: nothing is numbered as it comes. */
export function hashOf(text: string): Hash {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + index), 0x85ebca77);
  }
  return joined(finish(low), finish(high ^ low));
}

/** One number from two; their order counts. */
export function mixed(first: number, second: number): Hash {
  const low = finish(lowOf(first) ^ Math.imul(lowOf(second), 0x9e3779b1) ^ 0x3c6ef372);
  const high = finish(highOf(first) ^ Math.imul(highOf(second), 0x85ebca77) ^ low);
  return joined(finish(low ^ Math.imul(highOf(second) + 1, 0xc2b2ae3d)), high);
}

/** What has been added can be taken away again, in any order. */
export class HashSum {
  private low = 0;
  private high = 0;

  clear(): void {
    this.low = 0;
    this.high = 0;
  }

  add(hash: Hash): void {
    this.low = (this.low + lowOf(hash)) | 0;
    this.high = (this.high + highOf(hash)) | 0;
  }

  remove(hash: Hash): void {
    this.low = (this.low - lowOf(hash)) | 0;
    this.high = (this.high - highOf(hash)) | 0;
  }

  get value(): Hash {
    return joined(this.low, this.high);
  }
}

function joined(low: number, high: number): Hash {
  return (high & 0x1fffff) * WORD + (low >>> 0);
}

function lowOf(number: number): number {
  return number | 0;
}

function highOf(number: number): number {
  return Math.floor(number / WORD) | 0;
}

/** Every bit of the input reaches every bit of the output. */
function finish(hash: number): number {
  let word = hash ^ (hash >>> 16);
  word = Math.imul(word, 0x85ebca6b);
  word ^= word >>> 13;
  word = Math.imul(word, 0xc2b2ae35);
  return word ^ (word >>> 16);
}
