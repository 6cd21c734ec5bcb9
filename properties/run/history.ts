import type { Call } from '../programs/program.ts';
import type { Result } from '../programs/operation.ts';

/** One call of a run: who made it, when, and what came back. Steps count from 1. */
export interface CallRecord {
  readonly task: string;
  /** Position among the calls of its task, from 0. */
  readonly position: number;
  readonly call: Call;
  /** The step that performed its first access; 0 for calls without any, and during set-up. */
  begin: number;
  /** The step after which it had returned; null while it runs. */
  end: number | null;
  result: Result;
}
