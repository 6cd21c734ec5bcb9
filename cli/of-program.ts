import { ProgramError } from '../properties/programs/operation.ts';
import { WrongUse } from './exit.ts';

/** Calls `work`; what is wrong with the program of a trace is said with the file's name. */
export function ofProgram<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new WrongUse(`${file}: program: ${error.message}`);
  }
}
