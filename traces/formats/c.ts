import { reproducer, whyNotInC } from '../c/reproducer.ts';
import type { Format } from './format.ts';

/** The calls of a trace on a real machine. */
export const C: Format = {
  name: 'c',
  shows: 'a C compiler: one file that makes the calls on a real machine and compares',
  refuses: whyNotInC,
  write: ({ trace, expected }) => reproducer(trace, expected()),
};
