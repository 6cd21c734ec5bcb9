import { describe, expect, test } from 'vitest';

import { printableData } from '../../traces/printable.ts';
import { compared } from '../../traces/viewer/client/compared.ts';
import { RunIndex } from '../../traces/viewer/client/run-index.ts';
import { viewOf } from '../../traces/viewer/view-of.ts';
import { typesWith, verdictFor } from '../check/found.ts';
import { runUnder } from '../explore/drive.ts';
import { drawOnce } from '../explorer/draw-once.ts';
import { PartialRun } from '../explorer/partial-trace.ts';
import { movesOf, type Scene } from '../explorer/walk.ts';
import { findFault } from '../faults/registry.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import { programOf } from '../litmus/tested-by.ts';
import { ProgramSubject } from '../run/program-subject.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { seenOf } from './seen-of.ts';

const SEEDS = [1, 2, 3];
const draw = drawOnce();

interface Told {
  /** `f.callbacks at 7`: what the page marks. */
  readonly differing: readonly string[];
  /** So often something was compared. */
  readonly compared: number;
}

/** What a page of this run says of model and implementation, whatever step is looked at. */
async function told(name: string, faultId: string | null, seed: number): Promise<Told> {
  const program = programOf(name);
  if (program === null) throw new Error(`${name} is not there any more`);
  const fault = faultId === null ? null : findFault(faultId);
  const scene: Scene = {
    ...{ program, faultId, types: typesWith(fault ?? null), judges: SINGLE_RUN_JUDGES },
    verdict: verdictFor(program, 'property'),
  };
  const run = runUnder(new ProgramSubject(program, scene), new RandomStrategy(seed));
  const { trace, watch } = new PartialRun(scene).traceAt(movesOf(scene, run.choices), null);
  const view = await viewOf(printableData(trace), {
    ...{ seen: seenOf(watch), notices: [], places: new Map(), command: null },
    draw,
  });
  const index = new RunIndex(view);
  const standings = view.objects.flatMap((object, number) =>
    Array.from({ length: index.stepCount + 1 }, (_, step) => ({
      ...{ object, step, standing: index.standing(number, step) },
    })),
  );
  return {
    differing: standings.flatMap(({ object, step, standing }) =>
      compared(standing)
        .filter(({ differs }) => differs)
        .map((row) => `${object.name}.${row.name} at ${step}${row.differedAt}`),
    ),
    compared: standings.filter(
      ({ standing: { isComparable, model, implementation } }) =>
        isComparable && model !== null && implementation !== null,
    ).length,
  };
}

describe('model and implementation', () => {
  test.each([
    'litmus/rw-12-exec-list-changed',
    'litmus/race-02-add-signal',
    'litmus/race-01-signal-signal',
  ])('are compared at events only: nothing differs in %s', async (name) => {
    for (const seed of SEEDS) {
      const { differing, compared: count } = await told(name, null, seed);
      expect(differing).toEqual([]);
      expect(count).toBeGreaterThan(0);
    }
  });

  test('differ at an event, although the object changes again in the same step', async () => {
    const { differing } = await told('litmus/race-06-scan-after-state', 'fence-032-never', 1);
    expect(differing).toEqual(['callback:1.1.0.state at 15 at miss: linked, unlinked']);
  });

  test('differ where a fault is seeded', async () => {
    const runs = await Promise.all(
      SEEDS.map((seed) => told('litmus/race-02-add-signal', 'fence-046-no-second-look', seed)),
    );
    expect(runs.flatMap(({ differing }) => differing)).not.toEqual([]);
  });
});
