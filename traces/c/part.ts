import type { SpokenCall } from './spoken-call.ts';

/** Writes the call of a function of the part: one expression, which puts the result into `r`. */
export type WriteCall = (call: SpokenCall) => string;

/** Some C functions for calls of one kind, and how programs' calls are written with them. */
export interface Part {
  /** What the functions are about, as the head of their section says it. */
  readonly title: string;
  readonly headers: readonly string[];
  /** Parts whose code has to come before. */
  readonly needs: readonly Part[];
  readonly code: string;
  readonly calls: Readonly<Record<string, WriteCall>>;
}
