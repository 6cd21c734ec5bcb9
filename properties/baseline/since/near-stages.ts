import type { Stages } from '../../check/check.ts';
import type { CheckOptions } from '../../check/options.ts';
import { WindowsStage } from '../../check/stage-litmus.ts';
import { PathsStage } from '../../check/stage-paths.ts';
import { PropertiesStage } from '../../check/stage-properties.ts';
import { RecordingsStage } from '../../check/stage-recordings.ts';
import { SystemsStage } from '../../check/stage-systems.ts';
import type { Crew } from '../../parallel/crew.ts';
import type { ChangedFile } from './changed.ts';
import { litmusNear, propertiesNear } from './choice.ts';
import type { Distances } from './near.ts';

/** No property is begun any more after so many steps: they take about twenty seconds. */
const STEPS_MAX = 400_000;

export interface Change {
  readonly changed: readonly ChangedFile[];
  readonly distances: Distances;
  /** Required systems that are made otherwise, by their numbers. */
  readonly systems: readonly number[];
}

/** Runs the stages of a check as far as they are near a change. */
export async function runNear(
  crew: Crew,
  options: CheckOptions,
  { changed, distances, systems }: Change,
): Promise<Stages> {
  const asked = propertiesNear(distances);
  const properties = new PropertiesStage(options, { isQuick: false, asked, stepsMax: STEPS_MAX });
  const litmus = new WindowsStage(options, litmusNear(distances));
  const model = new SystemsStage(options, systems);
  // What machines and code do to each other, and to what a real kernel has said.
  const isBehaviour = changed.some(({ file }) => /^(?:impl|model)\//.test(file));
  const paths = isBehaviour ? new PathsStage(options) : null;
  const recordings = isBehaviour ? new RecordingsStage(options) : null;
  await Promise.all([
    crew.run(properties),
    crew.run(litmus),
    crew.run(model),
    paths === null ? null : crew.run(paths),
    recordings === null ? null : crew.run(recordings),
  ]);
  return {
    properties: properties.result(),
    litmus: litmus.result(),
    memory: null,
    scenarios: null,
    paths: paths?.result() ?? null,
    recordings: recordings?.result() ?? null,
    drawn: null,
    model: model.result(),
  };
}
