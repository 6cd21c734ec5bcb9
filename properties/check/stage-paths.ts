import { checkPaths as walk } from '../paths/check-paths.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { StageResult } from './report.ts';

export interface PathsStage extends StageResult {
  readonly paths: { readonly transitions: number; readonly walked: number };
}

/** Walks every transition of every machine on the implementation. */
export function checkPaths(options: CheckOptions): PathsStage {
  options.progress('paths of the model');
  const { transitions, walked, runs, steps, findings } = walk(typesWith(options.fault));
  return {
    runs,
    steps,
    findings: findings.map((finding) => ({ finding, source: 'model paths', failure: null })),
    weak: [],
    partial: [],
    paths: { transitions, walked },
  };
}
