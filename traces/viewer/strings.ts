import { excerpt } from '../printable.ts';
import { NONE } from './view.ts';

/** No word is longer than this: a page shows the beginning. Unit: characters. */
const WORD_MAX = 1000;

/** Gives equal words equal numbers, and cleans them for showing. */
export class Strings {
  readonly list: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.list.length;
    this.numbers.set(text, number);
    this.list.push(shown(text));
    return number;
  }

  /** `NONE` where there is nothing to say. */
  numberOrNone(text: string | null | undefined): number {
    return text === null || text === undefined ? NONE : this.number(text);
  }
}

/** A text as pages show it. */
export function shown(text: string): string {
  return excerpt(text, WORD_MAX);
}
