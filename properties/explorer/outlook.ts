import type { Finding } from '../run/finding.ts';
import { finish, type Moves, type Scene, started, walk } from './walk.ts';

/** How a run ends when nothing special happens after some steps. */
export interface Outlook {
  readonly steps: number;
  /** What the tasks got, in one line. */
  readonly outcome: string;
  /** What is wrong by the last of those steps. */
  readonly broken: readonly Finding[];
  /** What is wrong only later. */
  readonly later: readonly Finding[];
}

/**
 * Lets a run go on to its end, where judges and claims speak. What they date to a step that was
 * made already is wrong by now, and whatever comes will not mend it.
 */
export function outlookFrom(scene: Scene, moves: Moves): Outlook {
  const run = started(scene);
  walk(run, moves);
  finish(run);
  const findings = scene.verdict(run);
  const isByNow = ({ step }: Finding): boolean => step !== null && step <= moves.length;
  return {
    steps: run.world.steps,
    outcome: run.outcome,
    broken: findings.filter(isByNow),
    later: findings.filter((finding) => !isByNow(finding)),
  };
}
