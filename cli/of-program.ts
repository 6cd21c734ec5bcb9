import { ProgramError } from '../properties/programs/operation.ts';
import { WrongUse } from './exit.ts';

/** Calls `work`; what is wrong with a program is said behind its name, or the file that has it. */
export function ofProgram<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new WrongUse(`${name}: ${error.message}`);
  }
}
