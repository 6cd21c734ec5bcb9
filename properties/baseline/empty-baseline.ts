import { type Baseline, BASELINE_HEAD } from './baseline.ts';

/** Nothing is guaranteed. Tests say what is. */
export const EMPTY_BASELINE: Baseline = {
  ...BASELINE_HEAD,
  spec: '',
  machines: {},
  systems: {},
  litmus: {},
  rules: {},
  faults: {},
  paths: {},
  recordings: {},
  scenarios: {},
  matrix: [],
};
