import { resultOfTrace } from '../report/results.ts';
import { sarifReport } from '../report/sarif.ts';
import type { Exported, Format } from './format.ts';

/** The same alert that `check --sarif` makes of it, alone in its log. */
export const SARIF: Format = {
  name: 'sarif',
  shows: 'SARIF viewers and code scanning: one alert, with the run as its code flow',
  write: (exported: Exported) =>
    sarifReport({
      version: exported.trace.versions.package,
      results: [resultOfTrace(exported, exported.about)],
    }),
};
