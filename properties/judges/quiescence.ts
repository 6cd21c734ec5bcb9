import type { Finding } from '../run/finding.ts';
import type { Judge } from '../run/judge.ts';
import type { Run } from '../run/run.ts';

/** Looks at what is left when nothing can run any more: sleepers, spinners, leaks. */
export class QuiescenceJudge implements Judge {
  readonly name = 'quiescence';

  /** It looks at the end of a run only. */
  visitState(): void {
    // Nothing is in its mind before that.
  }

  finish(run: Run): readonly Finding[] {
    if (run.world.crashed) return [];
    if (run.isEndless) {
      return [finding('livelock', `the run does not end within ${run.world.steps} steps`, run)];
    }
    const allowed = new Set(run.program.mayBlock ?? []);
    const stuck = run.blocked.filter(({ task }) => !allowed.has(task));
    if (stuck.length > 0) {
      const parts = stuck.map(({ task, at, why }) => `${task} at ${at} (${why})`);
      return [finding('deadlock', `nothing can run any more: ${parts.join('; ')}`, run)];
    }
    if (run.blocked.length > 0) return [];
    const leaked = run.world.memory.live().filter((object) => !object.isStatic);
    if (leaked.length === 0) return [];
    const names = leaked.map((object) => object.label).join(', ');
    return [finding('leak', `never freed: ${names}`, run)];
  }
}

function finding(judge: string, message: string, run: Run): Finding {
  return { rules: [], judge, message, step: run.world.steps, expected: null };
}
