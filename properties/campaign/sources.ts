import fc from 'fast-check';
import type { Property } from '../check/property.ts';
import { LITMUS } from '../litmus/index.ts';
import { MEMORY_LITMUS } from '../litmus/memory/index.ts';
import { drawnProgram } from '../programs/drawn/arbitrary.ts';
import { drawnDeviceProgram } from '../programs/drawn/devices.ts';
import { drawnSyncobjProgram } from '../programs/drawn/syncobjs.ts';
import '../programs/operations/index.ts';
import { hasOneRun, type Program } from '../programs/program.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { SCENARIOS } from '../scenarios/index.ts';

/** Shapes of programs that are drawn from a seed. */
export type Shape = 'drawn' | 'devices' | 'syncobjs';
/** Programs that somebody wrote, with what is claimed of them. */
export type Written = 'litmus' | 'property' | 'scenario';

const SHAPES: { readonly [Name in Shape]: () => fc.Arbitrary<Program> } = {
  drawn: drawnProgram,
  devices: drawnDeviceProgram,
  syncobjs: drawnSyncobjProgram,
};

/** Claims about tasks that take turns say nothing about runs in which chance preempts some. */
function mayBeSampled({ schedules }: Property): boolean {
  return schedules === undefined || schedules.some((kind) => 'seed' in kind);
}

/** What has one run only needs no campaign. */
const WRITTEN: { readonly [Name in Written]: readonly Program[] } = {
  litmus: [...LITMUS, ...MEMORY_LITMUS].map(({ program }) => program),
  property: PROPERTIES.filter(mayBeSampled)
    .flatMap(({ programs }) => programs)
    .filter((program) => !hasOneRun(program)),
  scenario: SCENARIOS.flatMap(({ plays }) =>
    plays
      .filter(({ schedules, deeper }) => [...schedules, ...deeper].some((kind) => 'seed' in kind))
      .map(({ program }) => program),
  ),
};

/** How many programs there are of this kind. */
export function writtenCount(source: Written): number {
  return WRITTEN[source].length;
}

/** One of them by its place. */
export function writtenProgram(source: Written, index: number): Program {
  const program = WRITTEN[source][index];
  if (program === undefined) throw new Error(`there is no ${source} program ${index}`);
  return program;
}

export interface Draw {
  readonly shape: Shape;
  readonly seed: number;
  readonly programs: number;
  /** At most so many tasks and interrupts. */
  readonly lanesMax: number;
  /** Nature may make allocations fail and interrupt waits: in each of them, or in none. */
  readonly fails: boolean;
}

/** So many programs of one shape. */
export function drawPrograms({ shape, seed, programs, lanesMax, fails }: Draw): readonly Program[] {
  const wanted = SHAPES[shape]()
    .filter(({ tasks, world }) => tasks.length <= lanesMax && (!fails || mayFail(world)))
    .map((program) => (fails ? program : calm(program)));
  return fc.sample(wanted, { seed, numRuns: programs });
}

function mayFail({ failuresMax, interruptionsMax }: Program['world']): boolean {
  return failuresMax > 0 || interruptionsMax > 0;
}

function calm(program: Program): Program {
  return { ...program, world: { ...program.world, failuresMax: 0, interruptionsMax: 0 } };
}
