import { ProgramError } from '../programs/operation.ts';

/**
 * Why a program of the suite cannot go on: a call has made nothing, or something of another kind,
 * and a later one names it. On the intact stack that is a wrong program; with anything else it is
 * what the stack does wrong, so it is a finding and ends no `check`. Throws every other error on.
 */
export function whyStuck(error: unknown): string {
  if (!(error instanceof ProgramError)) throw error;
  return `the program cannot go on: ${error.message}`;
}
