import { isDeepStrictEqual } from 'node:util';

import { errnoName } from '../../impl/kernel/errno.ts';
import type { RecordedOperation } from './recording.ts';

/** Text that holds a context number, which the recording numbers in order of appearance. */
export class FenceName {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type ObservedValue =
  number | string | boolean | FenceName | readonly ObservedValue[] | Observed;

/** What an operation returned besides its result. */
export interface Observed {
  readonly [key: string]: ObservedValue;
}

/** A kernel result, negative for an error, with what else was seen. */
export interface Outcome {
  readonly result: number;
  readonly observed?: Observed;
}

/** A result as the recordings write it down. */
export interface Answer {
  readonly ret: number;
  readonly errno?: string;
  readonly observed?: unknown;
}

/** Just the result. */
export function plain(result: number): Outcome {
  return { result };
}

/** The observations, unless the result is an error. */
export function unlessError(result: number, observed: () => Observed): Outcome {
  return result < 0 ? { result } : { result, observed: observed() };
}

/** Fence names that the kernel makes begin like this; a context number follows. */
const GENERATED =
  /^(sw_sync-init|vgem-unbound|dma_fence_array-unbound|dma_fence_chain-unbound)(\d+)-/;

/** Those of displays: the number of the CRTC ends in that of the context, and numbers are not compared. */
const OF_DISPLAYS = /^((?:virtio_gpu|vkms)-CRTC:\d+-crtc-)(\d+)-\d+$/;

/** Turns results into the form of the recordings; one per program. */
export class Normaliser {
  private readonly contexts = new Map<string, string>();

  answer(outcome: Outcome): Answer {
    const base =
      outcome.result < 0 ? { ret: -1, errno: errnoName(outcome.result).slice(1) } : { ret: 0 };
    if (outcome.observed === undefined) return base;
    return { ...base, observed: this.value(outcome.observed) };
  }

  private value(value: ObservedValue): unknown {
    if (value instanceof FenceName) return this.fenceName(value.text);
    if (isList(value)) return value.map((inner) => this.value(inner));
    if (typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.value(inner)]),
    );
  }

  private fenceName(text: string): string {
    const shown = OF_DISPLAYS.exec(text);
    if (shown !== null) return `${shown[1]}${this.contextName(shown[2] ?? '')}-S`;
    return text.replace(GENERATED, (_all, prefix: string, context: string) => {
      return `${prefix}${this.contextName(context)}-`;
    });
  }

  private contextName(context: string): string {
    const known = this.contexts.get(context) ?? `C${this.contexts.size + 1}`;
    this.contexts.set(context, known);
    return known;
  }
}

function isList(value: ObservedValue): value is readonly ObservedValue[] {
  return Array.isArray(value);
}

/** What the recording says about an operation, in the same form. */
export function recordedAnswer(operation: RecordedOperation): Answer {
  const { ret, errno, observed } = operation;
  return {
    ret,
    ...(errno === undefined ? {} : { errno }),
    ...(observed === undefined ? {} : { observed }),
  };
}

/** Answers are compared whole. */
export function isSameAnswer(first: Answer, second: Answer): boolean {
  return isDeepStrictEqual(first, second);
}
