import { excerpt } from './printable.ts';

/** Where a text stops being acceptable JSON, and why. */
export interface JsonProblem {
  readonly line: number;
  /** Counted from 1, in UTF-16 units, as editors do. */
  readonly column: number;
  readonly message: string;
}

/** How much of a document is accepted. */
export interface JsonLimits {
  /** Unit: objects and lists inside one another. */
  readonly depthMax: number;
  /** Unit: values, of every kind. */
  readonly valuesMax: number;
}

/** Keys that mean something else than data to JavaScript objects. */
const HOSTILE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER = /-?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,9})?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const QUOTE = 34;
const BACKSLASH = 92;

class Refused extends Error {}

/**
 * Finds the first mistake in a JSON text. The parser of the engine words its messages differently in
 * each version and recurses without a limit; this walks along the text once and keeps its own stack.
 */
class Scanner {
  private readonly text: string;
  private readonly limits: JsonLimits;
  /** The keys of each open object; null for an open list. */
  private readonly open: (Set<string> | null)[] = [];
  private at = 0;
  private values = 0;

  constructor(text: string, limits: JsonLimits) {
    this.text = text;
    this.limits = limits;
  }

  scan(): JsonProblem | null {
    try {
      this.document();
      return null;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ...this.place(), message: error.message };
    }
  }

  private document(): void {
    let isValueNext = true;
    do {
      this.skipSpace();
      if (isValueNext) isValueNext = this.beginValue();
      else isValueNext = this.continueContainer();
    } while (isValueNext || this.open.length > 0);
    this.skipSpace();
    if (this.at < this.text.length) this.refuse('the end of the document');
  }

  /** True when a value must follow: the first of a list, or that of a key. */
  private beginValue(): boolean {
    this.values += 1;
    if (this.values > this.limits.valuesMax) {
      throw new Refused(`more than ${this.limits.valuesMax} values; expected a smaller document`);
    }
    const char = this.text[this.at];
    if (char === '{' || char === '[') return this.beginContainer(char);
    if (char === '"') this.string();
    else if (!this.matches(NUMBER) && !this.matches(WORD)) this.refuse('a value');
    return false;
  }

  private beginContainer(char: '{' | '['): boolean {
    if (this.open.length === this.limits.depthMax) {
      throw new Refused(`nested too deeply; expected at most ${this.limits.depthMax} levels`);
    }
    this.at += 1;
    this.open.push(char === '{' ? new Set() : null);
    this.skipSpace();
    if (this.text[this.at] === (char === '{' ? '}' : ']')) return false;
    if (char === '{') this.key();
    return true;
  }

  /** After a value: the container ends, or goes on with the next one. */
  private continueContainer(): boolean {
    const isList = this.open.at(-1) === null;
    const char = this.text[this.at];
    if (char === (isList ? ']' : '}')) {
      this.at += 1;
      this.open.pop();
      return false;
    }
    if (char !== ',') this.refuse(isList ? '"," or "]"' : '"," or "}"');
    this.at += 1;
    this.skipSpace();
    if (!isList) this.key();
    return true;
  }

  private key(): void {
    if (this.text[this.at] !== '"') this.refuse('a key in double quotes');
    const start = this.at;
    this.string();
    const raw = this.text.slice(start, this.at);
    const key = String(JSON.parse(raw));
    const keys = this.open.at(-1);
    if (HOSTILE_KEYS.has(key) || keys?.has(key) === true) {
      this.at = start;
      const reason = HOSTILE_KEYS.has(key) ? 'is not allowed' : 'is there twice';
      throw new Refused(`the key "${excerpt(key, 40)}" ${reason}; expected another key`);
    }
    keys?.add(key);
    this.skipSpace();
    if (this.text[this.at] !== ':') this.refuse('":" after the key');
    this.at += 1;
    this.skipSpace();
  }

  private string(): void {
    const start = this.at;
    this.at += 1;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        if (!this.matches(ESCAPE)) this.refuse('an escape such as "\\n" or "\\u001b"');
      } else if (code < 32) {
        this.refuse('the character as an escape');
      } else if (Number.isNaN(code)) {
        this.at = start;
        throw new Refused('the document ends inside this text; expected a closing quote');
      } else {
        this.at += 1;
      }
    }
    this.at += 1;
  }

  private matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const isFound = pattern.test(this.text);
    if (isFound) this.at = pattern.lastIndex;
    return isFound;
  }

  private skipSpace(): void {
    for (;;) {
      const char = this.text[this.at];
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return;
      this.at += 1;
    }
  }

  private refuse(expected: string): never {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) throw new Refused(`the document ends too early; expected ${expected}`);
    throw new Refused(`found "${excerpt(String.fromCodePoint(code), 12)}"; expected ${expected}`);
  }

  private place(): { line: number; column: number } {
    const before = this.text.slice(0, this.at);
    let line = 1;
    for (let end = before.indexOf('\n'); end >= 0; end = before.indexOf('\n', end + 1)) line += 1;
    return { line, column: this.at - before.lastIndexOf('\n') };
  }
}

/** The first reason why `text` is no JSON document within `limits`, or null. */
export function findJsonProblem(text: string, limits: JsonLimits): JsonProblem | null {
  return new Scanner(text, limits).scan();
}
